/** Works out, once when a definition is deployed, what the database needs to hold the last door by itself (P2). */
import type { Selector } from '../../schemas/process-definition.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { readModel } from '../definition/read-model.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { isOnAPerson } from '../oversight/demanded-acts.ts';
import type { DoorRules, GateRule, GateWall, ReviewerRule } from '../oversight/door-rules.ts';
import { excludedDrafts, excludedGates } from '../oversight/exclusions.ts';
import { isOfVotesCast } from '../oversight/quorum.ts';
import { type AnalysisEdge, type AnalysisGraph, buildAnalysisGraph } from './analysis-graph.ts';

/** The rules of every gate, in the order of the file, and what lies behind them. The source must be one that lint accepts. */
export function doorRulesOf(source: string): DoorRules {
  const model = readModel(source);
  if (model === null) throw new Error('Only a definition without errors has gate rules.');
  const graph = buildAnalysisGraph(model);
  const gated = [...model.tree.states.values()].filter((state) => state.definition.gate !== undefined);
  return { gates: gated.map((state) => toGateRule(model, state)), walls: wallsOf(graph, gated) };
}

function toGateRule(model: DefinitionModel, state: TreeState): GateRule {
  const gate = gateOf(state);
  const { assurance = 'session', binds = null, exclude = [], reviewers, quorum } = gate;
  return {
    gate: state.id,
    binds,
    reviewers: (Array.isArray(reviewers) ? reviewers : [reviewers]).map(toReviewerRule),
    classification: model.definition.classification,
    excludesInitiator: exclude.includes('initiator'),
    excludesGates: excludedGates(gate),
    approve: quorum?.approve ?? 1,
    ofVotesCast: isOfVotesCast(gate),
    present: quorum?.present ?? null,
    ofAllMembers: isOnAPerson(model, gate),
    assurance,
    secret: gate.ballot === 'secret',
    hasDue: gate.due !== undefined,
    excludesUntold:
      model.definition.subject !== undefined ||
      excludedDrafts(gate) === 'all' ||
      [...excludedDrafts(gate)].length > 0,
  };
}

/**
 * One gate alone, all that record the same act on the same kind of decision (an overdue one beside the first),
 * and all that approve anything: whichever of these nothing gets around is a wall.
 */
function wallsOf(graph: AnalysisGraph, gated: readonly TreeState[]): readonly GateWall[] {
  const groups = new Map<string, readonly TreeState[]>();
  const add = (group: readonly TreeState[]) => groups.set(group.map(({ id }) => id).join(' '), group);
  for (const state of gated) {
    const { binds, meaning } = gateOf(state);
    add([state]);
    add(gated.filter((other) => gateOf(other).binds === binds && gateOf(other).meaning === meaning));
  }
  add(gated.filter((state) => gateOf(state).meaning === 'approve'));
  return [...groups.values()].flatMap((group) => {
    const kinds = new Set(group.map((state) => gateOf(state).binds ?? null));
    const [binds = null] = kinds.size === 1 ? kinds : [];
    const behind = statesBehind(graph, group, [graph.start]);
    const behindProposal = binds === null ? [] : statesBehind(graph, group, arrivalsOf(graph, binds));
    if (behind.length + behindProposal.length === 0) return [];
    return [{ gates: group.map(({ id }) => id), binds, behind, behindProposal }];
  });
}

function gateOf({ id, definition: { gate } }: TreeState) {
  if (gate === undefined) throw new Error(`The state ${id} has no gate.`);
  return gate;
}

function toReviewerRule(selector: Selector): ReviewerRule {
  const { role, position, body, principal, unit, subunits, initiator, expression } = selector;
  const told = unit === undefined || unit.startsWith('unit:') || unit === 'initiator.unit';
  return {
    roles: listOf(role),
    positions: listOf(position),
    bodies: listOf(body),
    principals: listOf(principal),
    unit: unit === undefined || !told ? null : unit === 'initiator.unit' ? 'initiator' : unit,
    subunits: subunits === true,
    initiator: initiator === true,
    narrowed: expression !== undefined || !told,
  };
}

function listOf(names: string | readonly string[] | undefined): readonly string[] | null {
  if (names === undefined) return null;
  return typeof names === 'string' ? [names] : names;
}

/** Every edge along which a proposal of this kind comes. */
function arrivalsOf({ edges }: AnalysisGraph, kind: string): readonly AnalysisEdge[] {
  return [...edges.values()].flat().filter(({ proposed }) => proposed?.definition.propose?.decision === kind);
}

/** Where the graph is not whole nothing lies behind anything, as far as anybody knows. */
function statesBehind(
  graph: AnalysisGraph,
  group: readonly TreeState[],
  starts: readonly AnalysisEdge[],
): readonly string[] {
  if (!graph.complete || starts.length === 0) return [];
  const seen = new Set(starts.map(({ to }) => to.key));
  const queue = [...seen];
  for (const key of queue) {
    for (const edge of graph.edges.get(key) ?? []) {
      if (isApproval(edge, group) || seen.has(edge.to.key)) continue;
      seen.add(edge.to.key);
      queue.push(edge.to.key);
    }
  }
  const open = new Set<string>();
  const all = new Set<string>();
  for (const [key, { leaves }] of graph.configurations) {
    for (const { id } of leaves) {
      all.add(id);
      if (seen.has(key)) open.add(id);
    }
  }
  return [...all].filter((id) => !open.has(id)).sort();
}

function isApproval({ transition }: AnalysisEdge, group: readonly TreeState[]): boolean {
  return (
    transition !== null &&
    group.includes(transition.source) &&
    transition.cause.kind === 'outcome' &&
    transition.cause.outcome === 'approved'
  );
}
