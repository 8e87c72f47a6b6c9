/**
 * Walks through a process on the pure core, trying what its people could do in each state, and finds the
 * shortest way to every step with the path generation of @xstate/graph. Its vertices are what matters of
 * an instance, not its data, so that the walk ends. Good for finding paths, never for a proof.
 */
import { adjacencyMapToArray, getAdjacencyMap, getShortestPaths } from '@xstate/graph';
import type { ActorLogic, EventObject, Snapshot } from 'xstate';
import type { Json } from '../../schemas/json.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { Directory } from '../oversight/directory.ts';
import { type Move, makeMove, type Place } from './make-move.ts';
import { MemoryStage } from './memory-stage.ts';
import { possibleMoves } from './possible-moves.ts';

/** How much is tried at most; a large process gets the paths that were found until then. */
const mostPlaces = 1000;
const mostTries = 20_000;

/** The shortest path to each move that the walk found, the shortest first. */
export function explorePaths(
  process: CompiledProcess,
  directory: Directory,
  startsAtMs: number,
): readonly (readonly Move[])[] {
  const walk = new Walk(process, directory, startsAtMs);
  const options = {
    events: (vertex: Vertex) => walk.eventsAt(vertex),
    serializeState: (vertex: Vertex) => keyOf(vertex.place),
    serializeEvent: (event: MoveEvent) => event.type,
  };
  const ways = new Map<string, readonly Move[]>();
  for (const { state, steps } of getShortestPaths(walk.logic, options)) {
    // The first step is XState's own beginning.
    ways.set(
      keyOf(state.place),
      steps.slice(1).map(({ event }) => event.move),
    );
  }
  const paths = adjacencyMapToArray(getAdjacencyMap(walk.logic, options)).flatMap(({ state, event }) => {
    const way = ways.get(keyOf(state.place));
    return way === undefined ? [] : [[...way, event.move]];
  });
  return paths.sort((one, other) => one.length - other.length);
}

interface MoveEvent extends EventObject {
  readonly move: Move;
}

type Vertex = Snapshot<undefined> & { readonly place: Place };

class Walk {
  readonly logic: ActorLogic<Vertex, MoveEvent, undefined>;
  readonly #process: CompiledProcess;
  readonly #directory: Directory;
  readonly #events = new Map<string, readonly MoveEvent[]>();
  #tries = 0;

  constructor(process: CompiledProcess, directory: Directory, startsAtMs: number) {
    this.#process = process;
    this.#directory = directory;
    const start = vertexAt({ state: null, seq: 0, nowMs: startsAtMs, box: [] });
    this.logic = {
      transition: (vertex, { move }) => vertexAt(this.#go(vertex.place, move)),
      getInitialSnapshot: () => start,
      getPersistedSnapshot: (vertex) => vertex,
    };
  }

  /** The library walks twice; what can be done at a place is worked out once. */
  eventsAt({ place }: Vertex): readonly MoveEvent[] {
    const key = keyOf(place);
    const known = this.#events.get(key);
    if (known !== undefined) return known;
    const isSpent = this.#events.size >= mostPlaces || this.#tries >= mostTries;
    const moves = isSpent
      ? []
      : possibleMoves(this.#process, this.#directory, place, (move) => this.#try(place, move));
    const events = moves.map((move): MoveEvent => ({ type: typeOf(move), move }));
    this.#events.set(key, events);
    return events;
  }

  #try(place: Place, move: Move): string | null {
    this.#tries += 1;
    return makeMove(this.#process, this.#stageAt(place), place, move).refused;
  }

  #go(place: Place, move: Move): Place {
    return makeMove(this.#process, this.#stageAt(place), place, move).place;
  }

  #stageAt(place: Place): MemoryStage {
    return new MemoryStage(this.#process, this.#directory, standingAt(place), place.box);
  }
}

const standingAt = ({ state, seq }: Place) => (state === null ? null : { state, seq });

function vertexAt(place: Place): Vertex {
  return { status: 'active', output: undefined, error: undefined, place };
}

function typeOf({ act, by }: Move): string {
  return canonicalJson({ act, by: by?.id ?? null });
}

/** What decides on what may happen next, as far as that can be told from outside. */
function keyOf({ state, box }: Place): string {
  if (state === null) return 'not started';
  const { value, status, history, gates, requests, proposals, timers, context } = state;
  const verdicts = Object.entries(gates).map(([gate, { decisions, views = [] }]) => [
    gate,
    views.length,
    decisions.map(({ verdict }) => verdict).sort(),
  ]);
  const acts = Object.entries(proposals).map(([kind, held]) => [kind, held.status, held.acts]);
  const fields = Object.entries(context).map(([field, held]) => [field, outlineOf(held)]);
  const boxed = box
    .map(({ gate, opened, ballot }) => [gate, opened, ballot.verdict, ballot.choice].join(' '))
    .sort();
  const waiting = [Object.keys(requests).sort(), Object.keys(timers).sort()];
  return canonicalJson([value, status, history, verdicts, boxed, acts, fields, waiting]);
}

function outlineOf(value: Json): Json {
  if (Array.isArray(value)) return [value.length];
  if (typeof value === 'object' && value !== null) return Object.keys(value).sort();
  return typeof value === 'string' && value.length > 40 ? value.length : value;
}
