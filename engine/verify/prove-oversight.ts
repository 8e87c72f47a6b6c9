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
import { type Counterexample, counterexampleOf, pathText } from './counterexample.ts';
import { effectsOfEdge } from './effects-of-edge.ts';
import { absent, isLive, type ProposalStatus, statusAfter, statusCount } from './proposal-status.ts';

/** Statuses a proposal may have in a configuration, as bits; by kind, then by configuration. */
export type OversightFacts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Further counterexamples of one kind are mostly the same mistake again. */
const mostCounterexamples = 5;

export interface OversightProof {
  /** Null where nothing is proven; findings say why. */
  readonly facts: OversightFacts | null;
  readonly counterexamples: readonly Counterexample[];
}

/** Where a proposal would take effect, a finding says so, and a counterexample shows the way. */
export function proveOversight(
  model: DefinitionModel,
  graph: AnalysisGraph,
  findings: FindingList,
): OversightProof {
  const before = findings.errors;
  checkSources(model, findings);
  if (!graph.complete) {
    if (model.decisions.size === 0) return { facts: new Map(), counterexamples: [] };
    findings.error(
      'oversight-not-proven',
      model.source.position,
      'The process has too many combinations of parallel states or histories to be proven. Use fewer regions, or split it.',
    );
    return { facts: null, counterexamples: [] };
  }
  const facts = new Map<string, ReadonlyMap<string, number>>();
  const counterexamples: Counterexample[] = [];
  for (const kind of model.decisions.keys()) {
    const told = new Told(kind, findings);
    facts.set(kind, followKind(model, graph, kind, told));
    counterexamples.push(...told.counterexamples);
  }
  return { facts: findings.errors > before ? null : facts, counterexamples };
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
  told: Told,
): ReadonlyMap<string, number> {
  const facts = new Map<string, number>();
  const decision = model.decisions.get(kind);
  const effects = new Map<AnalysisEdge, ReturnType<typeof effectsOfEdge>>();
  // A queue, so that the first way found to anything is a shortest one.
  const queue: Step[] = [];
  const arrive = (edge: AnalysisEdge, before: Step | null, was: ProposalStatus) => {
    const status = statusAfter(was, kind, decision, edge);
    const step: Step = { edge, before, status };
    if (isLive(status)) {
      const forbidden = effects.get(edge) ?? effectsOfEdge(model, kind, edge);
      effects.set(edge, forbidden);
      for (const { what, position } of forbidden) told.report(what, position, step);
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

/** What was told of one kind: each place once, by the first and so by a shortest way. */
class Told {
  readonly counterexamples: Counterexample[] = [];
  readonly #kind: string;
  readonly #findings: FindingList;
  readonly #places = new Set<string>();

  constructor(kind: string, findings: FindingList) {
    this.#kind = kind;
    this.#findings = findings;
  }

  report(what: string, position: Position, step: Step): void {
    const place = `${position.line}:${position.column}`;
    if (this.#places.has(place) || this.#places.size >= mostCounterexamples) return;
    this.#places.add(place);
    this.counterexamples.push(counterexampleOf(this.#kind, what, position, step));
    this.#findings.error(
      'oversight-not-proven',
      position,
      `While a proposal of "${this.#kind}" is undecided, ${what}: ${pathText(step)}. Put the gates that decide on "${this.#kind}" before this.`,
    );
  }
}
