/**
 * Several agents that propose side by side: the request must come to an end whatever they do, and people must be able
 * to choose openly, since an approval says which of the proposals it is for.
 */
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import type { AnalysisGraph } from './analysis-graph.ts';
import { isApproval } from './door-rules.ts';

export function checkSeveral(model: DefinitionModel, findings: FindingList): void {
  for (const state of askingSeveral(model)) {
    const { several, timeout } = state.definition.propose ?? {};
    const node = memberOf(state.source, 'propose');
    const position = node?.members?.get('several')?.keyPosition ?? state.position;
    if (several !== undefined && several.atLeast > several.atMost) {
      findings.error(
        'several-proposals',
        position,
        `No more than ${several.atMost} may propose here, and ${several.atLeast} must. Make "atLeast" at most "atMost".`,
      );
    }
    if (timeout === undefined) {
      findings.error(
        'several-proposals',
        position,
        'The state would wait without end where fewer agents answer. Add "timeout", such as PT30M: then people choose among what has come.',
      );
    }
  }
}

/** An approval by secret ballot says how nobody voted, and so cannot say for which proposal. */
export function checkOpenChoices(model: DefinitionModel, graph: AnalysisGraph, findings: FindingList): void {
  for (const kind of new Set([...askingSeveral(model)].map(kindOf))) {
    const gates = [...model.tree.states.values()].filter(({ definition }) => definition.gate?.binds === kind);
    const choosing = reachedUnapproved(graph, gates, kind);
    for (const gate of gates) {
      if (gate.definition.gate?.ballot !== 'secret' || !choosing.has(gate)) continue;
      const node = memberOf(gate.source, 'gate');
      findings.error(
        'choice-in-secret',
        node?.members?.get('ballot')?.keyPosition ?? gate.position,
        `Several agents may propose "${kind}", and here one of the proposals would be chosen by secret ballot. Let a gate with an open ballot come first, which considers them and chooses.`,
      );
    }
  }
}

function askingSeveral({ tree }: DefinitionModel): readonly TreeState[] {
  return [...tree.states.values()].filter(({ definition }) => definition.propose?.several !== undefined);
}

const kindOf = ({ definition }: TreeState) => definition.propose?.decision ?? '';

/** States that can be active where proposals have come and no gate on them has approved one. */
function reachedUnapproved(
  { edges }: AnalysisGraph,
  gates: readonly TreeState[],
  kind: string,
): ReadonlySet<TreeState> {
  const arrivals = [...edges.values()].flat().filter(({ proposed }) => {
    const propose = proposed?.definition.propose;
    return propose?.several !== undefined && propose.decision === kind;
  });
  const reached = new Map(arrivals.map(({ to }) => [to.key, to]));
  for (const [key] of reached) {
    for (const edge of edges.get(key) ?? []) {
      if (!isApproval(edge, gates)) reached.set(edge.to.key, edge.to);
    }
  }
  return new Set([...reached.values()].flatMap(({ active }) => [...active]));
}
