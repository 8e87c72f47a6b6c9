/**
 * The oversight proof (P2): in no order of events can a proposal reach an effect before every act that its
 * kind demands is recorded on it and the last of them, an approval, is given.
 *
 * A proposal may come wherever the analysis graph asks for one. For each kind of decision it is followed
 * from there, with the acts it has, through every edge until it is approved or nothing new is found. What
 * remains is either everything that an undecided proposal can be in each combination of states, which the
 * certificate holds, or an edge on which one has an effect, with the way there. Where the graph is not
 * whole nothing is proven.
 */
import type { Position } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import type { AnalysisEdge, AnalysisGraph } from './analysis-graph.ts';
import { type Counterexample, counterexampleOf, pathText } from './counterexample.ts';
import { effectsOfEdge } from './effects-of-edge.ts';
import { absent, isLive, type ProposalStatus, statusAfter } from './proposal-status.ts';

/** What an undecided proposal may be in a configuration, as bits; by kind, then by configuration. */
export type OversightFacts = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Further counterexamples of one kind are mostly the same mistake again. */
const mostCounterexamples = 5;
/** Of all kinds together; what is left is looked at when these are mended. */
const mostInAll = 100;
/** Kinds that stay undecided everywhere multiply with the states. More than this is not followed in the time lint has. */
const mostSteps = 500_000;

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
  const arrivals = arrivalsOf(graph);
  const budget: Budget = { steps: mostSteps };
  for (const kind of model.decisions.keys()) {
    const told = new Told(kind, findings);
    facts.set(kind, followKind(model, graph, kind, arrivals.get(kind) ?? [], told, budget));
    counterexamples.push(...told.counterexamples);
    if (counterexamples.length > mostInAll || budget.steps <= 0) break;
  }
  if (budget.steps <= 0)
    findings.error(
      'oversight-not-proven',
      model.source.position,
      'Too many kinds of decision are undecided in too many states to be proven. Decide earlier, or split the process.',
    );
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

/** One step of the way on which something came about. */
export interface Step {
  readonly edge: AnalysisEdge;
  readonly before: Step | null;
  /** Steps so far, this one included. */
  readonly length: number;
}

/** Every edge along which a proposal comes, by its kind: on a shortest way from the start, and those first that are. */
function arrivalsOf(graph: AnalysisGraph): ReadonlyMap<string, readonly Step[]> {
  const arrivals = new Map<string, Step[]>();
  const seen = new Set([graph.start.to.key]);
  const queue: Step[] = [{ edge: graph.start, before: null, length: 1 }];
  for (const before of queue) {
    for (const edge of graph.edges.get(before.edge.to.key) ?? []) {
      const step: Step = { edge, before, length: before.length + 1 };
      const kind = edge.proposed?.definition.propose?.decision;
      if (kind !== undefined) {
        const known = arrivals.get(kind);
        if (known === undefined) arrivals.set(kind, [step]);
        else known.push(step);
      }
      if (seen.has(edge.to.key)) continue;
      seen.add(edge.to.key);
      queue.push(step);
    }
  }
  return arrivals;
}

/** Steps that may still be followed, of all kinds together. */
interface Budget {
  steps: number;
}

interface LiveStep extends Step {
  readonly status: ProposalStatus;
}

function followKind(
  model: DefinitionModel,
  graph: AnalysisGraph,
  kind: string,
  arrivals: readonly Step[],
  told: Told,
  budget: Budget,
): ReadonlyMap<string, number> {
  const facts = new Map<string, number>();
  const decision = model.decisions.get(kind);
  const effects = new Map<AnalysisEdge, ReturnType<typeof effectsOfEdge>>();
  let found: LiveStep[] = [];
  const follow = ({ edge, before, length }: Step, was: ProposalStatus) => {
    const status = statusAfter(was, kind, decision, edge);
    if (!isLive(status) || budget.steps <= 0) return;
    budget.steps -= 1;
    const step: LiveStep = { edge, before, length, status };
    const forbidden = effects.get(edge) ?? effectsOfEdge(model, kind, edge);
    effects.set(edge, forbidden);
    for (const { what, position } of forbidden) told.report(what, position, step);
    const known = facts.get(edge.to.key) ?? 0;
    if ((known & (1 << status)) !== 0) return;
    facts.set(edge.to.key, known | (1 << status));
    found.push(step);
  };
  // Step by step in all places at once, so that the first way found to anything is a shortest one.
  let coming = 0;
  for (let length = 1; found.length > 0 || coming < arrivals.length; length += 1) {
    if (found.length === 0) length = arrivals[coming]?.length ?? length;
    const last = found;
    found = [];
    for (const before of last) {
      for (const edge of graph.edges.get(before.edge.to.key) ?? [])
        follow({ edge, before, length }, before.status);
    }
    for (; arrivals[coming]?.length === length; coming += 1) {
      const arrival = arrivals[coming];
      if (arrival !== undefined) follow(arrival, absent);
    }
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
