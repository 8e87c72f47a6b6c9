/**
 * Every combination of active states the process can get into, and every way from one to the next. Guards
 * and rules count both ways: an edge is here whenever nothing in the statechart itself forbids it. What
 * travels along the edges (proposals, acts, approval) is not known here.
 */
import type { DefinitionModel } from '../definition/model-definition.ts';
import { isInside, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
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
  /** False where there were too many combinations to look at: then nothing may be concluded from the graph. */
  readonly complete: boolean;
}

/** Parallel regions multiply. Beyond these a process is too intricate to be proven in the time lint has. */
const mostConfigurations = 4000;
const mostEdges = 100_000;

export function buildAnalysisGraph(model: DefinitionModel): AnalysisGraph {
  const { root } = model.tree;
  const first = initialConfiguration(root);
  const start = edge(null, first, null, null, [], [...first.active]);
  const configurations = new Map([[first.key, first]]);
  const edges = new Map<string, readonly AnalysisEdge[]>();
  let count = 0;
  for (const configuration of configurations.values()) {
    const outgoing = edgesFrom(root, configuration);
    if (outgoing === null) return { start, configurations, edges, complete: false };
    edges.set(configuration.key, outgoing);
    count += outgoing.length;
    for (const { to } of outgoing) if (!configurations.has(to.key)) configurations.set(to.key, to);
    if (configurations.size > mostConfigurations || count > mostEdges) {
      return { start, configurations, edges, complete: false };
    }
  }
  return { start, configurations, edges, complete: true };
}

/** A process that has ended moves no more. */
export function hasEnded(root: TreeState, configuration: Configuration): boolean {
  return isDone(root, configuration.active);
}

function edgesFrom(root: TreeState, from: Configuration): readonly AnalysisEdge[] | null {
  if (hasEnded(root, from)) return [];
  const edges: AnalysisEdge[] = [];
  for (const state of from.active) {
    const proposing = state.definition.propose === undefined ? null : state;
    // A proposal is kept when it comes, whether or not a candidate then takes the event.
    if (proposing !== null && !alwaysTakes(proposing)) edges.push(edge(from, from, null, proposing, [], []));
    for (const transition of state.transitions) {
      if (!isPossible(transition, from)) continue;
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

function isPossible(transition: TreeTransition, from: Configuration): boolean {
  const { source, cause, forbidden } = transition;
  if (forbidden) return false;
  if (cause.kind === 'event') return !isForbiddenBelow(source, cause.event, from);
  if (cause.kind === 'done') return source.definition.propose !== undefined || isDone(source, from.active);
  return true;
}

/** A `null` for the event, or for every event, in an active state further in keeps it from states further out. */
function isForbiddenBelow(source: TreeState, event: string, { active }: Configuration): boolean {
  for (const state of active) {
    if (!isInside(state, source)) continue;
    for (const { cause, forbidden } of state.transitions) {
      if (forbidden && cause.kind === 'event' && (cause.event === event || cause.event === '*')) return true;
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
