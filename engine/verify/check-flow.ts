/** Decides, on the analysis graph, whether every state can be reached and can get to an end. */
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { type AnalysisEdge, type AnalysisGraph, hasEnded } from './analysis-graph.ts';
import { nameOf } from './check-states.ts';
import { isDone } from './configuration.ts';

export function checkFlow(model: DefinitionModel, graph: AnalysisGraph, findings: FindingList): void {
  if (!graph.complete) {
    findings.warning(
      'not-analysed',
      model.source.position,
      'The process has too many combinations of parallel states or histories to look at all of them.',
    );
    return;
  }
  const reached = new Set([...graph.configurations.values()].flatMap(({ active }) => [...active]));
  checkReached(model, reached, findings);
  checkEnds(model, graph, reached, findings);
  checkJoins(model, graph, reached, findings);
}

function checkReached(model: DefinitionModel, reached: ReadonlySet<TreeState>, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    // Of a whole unreachable branch only its root is told.
    if (reached.has(state) || state.parent === null || !reached.has(state.parent)) continue;
    const targeted =
      state.kind === 'history' && model.tree.transitions.some(({ target }) => target === state);
    if (targeted) continue;
    findings.warning(
      'unreachable-state',
      state.position,
      `Nothing leads to ${nameOf(state)}. Add a transition to it, or remove it.`,
    );
  }
}

function checkEnds(
  model: DefinitionModel,
  graph: AnalysisGraph,
  reached: ReadonlySet<TreeState>,
  findings: FindingList,
): void {
  const before = new Map([...graph.configurations.keys()].map((key) => [key, new Set<string>()]));
  for (const [from, edges] of graph.edges) for (const { to } of edges) before.get(to.key)?.add(from);
  const ends = [...graph.configurations.values()]
    .filter((one) => hasEnded(model.tree.root, one))
    .map(({ key }) => key);
  const ending = new Set(ends);
  for (const key of ending) for (const earlier of before.get(key) ?? []) ending.add(earlier);
  const alive = new Set<TreeState>();
  for (const { key, active } of graph.configurations.values()) {
    if (ending.has(key)) for (const state of active) alive.add(state);
  }
  for (const state of model.tree.states.values()) {
    const leaf = state.kind === 'atomic' || state.kind === 'final';
    if (!leaf || !reached.has(state) || alive.has(state)) continue;
    findings.warning(
      'no-way-to-end',
      state.position,
      `From ${nameOf(state)} the process can never end. Add a way to a final state.`,
    );
  }
}

function checkJoins(
  model: DefinitionModel,
  graph: AnalysisGraph,
  reached: ReadonlySet<TreeState>,
  findings: FindingList,
): void {
  const done = new Set<TreeState>();
  for (const { active } of graph.configurations.values())
    for (const state of active) if (!done.has(state) && isDone(state, active)) done.add(state);
  for (const state of model.tree.states.values()) {
    const waiting = state.kind === 'compound' || state.kind === 'parallel';
    if (!waiting || state.definition.onDone === undefined || !reached.has(state) || done.has(state)) continue;
    const position = state.source.members?.get('onDone')?.keyPosition ?? state.position;
    const every = state.kind === 'parallel' ? 'every region of it' : 'it';
    findings.warning(
      'never-done',
      position,
      `"onDone" never comes: ${every} needs a final state that can be reached.`,
    );
  }
}

/** A gate that binds a kind decides on nothing where no proposal of that kind has come yet. */
export function checkGatesHaveProposals(
  model: DefinitionModel,
  graph: AnalysisGraph,
  findings: FindingList,
): void {
  const gates = [...model.tree.states.values()].filter(
    ({ definition }) => definition.gate?.binds !== undefined,
  );
  const byKind = Map.groupBy(gates, ({ definition }) => definition.gate?.binds ?? '');
  const places = new Map<TreeState, string[]>(gates.map((gate) => [gate, []]));
  for (const { key, active } of graph.configurations.values())
    for (const state of active) places.get(state)?.push(key);
  const edgesTo = Map.groupBy([...graph.edges.values()].flat(), ({ to }) => to.key);
  for (const [kind, deciding] of byKind) {
    const asks = ({ proposed }: AnalysisEdge) => proposed?.definition.propose?.decision === kind;
    // Backwards first: mostly the proposal is near, and nothing further away has to be looked at.
    const near = new Set(deciding.flatMap((gate) => places.get(gate) ?? []));
    for (const key of near)
      for (const edge of edgesTo.get(key) ?? [])
        if (edge.from !== null && !asks(edge)) near.add(edge.from.key);
    const before = new Set([graph.start.to.key].filter((key) => near.has(key)));
    for (const key of before)
      for (const edge of graph.edges.get(key) ?? [])
        if (near.has(edge.to.key) && !asks(edge)) before.add(edge.to.key);
    for (const state of deciding.filter((gate) => places.get(gate)?.some((key) => before.has(key)))) {
      findings.warning(
        'gate-without-proposal',
        state.position,
        `${nameOf(state)} decides on "${kind}", and may be reached before any proposal of it. Lead there only from a proposal, or leave out "binds".`,
      );
    }
  }
}
