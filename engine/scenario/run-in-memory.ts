/**
 * Plays scenarios on the pure core alone: no database, no clock but the scenario's own, milliseconds in
 * all. Each run is sealed into a record as the ledger would keep it, and the record must verify.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sealEntry } from '../evidence/seal-entry.ts';
import { noPrevious } from '../evidence/sealed-entry.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { ActorSnapshot, Directory, Principal } from '../oversight/directory.ts';
import { rosterOf, snapshotOf } from '../oversight/roster.ts';
import { nextStep, type Standing } from '../step/next-step.ts';
import { rosterScope } from '../step/scope.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { Stimulus, StimulusBody } from '../step/stimulus.ts';
import { type RecordedEntry, verifyInstance } from '../step/verify-instance.ts';
import { type Coverage, CoverageWatch } from './coverage.ts';
import { observeGuards } from './observe-guards.ts';
import { type Failure, type Play, playScenario, type Wish } from './play-scenario.ts';
import type { Scenario, ScenarioSuite } from './scenario.ts';

export interface ScenarioResult extends Play {
  readonly scenario: Scenario;
  readonly coverage: Coverage;
}

/** Every scenario of the suite, in the file's order. */
export function runInMemory({ process, directory, scenarios }: ScenarioSuite): readonly ScenarioResult[] {
  return scenarios.map((scenario) => runScenarioInMemory(process, directory, scenario));
}

function runScenarioInMemory(
  process: CompiledProcess,
  directory: Directory,
  scenario: Scenario,
): ScenarioResult {
  const guards = { held: new Set<string>(), failed: new Set<string>() };
  const stage = new MemoryStage(observeGuards(process, guards), directory);
  const playing = playScenario(process, scenario);
  let next = playing.next();
  while (!next.done) {
    const answer = stage.take(next.value);
    next = playing.next(
      answer.kind === 'refusal' ? answer : { kind: 'played', state: answer.state, entry: answer.entry },
    );
  }
  const coverage = stage.watch.seen(guards);
  const failures = [...next.value.failures, ...recordFailures(process, scenario, stage.steps)];
  return { ...next.value, scenario, failures, coverage };
}

/** One instance on the pure core. */
export class MemoryStage {
  readonly steps: Step[] = [];
  readonly watch: CoverageWatch;
  readonly #process: CompiledProcess;
  readonly #directory: Directory;
  #standing: Standing | null = null;

  constructor(process: CompiledProcess, directory: Directory) {
    this.#process = process;
    this.#directory = directory;
    this.watch = new CoverageWatch(process);
  }

  take(wish: Wish): Step | Refusal {
    const stimulus = toStimulus(this.#process, this.#directory, this.#standing, wish);
    const answer = nextStep(this.#process, instance, this.#standing, stimulus);
    if (answer.kind === 'refusal') return answer;
    this.#standing = { seq: answer.entry.seq, state: answer.state };
    this.steps.push(answer);
    this.watch.see(answer);
    return answer;
  }
}

const instance = 'scenario';

/** The wish with what only the directory can say. */
export function toStimulus(
  process: CompiledProcess,
  directory: Directory,
  standing: Standing | null,
  { by, time, body }: Wish,
): Stimulus {
  const actor = by === null ? engine : actorOf(by);
  return { body: completed(), actor, authentication: by === null ? [] : ['key'], time, request: 'scenario' };

  function completed(): StimulusBody {
    if (body.kind === 'start') {
      return { ...body, responsible: peopleWithRole(directory, process.definition.responsible.role) };
    }
    if (body.kind !== 'decision') return body;
    const hasGate = standing !== null && process.gates.has(body.gate);
    const roster = hasGate
      ? rosterOf(process, body.gate, directory, rosterScope(standing.state, actor, time))
      : [];
    return { ...body, roster };
  }
}

const engine: ActorSnapshot = {
  principal: 'countersign',
  kind: 'engine',
  person: 'countersign',
  unit: null,
  roles: [],
  positions: [],
};

/** As the ledger hands it out: roles and positions in order. */
function actorOf(principal: Principal): ActorSnapshot {
  const snapshot = snapshotOf(principal);
  return { ...snapshot, roles: [...snapshot.roles].sort(), positions: [...snapshot.positions].sort() };
}

function peopleWithRole(directory: Directory, role: string): readonly string[] {
  const people = [...directory.principals.values()]
    .filter(({ active, kind, roles }) => active && kind === 'person' && roles.includes(role))
    .map(({ person }) => person);
  return [...new Set(people)].sort();
}

/** The record of the run must verify. Salts are made up: nothing here is secret. */
function recordFailures(
  process: CompiledProcess,
  scenario: Scenario,
  steps: readonly Step[],
): readonly Failure[] {
  const last = steps.at(-1);
  if (last === undefined) return [];
  let head = noPrevious;
  const entries = steps.map(({ entry, data: stimulus, changed }): RecordedEntry => {
    const salts = { data: sha256Hex(`data ${entry.seq}`), changed: sha256Hex(`changed ${entry.seq}`) };
    const sealed = sealEntry(entry, { data: stimulus, changed }, head, salts);
    head = sealed.hash;
    const { text, hash, data, dataSalt, changedSalt } = sealed;
    return { instance, seq: entry.seq, text, hash, data, dataSalt, changedSalt };
  });
  const state = canonicalJson(last.state);
  const trial = { instance, definition: process.hash, seq: steps.length, head, state, entries, process };
  return verifyInstance(trial).map(({ seq, code, message }) => ({
    scenario: scenario.title,
    position: scenario.position,
    what: 'record',
    expected: 'verifies',
    actual: `${code} at entry ${seq}`,
    message,
  }));
}
