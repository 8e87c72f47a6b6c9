/**
 * A gate decides (P2, P4): nothing but its approval may lead at once where its approval leads. Neither what
 * its reviewers refused or returned, nor what happens without them: a clock, a gate that is overdue, what
 * follows by itself, a message from elsewhere, an operator's command. This holds whatever is decided on,
 * also where no proposal is concerned, so that the proof has nothing to follow.
 */
import type { TransitionCause } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { selfAndAncestors, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import type { AnalysisGraph } from './analysis-graph.ts';
import { nameOf } from './check-states.ts';
import { type Counterexample, counterexampleOf, pathText } from './counterexample.ts';
import { reportsSuccess } from './effects-of-edge.ts';
import type { Step } from './prove-oversight.ts';

/** What happens without the reviewers: consent to nothing. */
const silent: ReadonlySet<TransitionCause['kind']> = new Set([
  'after',
  'always',
  'overdue',
  'message',
  'skip',
  'repair',
]);

/** Finding one goes through the whole graph. Of more than these only the place is told. */
const mostCounterexamples = 100;

/** Findings for all ways around a gate, also where the graph is not whole; a counterexample where it has the way. */
export function checkWaysAroundGates(
  model: DefinitionModel,
  graph: AnalysisGraph,
  findings: FindingList,
): readonly Counterexample[] {
  const counterexamples: Counterexample[] = [];
  for (const state of model.tree.states.values()) {
    if (state.definition.gate === undefined) continue;
    for (const transition of waysAround(model, state)) {
      const name = nameOf(state);
      const effect = `the gate in ${name} is passed without its approval`;
      const why = silent.has(transition.cause.kind) ? ' Silence is not consent.' : '';
      const isMany = counterexamples.length >= mostCounterexamples;
      const way = isMany ? null : shortestWay(graph, state, transition);
      if (way !== null) counterexamples.push(counterexampleOf(null, effect, transition.position, way));
      const path = way === null ? '' : `: ${pathText(way)}`;
      findings.error(
        'oversight-not-proven',
        transition.position,
        `Here ${effect}${path}. Let it lead elsewhere than approval does.${why}`,
      );
    }
  }
  return counterexamples;
}

/** What leads on from an undecided, refused or returned gate as if it were approved. */
function waysAround(model: DefinitionModel, state: TreeState): readonly TreeTransition[] {
  const approved = outcomeTargets(state, 'approved');
  const rejected = outcomeTargets(state, 'rejected');
  const around = [...selfAndAncestors(state)].flatMap(({ transitions }) => transitions);
  return around.filter((transition) => {
    const { cause } = transition;
    const reached = reachedAtOnce(transition);
    if (cause.kind === 'outcome')
      return cause.outcome !== 'approved' && reached.some((target) => approved.has(target));
    if (!silent.has(cause.kind)) return false;
    return reached.some(
      (target) => approved.has(target) || (!rejected.has(target) && endsInSuccess(model, target)),
    );
  });
}

function outcomeTargets({ transitions }: TreeState, outcome: string): ReadonlySet<TreeState> {
  return new Set(
    transitions.flatMap(({ cause, target }) =>
      cause.kind === 'outcome' && cause.outcome === outcome && target !== null ? [target] : [],
    ),
  );
}

function endsInSuccess(model: DefinitionModel, target: TreeState): boolean {
  return target.kind === 'final' && target.parent?.parent === null && reportsSuccess(model, target);
}

/** Where it leads, and where whatever follows by itself leads on from there. */
function reachedAtOnce({ target }: TreeTransition): readonly TreeState[] {
  const reached = new Set(target === null ? [] : [target]);
  for (const state of reached) {
    for (const { cause, target: next } of state.transitions)
      if (cause.kind === 'always' && next !== null) reached.add(next);
  }
  return [...reached];
}

/** From the start, in as few steps as any; null where the graph has none. */
function shortestWay(graph: AnalysisGraph, gate: TreeState, last: TreeTransition): Step | null {
  const seen = new Set([graph.start.to.key]);
  const queue: Step[] = [{ edge: graph.start, before: null, length: 1 }];
  for (const before of queue) {
    const { to } = before.edge;
    for (const edge of graph.edges.get(to.key) ?? []) {
      const step: Step = { edge, before, length: before.length + 1 };
      if (edge.transition === last && to.active.has(gate)) return step;
      if (seen.has(edge.to.key)) continue;
      seen.add(edge.to.key);
      queue.push(step);
    }
  }
  return null;
}
