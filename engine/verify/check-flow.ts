/** Decides, on the analysis graph, whether every state can be reached and can get to an end. */
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { type AnalysisGraph, hasEnded } from './analysis-graph.ts';
import { nameOf } from './check-states.ts';
import { isDone } from './configuration.ts';
import { absent } from './proposal-status.ts';
import type { OversightFacts } from './prove-oversight.ts';

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
  const before = new Map<string, string[]>();
  for (const [from, edges] of graph.edges) {
    for (const { to } of edges) before.set(to.key, [...(before.get(to.key) ?? []), from]);
  }
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
  for (const state of model.tree.states.values()) {
    const waiting = state.kind === 'compound' || state.kind === 'parallel';
    if (!waiting || state.definition.onDone === undefined || !reached.has(state)) continue;
    const done = [...graph.configurations.values()].some(
      ({ active }) => active.has(state) && isDone(state, active),
    );
    if (done) continue;
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
  facts: OversightFacts,
  findings: FindingList,
): void {
  for (const state of model.tree.states.values()) {
    const kind = state.definition.gate?.binds;
    if (kind === undefined) continue;
    const byStates = facts.get(kind);
    const empty = [...graph.configurations.values()].some(
      ({ key, active }) => active.has(state) && ((byStates?.get(key) ?? 0) & (1 << absent)) !== 0,
    );
    if (!empty) continue;
    findings.warning(
      'gate-without-proposal',
      state.position,
      `${nameOf(state)} decides on "${kind}", and may be reached before any proposal of it. Lead there only from a proposal, or leave out "binds".`,
    );
  }
}
