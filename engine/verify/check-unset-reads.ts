/**
 * Decides whether every field of the context that an expression reads is set by then, on all ways.
 *
 * Nothing ever unsets a field, so a read finds nothing exactly where a way from the start leads to it on
 * which nothing set the field: neither the start's data, nor an assignment, nor a guard that asked for it.
 * Those ways are followed on the analysis graph, for all fields at once and breadth first: the first one
 * found is a shortest. The graph holds every way there is and some that there are not, so a read may be told of that
 * is never unset; one that is accepted never is.
 */
import type { TextEdit } from '../../schemas/finding.ts';
import { askFirst, type ContextRead } from '../definition/check-optional-reads.ts';
import type { CheckedExpression } from '../definition/compile-expression.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { AssignModel, DefinitionModel, StateModel } from '../definition/model-definition.ts';
import { isInside, type TreeState } from '../definition/state-tree.ts';
import { type AnalysisGraph, hasEnded, isEventless } from './analysis-graph.ts';
import { pathText } from './counterexample.ts';
import type { Step } from './prove-oversight.ts';

/** Edges followed before the rest is judged without following, and asked for has(...). */
const mostEdges = 1_000_000;

export function checkUnsetReads(model: DefinitionModel, graph: AnalysisGraph, findings: FindingList): void {
  const followed = new Set(graph.complete ? followedExpressions(model) : []);
  const bits = new Map<string, bigint>();
  for (const expression of model.expressions) {
    for (const read of expression.reads) {
      if (model.setAtStart.has(read.field)) continue;
      if (!followed.has(expression)) tell(findings, read, '');
      else if (!bits.has(read.field)) bits.set(read.field, 1n << BigInt(bits.size));
    }
  }
  if (bits.size === 0 || new UnsetWalk(model, graph, bits, findings).follow()) return;
  for (const { reads } of followed)
    for (const read of reads) if (bits.has(read.field)) tell(findings, read, '');
}

function tell(
  findings: FindingList,
  { field, position }: ContextRead,
  way: string,
  fix: readonly TextEdit[] = [],
): void {
  const name = `context.${field}`;
  findings.error('unset-read', position, `"${name}" may be unset here${way}. ${askFirst(name)}`, fix);
}

/** Those whose moment the walk below knows. Any other may be evaluated at any time after the start. */
function followedExpressions({
  transitions,
  states,
  subject,
}: DefinitionModel): readonly CheckedExpression[] {
  const inTransitions = [...transitions.values()].flatMap(({ guard, assign, allow, effects }) => [
    ...effects.flatMap(({ values }) => [...values.values()]),
    ...(guard === null ? [] : [guard]),
    ...assign.values(),
    ...allow,
  ]);
  const inStates = [...states.values()].flatMap((state) => [
    ...[...state.entry, ...state.exit].flatMap((assign) => [...assign.values()]),
    ...whenEntered(state),
    ...state.people,
  ]);
  return [...inTransitions, ...inStates, ...(subject === null ? [] : [subject])];
}

/** Only a guard may be mended by a machine: where it asks first, the candidate is passed over and nothing else changes. */
const noFix: CheckedExpression['asking'] = () => [];

/** What is put together when a state has been entered: what it answers, asks for, hands over and does. */
function whenEntered({
  output,
  proposeInput,
  invoke,
  entryEffects,
}: StateModel): readonly CheckedExpression[] {
  return [
    ...(output?.values() ?? []),
    ...proposeInput.values(),
    ...(invoke?.input.values() ?? []),
    ...(invoke?.forEach == null ? [] : [invoke.forEach]),
    ...entryEffects.flatMap(({ values }) => [...values.values()]),
  ];
}

/** Fields as bits, so that all of them are followed at once. */
type Fields = bigint;
const none: Fields = 0n;

/** A class for what all steps of the walk share. */
class UnsetWalk {
  readonly #model: DefinitionModel;
  readonly #graph: AnalysisGraph;
  readonly #bits: ReadonlyMap<string, Fields>;
  readonly #findings: FindingList;
  readonly #told = new Set<ContextRead>();
  /** Fields that may be unset, by configuration. */
  readonly #unset = new Map<string, Fields>();
  /** In order of length. Each item goes on with the fields that are new where its step leads. */
  readonly #queue: { readonly step: Step; readonly unset: Fields }[] = [];
  readonly #fieldsOf = new Map<object, Fields>();

  constructor(
    model: DefinitionModel,
    graph: AnalysisGraph,
    bits: ReadonlyMap<string, Fields>,
    findings: FindingList,
  ) {
    this.#model = model;
    this.#graph = graph;
    this.#bits = bits;
    this.#findings = findings;
  }

  /** False where there was too much to follow. */
  follow(): boolean {
    // A step ends only where the context has all its required fields.
    const required = this.#fields(this.#model.required, this.#model.required);
    const all = (1n << BigInt(this.#bits.size)) - 1n;
    this.#arrive({ edge: this.#graph.start, before: null, length: 1 }, all);
    let left = mostEdges;
    for (const { step, unset } of this.#queue) {
      const atRest = unset & ~required;
      if (atRest !== none) this.#readAtRest(step, atRest);
      for (const edge of this.#graph.edges.get(step.edge.to.key) ?? []) {
        left -= 1;
        const still = isEventless(edge.transition) ? unset : atRest;
        if (still !== none) this.#arrive({ edge, before: step, length: step.length + 1 }, still);
      }
      if (left <= 0) return false;
    }
    return true;
  }

  /** What is evaluated while the process stays as it is: who may act, and whom the case is about. */
  #readAtRest(step: Step, unset: Fields): void {
    const { subject, states, transitions } = this.#model;
    for (const state of step.edge.to.active) {
      this.#read(states.get(state)?.people ?? [], unset, step);
      if (subject !== null && state.definition.gate !== undefined) this.#read([subject], unset, step);
      for (const transition of state.transitions)
        this.#read(transitions.get(transition)?.allow ?? [], unset, step);
    }
  }

  /** Reads what the edge evaluates, in order, and goes on with what nothing on it sets. */
  #arrive(step: Step, before: Fields): void {
    const { exits, entries, to, transition } = step.edge;
    const taken = transition === null ? undefined : this.#model.transitions.get(transition);
    let unset = before;
    if (taken?.guard != null) {
      const { gate, propose } = transition?.source.definition ?? {};
      const decided = gate !== undefined || propose !== undefined;
      this.#read([taken.guard], unset, step, decided ? noFix : taken.guard.asking);
      unset &= ~this.#fields(taken.guard.shows, taken.guard.shows);
    }
    // What is further in is left first, and entered last.
    unset = this.#act(exits, 'exit', isInside, unset, step);
    if (taken !== undefined) unset = this.#assign(taken.assign, unset, step);
    for (const { values } of taken?.effects ?? []) this.#read(values.values(), unset, step);
    this.#readEntered(entries, unset, step);
    unset = this.#act(entries, 'entry', (other, state) => isInside(state, other), unset, step);
    if (unset === none) return;
    if (hasEnded(this.#model.tree.root, to)) {
      this.#act([...to.active], 'exit', isInside, unset, step);
      return;
    }
    const known = this.#unset.get(to.key) ?? none;
    const news = unset & ~known;
    if (news === none) return;
    this.#unset.set(to.key, known | news);
    this.#queue.push({ step, unset: news });
  }

  /** Reads each state's actions where only those have acted that certainly act before it; what is unset after all. */
  #act(
    acting: readonly TreeState[],
    kind: 'entry' | 'exit',
    isBefore: (other: TreeState, state: TreeState) => boolean,
    unset: Fields,
    step: Step,
  ): Fields {
    const active = acting.filter((state) => this.#actions(state, kind).length > 0);
    let after = unset;
    for (const state of active) {
      const earlier = active.filter((other) => isBefore(other, state));
      let here = unset;
      for (const other of earlier)
        for (const assign of this.#actions(other, kind)) here &= ~this.#set(assign);
      for (const assign of this.#actions(state, kind)) here = this.#assign(assign, here, step);
      after &= here;
    }
    return after;
  }

  #actions(state: TreeState, kind: 'entry' | 'exit'): readonly AssignModel[] {
    return this.#model.states.get(state)?.[kind] ?? [];
  }

  /** A request is put together, and an ending answers, when what is around the state has been entered. */
  #readEntered(entries: readonly TreeState[], unset: Fields, step: Step): void {
    for (const state of entries) {
      const entered = this.#model.states.get(state);
      const expressions = entered === undefined ? [] : whenEntered(entered);
      if (expressions.length === 0) continue;
      let here = unset;
      for (const other of entries) {
        if (!isInside(state, other)) continue;
        for (const assign of this.#actions(other, 'entry')) here &= ~this.#set(assign);
      }
      this.#read(expressions, here, step);
    }
  }

  /** In one assignment every expression sees the context as it was before. */
  #assign(assign: AssignModel, unset: Fields, step: Step): Fields {
    if (unset === none) return none;
    this.#read(assign.values(), unset, step);
    return unset & ~this.#set(assign);
  }

  #set(assign: AssignModel): Fields {
    return this.#fields(assign, assign.keys());
  }

  /** The bits of names; worked out once for what they belong to. */
  #fields(owner: object, names: Iterable<string>): Fields {
    const known = this.#fieldsOf.get(owner);
    if (known !== undefined) return known;
    let fields = none;
    for (const name of names) fields |= this.#bits.get(name) ?? none;
    this.#fieldsOf.set(owner, fields);
    return fields;
  }

  #read(
    expressions: Iterable<CheckedExpression>,
    unset: Fields,
    step: Step,
    asking: CheckedExpression['asking'] = noFix,
  ): void {
    for (const { reads } of expressions) {
      for (const read of reads) {
        if (((this.#bits.get(read.field) ?? none) & unset) === none || this.#told.has(read)) continue;
        this.#told.add(read);
        tell(this.#findings, read, ` when the process comes this way: ${pathText(step)}`, asking(read.field));
      }
    }
  }
}
