/**
 * A definition of the right shape -> what it means: states and transitions resolved, every schema and
 * expression compiled. The XState machine and the proofs are both made from this model. It reports what
 * refers to nothing or does not fit its type; whether the process makes sense is decided in `verify`.
 */
import type { Decision, ProcessDefinition } from '../../schemas/process-definition.ts';
import type { CheckedExpression, ExpressionScope } from './compile-expression.ts';
import { SchemaCompiler } from './compile-schema.ts';
import type { CheckJson } from './compiled-process.ts';
import { type AssignModel, ExpressionReader } from './expression-reader.ts';
import { ExpressionScopes } from './expression-scopes.ts';
import type { FindingList } from './finding-list.ts';
import { modelSchemas } from './model-schemas.ts';
import { modelStart, namesIn, requiredIn } from './model-start.ts';
import { type EffectModel, resultShapeOf, type WorkModel, WorkReader } from './model-work.ts';
import { memberOf, type SourceNode } from './read-source.ts';
import { buildStateTree, type StateTree, type TreeState, type TreeTransition } from './state-tree.ts';

export type { AssignModel } from './expression-reader.ts';

export interface TransitionModel {
  readonly guard: CheckedExpression | null;
  readonly assign: AssignModel;
  readonly effects: readonly EffectModel[];
  /** Only on events from outside: with no `input` in the file, data is refused. */
  readonly input: CheckJson | null;
  /** The expressions in `allow`. */
  readonly allow: readonly CheckedExpression[];
}

export interface StateModel {
  readonly entry: readonly AssignModel[];
  readonly exit: readonly AssignModel[];
  /** What a final state answers; null when it says nothing. */
  readonly output: ReadonlyMap<string, CheckedExpression> | null;
  readonly entryEffects: readonly EffectModel[];
  readonly exitEffects: readonly EffectModel[];
  /** What the state waits for, and what undoes it. */
  readonly invoke: WorkModel | null;
  readonly compensate: WorkModel | null;
  readonly proposeInput: ReadonlyMap<string, CheckedExpression>;
  readonly proposeOutput: CheckJson | null;
  /** The expressions in the selectors of reviewers, of those they answer to, of an agent and of operators. */
  readonly people: readonly CheckedExpression[];
}

export interface DefinitionModel {
  readonly definition: ProcessDefinition;
  readonly source: SourceNode;
  readonly tree: StateTree;
  readonly transitions: ReadonlyMap<TreeTransition, TransitionModel>;
  readonly states: ReadonlyMap<TreeState, StateModel>;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly decisionFields: ReadonlyMap<string, string>;
  /** Names of the context's fields. */
  readonly fields: ReadonlySet<string>;
  readonly checkContext: CheckJson;
  readonly checkStart: CheckJson;
  readonly subject: CheckedExpression | null;
  readonly selectorExpressions: ReadonlyMap<string, CheckedExpression>;
  /** By message: what an instance is found by. */
  readonly messageKeys: ReadonlyMap<string, ReadonlyMap<string, CheckedExpression>>;
  /** What each schedule hands to the start. */
  readonly schedules: readonly ReadonlyMap<string, CheckedExpression>[];
  /** Every expression of the file, so that none goes unjudged. */
  readonly expressions: readonly CheckedExpression[];
  /** Fields of the context that every start sets, and those that every state of rest has. */
  readonly setAtStart: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

/** Reports into `findings` what refers to nothing; the model is whole only where that added no error. */
export function modelDefinition(
  definition: ProcessDefinition,
  source: SourceNode,
  findings: FindingList,
): DefinitionModel {
  const tree = buildStateTree(definition, source, findings);
  const context = memberOf(source, 'context');
  const compiler = new SchemaCompiler(findings);
  const checkContext = context === undefined ? null : compiler.compile(context, true);
  const decisionFields = decisionFieldsOf(definition);
  const schemas = modelSchemas(definition, source, tree, compiler);
  const scopes = new ExpressionScopes({
    context: checkContext === null ? null : (context ?? null),
    ...schemas.scopes,
  });
  const reader = new ExpressionReader(findings, decisionFields);
  const start = modelStart(source, checkContext !== null, decisionFields, compiler, findings);
  const parts = new PartsReader(source, reader, scopes, new WorkReader(definition, source, reader, scopes));
  const transitions = new Map(
    tree.transitions.map((one) => [one, parts.transition(one, schemas.inputs.get(one) ?? null)]),
  );
  const states = new Map(
    [...tree.states.values()].map((state) => [
      state,
      parts.state(state, schemas.proposals.get(state) ?? null),
    ]),
  );
  parts.selectors(definition);
  return {
    definition,
    source,
    tree,
    transitions,
    states,
    decisions: new Map(Object.entries(definition.decisions ?? {})),
    decisionFields,
    fields: namesIn(memberOf(context, 'properties')),
    checkContext: checkContext ?? nothingFits,
    checkStart: start.check ?? nothingFits,
    subject: reader.expression(memberOf(source, 'subject'), scopes.selector, ['string']),
    selectorExpressions: reader.selectors,
    messageKeys: parts.work.messageKeys(),
    schedules: parts.work.schedules(start),
    expressions: reader.expressions,
    setAtStart: start.required,
    required: requiredIn(context),
  };
}

const nothingFits: CheckJson = () => [{ at: '', message: 'the definition has errors' }];
const noData: CheckJson = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
    ? []
    : [{ at: '', message: 'this event takes no data' }];

/** Reads states and transitions: what all of them share. */
class PartsReader {
  readonly work: WorkReader;
  readonly #source: SourceNode;
  readonly #reader: ExpressionReader;
  readonly #scopes: ExpressionScopes;

  constructor(source: SourceNode, reader: ExpressionReader, scopes: ExpressionScopes, work: WorkReader) {
    this.#source = source;
    this.#reader = reader;
    this.#scopes = scopes;
    this.work = work;
  }

  transition(one: TreeTransition, input: CheckJson | null): TransitionModel {
    const { cause, definition, node } = one;
    const scope = this.#scopeOf(one, input === null ? undefined : memberOf(node, 'input'));
    return {
      allow: this.#reader.selector(memberOf(node, 'allow'), definition.allow, this.#scopes.selector),
      guard: this.#reader.expression(memberOf(node, 'guard'), scope, ['bool']),
      assign: this.#reader.assign(memberOf(node, 'assign'), scope, this.#scopes.contextType),
      effects: this.work.effects(memberOf(node, 'actions'), definition.actions, scope),
      input: input ?? (cause.kind === 'event' ? noData : null),
    };
  }

  state(state: TreeState, proposeOutput: CheckJson | null): StateModel {
    const { definition, source } = state;
    const { plain, selector, contextType } = this.#scopes;
    const [gate, propose] = [memberOf(source, 'gate'), memberOf(source, 'propose')];
    const [entry, exit, output] = [
      memberOf(source, 'entry'),
      memberOf(source, 'exit'),
      memberOf(source, 'output'),
    ];
    const escalate = memberOf(memberOf(gate, 'onOverdue'), 'escalate');
    const operators = memberOf(memberOf(source, 'operator'), 'allow');
    const reader = this.#reader;
    return {
      entry: reader.actions(entry, definition.entry, plain, contextType),
      exit: reader.actions(exit, definition.exit, plain, contextType),
      output: output === undefined ? null : reader.values(output, plain),
      entryEffects: this.work.effects(entry, definition.entry, plain),
      exitEffects: this.work.effects(exit, definition.exit, plain),
      invoke: this.work.invoke(state),
      compensate: this.work.compensate(state, resultShapeOf(state, this.#source)),
      proposeInput: reader.values(memberOf(propose, 'input'), plain),
      proposeOutput,
      people: [
        ...reader.selector(memberOf(gate, 'reviewers'), definition.gate?.reviewers, selector),
        ...reader.selector(memberOf(gate, 'reassign'), definition.gate?.reassign, selector),
        ...reader.selector(escalate, definition.gate?.onOverdue?.escalate, selector),
        ...reader.selector(memberOf(propose, 'agent'), definition.propose?.agent, selector),
        ...reader.selector(operators, definition.operator?.allow, selector),
      ],
    };
  }

  /** Selectors that belong to no state: who starts, and who performs tasks. */
  selectors({ start, tasks }: ProcessDefinition): void {
    const { selector } = this.#scopes;
    this.#reader.selector(memberOf(memberOf(this.#source, 'start'), 'allow'), start.allow, selector);
    for (const [name, { worker }] of Object.entries(tasks ?? {})) {
      const task = memberOf(memberOf(this.#source, 'tasks'), name);
      this.#reader.selector(memberOf(task, 'worker'), worker, selector);
    }
  }

  /** `input` is what an event carries, where that can be used. */
  #scopeOf({ cause, source }: TreeTransition, input: SourceNode | undefined): ExpressionScope {
    const scopes = this.#scopes;
    const waits = source.definition.invoke !== undefined;
    switch (cause.kind) {
      case 'outcome':
        return scopes.outcome;
      case 'event':
        return input === undefined ? scopes.bareEvent : scopes.event(input);
      case 'message': {
        const declared = memberOf(memberOf(memberOf(this.#source, 'messages'), cause.message), 'input');
        return declared === undefined ? scopes.bareEvent : scopes.event(declared);
      }
      case 'done':
        return waits ? scopes.done(resultShapeOf(source, this.#source)) : scopes.plain;
      case 'error':
        return waits ? scopes.failed : scopes.plain;
      default:
        return scopes.plain;
    }
  }
}

function decisionFieldsOf(definition: ProcessDefinition): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  const properties = (definition.context as { properties?: unknown }).properties;
  if (typeof properties !== 'object' || properties === null) return fields;
  for (const [name, schema] of Object.entries(properties)) {
    const kind = (schema as { decision?: unknown } | null)?.decision;
    if (typeof kind === 'string') fields.set(name, kind);
  }
  return fields;
}

export { memberOf } from './read-source.ts';
