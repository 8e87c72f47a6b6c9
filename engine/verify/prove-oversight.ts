/**
 * The oversight proof (P2): in no order of events can a proposal reach an effect before every act that its
 * kind demands is recorded on it and the last of them, an approval, is given.
 *
 * For each kind of decision it follows every status the latest proposal can have through every edge of the
 * analysis graph, until nothing new is found. What remains is either a set of statuses for each
 * combination of states, which the certificate holds, or an edge on which a live proposal has an effect,
 * with the way there. Where the graph is not whole nothing is proven.
 */
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { AnalysisEdge, AnalysisGraph } from './analysis-graph.ts';
import { effectsOfEdge } from './effects-of-edge.ts';
import { pathText } from './path-text.ts';
import { absent, isLive, type ProposalStatus, statusAfter, statusCount } from './proposal-status.ts';

/** Statuses a proposal may have in a configuration, as bits; by kind, then by configuration. */
export type OversightFacts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Further counterexamples of one kind are mostly the same mistake again. */
const mostCounterexamples = 5;

/** The facts, or null after findings that say where a proposal would take effect. */
export function proveOversight(
  model: DefinitionModel,
  graph: AnalysisGraph,
  findings: FindingList,
): OversightFacts | null {
  const before = findings.errors;
  checkSources(model, findings);
  if (!graph.complete) {
    if (model.decisions.size === 0) return new Map();
    findings.error(
      'oversight-not-proven',
      model.source.position,
      'The process has too many combinations of parallel states or histories to be proven. Use fewer regions, or split it.',
    );
    return null;
  }
  const facts = new Map<string, ReadonlyMap<string, number>>();
  for (const kind of model.decisions.keys()) facts.set(kind, followKind(model, graph, kind, findings));
  return findings.errors > before ? null : facts;
}

/** A decision's field holds the approved proposal or one member of it: never a value made from it. */
function checkSources(model: DefinitionModel, findings: FindingList): void {
  const assigns = [
    ...[...model.transitions.values()].map(({ assign }) => assign),
    ...[...model.states.values()].flatMap(({ entry, exit }) => [...entry, ...exit]),
  ];
  for (const [field, expression] of assigns.flatMap((assign) => [...assign])) {
    const kind = model.decisionFields.get(field);
    if (kind === undefined || expression.copies === kind) continue;
    findings.error(
      'oversight-not-proven',
      expression.position,
      `"${field}" takes only what was approved: write proposal.${kind}, or one member of it such as proposal.${kind}.name.`,
    );
  }
}

/** How a status came about: the edge it came along, and the status before it. */
export interface Step {
  readonly edge: AnalysisEdge;
  readonly before: Step | null;
  readonly status: ProposalStatus;
}

function followKind(
  model: DefinitionModel,
  graph: AnalysisGraph,
  kind: string,
  findings: FindingList,
): ReadonlyMap<string, number> {
  const facts = new Map<string, number>();
  const decision = model.decisions.get(kind);
  const effects = new Map<AnalysisEdge, ReturnType<typeof effectsOfEdge>>();
  const reported = new Set<string>();
  // A queue, so that the first way found to anything is a shortest one.
  const queue: Step[] = [];
  const arrive = (edge: AnalysisEdge, before: Step | null, was: ProposalStatus) => {
    const status = statusAfter(was, kind, decision, edge);
    const step: Step = { edge, before, status };
    if (isLive(status)) {
      const forbidden = effects.get(edge) ?? effectsOfEdge(model, kind, edge);
      effects.set(edge, forbidden);
      for (const { what, position } of forbidden) report(findings, reported, kind, what, position, step);
    }
    const known = facts.get(edge.to.key) ?? 0;
    if ((known & (1 << status)) !== 0) return;
    facts.set(edge.to.key, known | (1 << status));
    queue.push(step);
  };
  arrive(graph.start, null, absent);
  for (const step of queue) {
    for (const edge of graph.edges.get(step.edge.to.key) ?? []) arrive(edge, step, step.status);
    if (queue.length > graph.configurations.size * statusCount) break;
  }
  return facts;
}

function report(
  findings: FindingList,
  reported: Set<string>,
  kind: string,
  what: string,
  position: Position,
  step: Step,
): void {
  const place = `${position.line}:${position.column}`;
  if (reported.has(place) || reported.size >= mostCounterexamples) return;
  reported.add(place);
  findings.error(
    'oversight-not-proven',
    position,
    `While a proposal of "${kind}" is undecided, ${what}: ${pathText(step)}. Put the gates that decide on "${kind}" before this.`,
  );
}
