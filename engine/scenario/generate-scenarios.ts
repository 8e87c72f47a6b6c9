/**
 * Scenarios for what no scenario goes through yet: paths that the process can really go, with sample data.
 * They are a start. What ought to happen, only a person knows; here is what does happen.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Directory } from '../oversight/directory.ts';
import { activeStates } from '../step/active-states.ts';
import { type Coverage, coverageOf, reportCoverage, type Uncovered } from './coverage.ts';
import { explorePaths } from './explore-process.ts';
import { type Move, makeMove, type Place } from './make-move.ts';
import { MemoryStage } from './memory-stage.ts';
import { type GuardsSeen, observeGuards } from './observe-guards.ts';

export interface Generated {
  readonly scenarios: readonly GeneratedScenario[];
  /** What no path was found to. */
  readonly unreached: readonly Uncovered[];
}

export interface GeneratedScenario {
  readonly title: string;
  readonly steps: readonly GeneratedStep[];
}

export interface GeneratedStep extends Move {
  /** The code of the refusal it ends in; null when it is taken. */
  readonly refused: string | null;
  /** The states after it. */
  readonly then: readonly string[];
}

const startsAtMs = Date.parse('2026-01-05T08:00:00.000Z');

/** The fewest paths that were found to cover what `covered` leaves out. */
export function generateScenarios(
  process: CompiledProcess,
  directory: Directory,
  covered: Coverage,
): Generated {
  const trials = shortestOf(explorePaths(process, directory, startsAtMs)).map((moves) =>
    tryPath(process, directory, moves),
  );
  const chosen: GeneratedScenario[] = [];
  const titles = new Map<string, number>();
  let all = covered;
  for (let missing = missingIn(process, all); missing.length > 0; missing = missingIn(process, all)) {
    const best = bestOf(trials, missing);
    if (best === null) return { scenarios: chosen, unreached: missing };
    const title = titleOf(missing.filter((one) => covers(best.coverage, one)));
    const times = (titles.get(title) ?? 0) + 1;
    titles.set(title, times);
    chosen.push({ title: times === 1 ? title : `${title} (${times})`, steps: best.steps });
    all = coverageOf(process, [{ coverage: all }, best]);
  }
  return { scenarios: chosen, unreached: [] };
}

/** What is new on the path; what is done says more than where that leads. */
function titleOf(gained: readonly Uncovered[]): string {
  const done = gained.filter(({ kind }) => kind === 'transition');
  const [named] = done.length > 0 ? done.slice(-1) : gained;
  return (named?.text ?? 'a path').replace(/^transition /, '');
}

/** Paths are played to see what they cover, each from its start: of very many, the shortest are enough. */
function shortestOf(paths: readonly (readonly Move[])[]): readonly (readonly Move[])[] {
  let moves = 0;
  return paths.filter(({ length }) => {
    moves += length;
    return moves <= mostMoves;
  });
}

const mostMoves = 20_000;

interface Trial {
  readonly steps: readonly GeneratedStep[];
  readonly coverage: Coverage;
}

/** Plays a path from its start: what the walk remembered of its steps may be another history with the same outline. */
function tryPath(process: CompiledProcess, directory: Directory, moves: readonly Move[]): Trial {
  const guards: GuardsSeen = { held: new Set(), failed: new Set() };
  const observed = observeGuards(process, guards);
  const stage = new MemoryStage(observed, directory);
  const steps: GeneratedStep[] = [];
  let place: Place = { state: null, seq: 0, nowMs: startsAtMs, box: [] };
  for (const move of moves) {
    const made = makeMove(observed, stage, place, move);
    if (made.refused === 'impossible') break;
    place = made.place;
    const then = place.state === null ? [] : activeStates(place.state.value);
    steps.push({ ...move, refused: made.refused, then });
  }
  return { steps, coverage: stage.watch.seen(guards) };
}

function missingIn(process: CompiledProcess, coverage: Coverage): readonly Uncovered[] {
  return reportCoverage(process, coverage).missing;
}

/** The path that covers most of what is missing; of equals the shorter. Null when none covers any. */
function bestOf(trials: readonly Trial[], missing: readonly Uncovered[]): Trial | null {
  let best: Trial | null = null;
  let most = 0;
  for (const trial of trials) {
    const gain = missing.filter((one) => covers(trial.coverage, one)).length;
    if (gain > most || (gain === most && best !== null && trial.steps.length < best.steps.length)) {
      best = trial;
      most = gain;
    }
  }
  return best;
}

function covers(coverage: Coverage, { kind, id }: Uncovered): boolean {
  const seen: { readonly [kind in Uncovered['kind']]: ReadonlySet<string> } = {
    state: coverage.states,
    transition: coverage.transitions,
    outcome: coverage.outcomes,
    'guard-held': coverage.guardsHeld,
    'guard-failed': coverage.guardsFailed,
  };
  return seen[kind].has(id);
}
