/**
 * Every combination of active states the process can get into, and every way from one to the next. Guards
 * and rules count both ways: an edge is here whenever nothing in the statechart itself forbids it. What
 * travels along the edges (proposals, acts, approval) is not known here.
 */

import type { TransitionCause } from '../definition/compiled-process.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { causeName, isInside, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import { type Configuration, initialConfiguration, isDone, movesOf } from './configuration.ts';

export interface AnalysisEdge {
  /** Null for the start. */
  readonly from: Configuration | null;
  readonly to: Configuration;
  /** Null for the start, and for a proposal that arrives where no candidate takes it. */
  readonly transition: TreeTransition | null;
  /** The propose state that a proposal arrives in along this edge. */
  readonly proposed: TreeState | null;
  readonly exits: readonly TreeState[];
  readonly entries: readonly TreeState[];
}

export interface AnalysisGraph {
  readonly start: AnalysisEdge;
  /** By key, in the order they were found. */
  readonly configurations: ReadonlyMap<string, Configuration>;
  readonly edges: ReadonlyMap<string, readonly AnalysisEdge[]>;
  /** By configuration: states whose done event may still be waiting there. */
  readonly waiting: ReadonlyMap<string, ReadonlySet<TreeState>>;
  /** False where there were too many combinations to look at: then nothing may be concluded from the graph. */
  readonly complete: boolean;
}

/** Parallel regions multiply. Beyond these a process is too intricate to be proven in the time lint has. */
const mostConfigurations = 8000;
const mostEdges = 100_000;

export function buildAnalysisGraph(model: DefinitionModel): AnalysisGraph {
  return new GraphBuilder(model.tree.root).build();
}

/**
 * A class for what grows together: configurations, their edges, and the done events that may still be
 * waiting in each. XState queues a done event and first follows every `always`, so when the event is
 * handled its state may long be somewhere else; such a late `onDone` is an edge like any other.
 */
class GraphBuilder {
  readonly #root: TreeState;
  readonly #configurations = new Map<string, Configuration>();
  readonly #edges = new Map<string, readonly AnalysisEdge[]>();
  readonly #waiting = new Map<string, ReadonlySet<TreeState>>();
  #count = 0;

  constructor(root: TreeState) {
    this.#root = root;
  }

  build(): AnalysisGraph {
    const first = initialConfiguration(this.#root);
    const start = edge(null, first, null, null, [], [...first.active]);
    const queue = [first];
    this.#arrive(first, noStates, queue);
    let complete = true;
    for (const configuration of queue) {
      complete &&= this.#follow(configuration, queue);
      if (!complete) break;
    }
    const found = { configurations: this.#configurations, edges: this.#edges, waiting: this.#waiting };
    return { start, ...found, complete };
  }

  #follow(from: Configuration, queue: Configuration[]): boolean {
    const waiting = this.#waiting.get(from.key) ?? noStates;
    const outgoing = edgesFrom(this.#root, from, waiting);
    if (outgoing === null) return false;
    this.#count += outgoing.length - (this.#edges.get(from.key)?.length ?? 0);
    this.#edges.set(from.key, outgoing);
    for (const { to, transition } of outgoing)
      this.#arrive(to, isEventless(transition) ? waiting : noStates, queue);
    return this.#configurations.size <= mostConfigurations && this.#count <= mostEdges;
  }

  /** Follows a configuration again when a done event may wait in it that was not known to. */
  #arrive(to: Configuration, carried: ReadonlySet<TreeState>, queue: Configuration[]): void {
    const known = this.#waiting.get(to.key);
    if (known === undefined) {
      this.#configurations.set(to.key, to);
      const done = [...to.active].filter((state) => isDone(state, to.active));
      this.#waiting.set(to.key, new Set([...done, ...carried]));
      if (to !== queue[0]) queue.push(to);
      return;
    }
    if ([...carried].every((state) => known.has(state))) return;
    this.#waiting.set(to.key, new Set([...known, ...carried]));
    queue.push(to);
  }
}

const noStates: ReadonlySet<TreeState> = new Set();

/** Followed without an event from outside, before waiting done events are handled. */
export function isEventless(transition: TreeTransition | null): boolean {
  if (transition === null) return false;
  const { cause, source } = transition;
  return cause.kind === 'always' || (cause.kind === 'done' && !waitsForWork(source));
}

/** Its `onDone` then comes from outside: from an agent, a task or a child process. */
function waitsForWork({ definition }: TreeState): boolean {
  return definition.propose !== undefined || definition.invoke !== undefined;
}

/** A process that has ended moves no more. */
export function hasEnded(root: TreeState, configuration: Configuration): boolean {
  return isDone(root, configuration.active);
}

function edgesFrom(
  root: TreeState,
  from: Configuration,
  waiting: ReadonlySet<TreeState>,
): readonly AnalysisEdge[] | null {
  if (hasEnded(root, from)) return [];
  const edges: AnalysisEdge[] = [];
  for (const state of from.active) {
    const proposing = state.definition.propose === undefined ? null : state;
    // A proposal is kept when it comes, whether or not a candidate then takes the event.
    if (proposing !== null && !alwaysTakes(proposing)) edges.push(edge(from, from, null, proposing, [], []));
    for (const transition of state.transitions) {
      if (!isPossible(transition, from, waiting)) continue;
      const moves = movesOf(from, transition);
      if (moves === null) return null;
      const proposed = transition.cause.kind === 'done' ? proposing : null;
      for (const { to, exits, entries } of moves)
        edges.push(edge(from, to, transition, proposed, exits, entries));
    }
  }
  return edges;
}

function alwaysTakes({ transitions }: TreeState): boolean {
  return transitions.some(({ cause, definition }) => cause.kind === 'done' && definition.guard === undefined);
}

function isPossible(
  transition: TreeTransition,
  from: Configuration,
  waiting: ReadonlySet<TreeState>,
): boolean {
  const { source, cause, forbidden } = transition;
  if (forbidden) return false;
  if (cause.kind === 'event' || cause.kind === 'message') return !isForbiddenBelow(source, cause, from);
  if (cause.kind === 'done') return waitsForWork(source) || waiting.has(source);
  return true;
}

/** A `null` for the event, or for every event, in an active state further in keeps it from states further out. */
function isForbiddenBelow(source: TreeState, taken: TransitionCause, { active }: Configuration): boolean {
  for (const state of active) {
    if (!isInside(state, source)) continue;
    for (const { cause, forbidden } of state.transitions) {
      if (!forbidden || cause.kind !== taken.kind) continue;
      if (causeName(cause) === causeName(taken)) return true;
      // The wildcard is about events; no message is one.
      if (cause.kind === 'event' && cause.event === '*') return true;
    }
  }
  return false;
}

function edge(
  from: Configuration | null,
  to: Configuration,
  transition: TreeTransition | null,
  proposed: TreeState | null,
  exits: readonly TreeState[],
  entries: readonly TreeState[],
): AnalysisEdge {
  return { from, to, transition, proposed, exits, entries };
}
