/**
 * A definition of the right shape -> what it means: states and transitions resolved, every schema and
 * expression compiled. The XState machine and the proofs are both made from this model. It reports what
 * refers to nothing or does not fit its type; whether the process makes sense is decided in `verify`.
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { Action, Allow, Decision, ProcessDefinition, State } from '../../schemas/process-definition.ts';
import {
  type CheckedExpression,
  compileExpression,
  constantExpression,
  type ExpectedTypes,
  type ExpressionScope,
  misfitOf,
} from './compile-expression.ts';
import { SchemaCompiler } from './compile-schema.ts';
import type { CheckJson } from './compiled-process.ts';
import { ExpressionScopes, type ResultShape } from './expression-scopes.ts';
import type { FindingList } from './finding-list.ts';
import {
  type EffectModel,
  type ExpressionTools,
  resultShapeOf,
  type StartFields,
  type WorkModel,
  WorkReader,
} from './model-work.ts';
import type { SourceNode } from './read-source.ts';
import { buildStateTree, type StateTree, type TreeState, type TreeTransition } from './state-tree.ts';
import { renameFix, suggestName } from './suggest-name.ts';

/** Context fields and what they are set to. */
export type AssignModel = ReadonlyMap<string, CheckedExpression>;

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
  /** The expressions in the selectors of a gate's reviewers and of an agent. */
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
  return new Modelling(definition, source, tree, findings).model();
}

const nothingFits: CheckJson = () => [{ at: '', message: 'the definition has errors' }];
const noData: CheckJson = (value) =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0
    ? []
    : [{ at: '', message: 'this event takes no data' }];

/** One run over one definition: what all parts of it share. */
class Modelling {
  readonly #definition: ProcessDefinition;
  readonly #source: SourceNode;
  readonly #tree: StateTree;
  readonly #findings: FindingList;
  readonly #schemas: SchemaCompiler;
  /** The decision that alone may write a field. */
  readonly #decided: ReadonlyMap<string, string>;
  readonly #selectors = new Map<string, CheckedExpression>();
  readonly #expressions: CheckedExpression[] = [];
  #work: WorkReader | null = null;

  constructor(definition: ProcessDefinition, source: SourceNode, tree: StateTree, findings: FindingList) {
    this.#definition = definition;
    this.#source = source;
    this.#tree = tree;
    this.#findings = findings;
    this.#schemas = new SchemaCompiler(findings);
    this.#decided = decisionFieldsOf(definition);
  }

  model(): DefinitionModel {
    const contextNode = memberOf(this.#source, 'context');
    const checkContext = contextNode === undefined ? null : this.#schemas.compile(contextNode, true);
    const fields = new Set(contextNode === undefined ? [] : namesIn(memberOf(contextNode, 'properties')));
    const decisionFields = this.#decided;
    const inputs = new Map<TreeTransition, CheckJson>();
    for (const transition of this.#tree.transitions) {
      const node = memberOf(transition.node, 'input');
      const check = node === undefined ? null : this.#schemas.compile(node);
      if (check !== null) inputs.set(transition, check);
    }
    const outputs = new Map<TreeState, CheckJson>();
    for (const state of this.#tree.states.values()) {
      const node = outputNode(state);
      const check = node === undefined ? null : this.#schemas.compile(node);
      if (check !== null) outputs.set(state, check);
    }
    const scopes = new ExpressionScopes({
      context: checkContext === null ? null : (contextNode ?? null),
      proposals: this.#proposalSchemas(outputs),
      inputs: [...inputs.keys()].flatMap((transition) => memberOf(transition.node, 'input') ?? []),
      payloads: [...this.#declared('tasks', 'input'), ...this.#declared('messages', 'input')],
      results: this.#results(),
      documents: Object.keys(this.#definition.documents ?? {}),
    });
    this.#work = new WorkReader(this.#definition, this.#source, this.#tools(), scopes);
    const checkStart = this.#startCheck(contextNode, checkContext !== null, decisionFields, fields);
    const transitions = new Map(
      this.#tree.transitions.map((one) => [one, this.#transition(one, scopes, inputs.get(one) ?? null)]),
    );
    const states = new Map(
      [...this.#tree.states.values()].map((state) => [
        state,
        this.#state(state, scopes, outputs.get(state) ?? null),
      ]),
    );
    this.#selector(memberOf(memberOf(this.#source, 'start'), 'allow'), this.#definition.start.allow, scopes);
    const subject = this.#expression(memberOf(this.#source, 'subject'), scopes.selector, ['string']);
    const required = requiredIn(contextNode);
    const input = memberOf(memberOf(this.#source, 'start'), 'input');
    return {
      definition: this.#definition,
      source: this.#source,
      tree: this.#tree,
      transitions,
      states,
      decisions: new Map(Object.entries(this.#definition.decisions ?? {})),
      decisionFields,
      fields,
      checkContext: checkContext ?? nothingFits,
      checkStart: checkStart ?? nothingFits,
      subject,
      selectorExpressions: this.#selectors,
      messageKeys: this.#work.messageKeys(),
      schedules: this.#work.schedules(this.#startFields(fields, decisionFields, required)),
      expressions: this.#expressions,
      setAtStart: input === undefined ? required : requiredIn(input),
      required,
    };
  }

  #startFields(
    fields: ReadonlySet<string>,
    decisionFields: ReadonlyMap<string, string>,
    required: ReadonlySet<string>,
  ): StartFields {
    const input = memberOf(memberOf(this.#source, 'start'), 'input');
    if (input !== undefined)
      return { fields: new Set(namesIn(memberOf(input, 'properties'))), required: requiredIn(input) };
    const free = [...fields].filter((name) => !decisionFields.has(name));
    return { fields: new Set(free), required };
  }

  #tools(): ExpressionTools {
    return {
      findings: this.#findings,
      value: (node, scope, expected) => this.#value(node, scope, expected),
      expression: (node, scope, expected) => this.#expression(node, scope, expected),
    };
  }

  /** The schemas that declared things have under this name, those of them that can be used. */
  #declared(section: 'tasks' | 'messages', member: string): readonly SourceNode[] {
    return [...(memberOf(this.#source, section)?.members?.values() ?? [])].flatMap(({ node }) => {
      const schema = memberOf(node, member);
      return schema === undefined || this.#schemas.compile(schema) === null ? [] : [schema];
    });
  }

  /** What the states wait for gives when it is done. */
  #results(): readonly ResultShape[] {
    this.#declared('tasks', 'output');
    const waiting = [...this.#tree.states.values()].filter(({ definition }) => definition.invoke);
    for (const { source } of waiting) {
      const output = memberOf(memberOf(source, 'invoke'), 'output');
      if (output !== undefined) this.#schemas.compile(output);
    }
    return waiting.map((state) => resultShapeOf(state, this.#source));
  }

  #proposalSchemas(outputs: ReadonlyMap<TreeState, CheckJson>): ReadonlyMap<string, readonly SourceNode[]> {
    const schemas = new Map<string, SourceNode[]>();
    for (const state of outputs.keys()) {
      const kind = state.definition.propose?.decision;
      const node = outputNode(state);
      if (kind === undefined || node === undefined) continue;
      schemas.set(kind, [...(schemas.get(kind) ?? []), node]);
    }
    return schemas;
  }

  /** Without `start.input`, a start takes the context's fields less those that only a proposal may write. */
  #startCheck(
    contextNode: SourceNode | undefined,
    contextFits: boolean,
    decisionFields: ReadonlyMap<string, string>,
    fields: ReadonlySet<string>,
  ): CheckJson | null {
    const input = memberOf(memberOf(this.#source, 'start'), 'input');
    if (input !== undefined) {
      for (const [name, { keyPosition }] of memberOf(input, 'properties')?.members ?? []) {
        const kind = decisionFields.get(name);
        if (kind !== undefined) {
          this.#findings.error(
            'decision-field-at-start',
            keyPosition,
            `"${name}" is written only by an approved proposal of "${kind}". Remove it from the start.`,
          );
        } else if (!fields.has(name)) {
          this.#findings.error(
            'unknown-field',
            keyPosition,
            `The context has no field "${name}" to keep this in.${suggestName(name, fields)}`,
          );
        }
      }
      return this.#schemas.compile(input);
    }
    const context = contextNode?.value as JsonObject | undefined;
    // What is wrong with the context was told already.
    if (context === undefined || contextNode === undefined || !contextFits) return null;
    const properties = Object.entries((context.properties ?? {}) as JsonObject);
    const required = Array.isArray(context.required) ? context.required : [];
    const schema: JsonObject = {
      ...context,
      properties: Object.fromEntries(properties.filter(([name]) => !decisionFields.has(name))),
      required: required.filter((name) => !decisionFields.has(name)),
    };
    return this.#schemas.compileDerived(schema, contextNode);
  }

  #transition(one: TreeTransition, scopes: ExpressionScopes, input: CheckJson | null): TransitionModel {
    const { cause, definition, node } = one;
    const inputNode = memberOf(node, 'input');
    const scope = this.#scopeOf(one, scopes, inputNode !== undefined && input !== null ? inputNode : null);
    const allow = this.#selector(memberOf(node, 'allow'), definition.allow, scopes);
    return {
      allow,
      guard: this.#expression(memberOf(node, 'guard'), scope, ['bool']),
      assign: this.#assign(memberOf(node, 'assign'), scope, scopes),
      effects: this.#work?.effects(memberOf(node, 'actions'), definition.actions, scope) ?? [],
      input: input ?? (cause.kind === 'event' ? noData : null),
    };
  }

  #scopeOf({ cause, source }: TreeTransition, scopes: ExpressionScopes, input: SourceNode | null) {
    const waits = source.definition.invoke !== undefined;
    switch (cause.kind) {
      case 'outcome':
        return scopes.outcome;
      case 'event':
        return input === null ? scopes.bareEvent : scopes.event(input);
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

  #state(state: TreeState, scopes: ExpressionScopes, proposeOutput: CheckJson | null): StateModel {
    const { definition, source } = state;
    const gate = memberOf(source, 'gate');
    const propose = memberOf(source, 'propose');
    const people = [
      ...this.#selector(memberOf(gate, 'reviewers'), definition.gate?.reviewers, scopes),
      ...this.#selector(memberOf(propose, 'agent'), definition.propose?.agent, scopes),
    ];
    const output = memberOf(source, 'output');
    return {
      entry: this.#actions(memberOf(source, 'entry'), definition.entry, scopes),
      exit: this.#actions(memberOf(source, 'exit'), definition.exit, scopes),
      output: output === undefined ? null : this.#values(output, scopes.plain),
      entryEffects: this.#work?.effects(memberOf(source, 'entry'), definition.entry, scopes.plain) ?? [],
      exitEffects: this.#work?.effects(memberOf(source, 'exit'), definition.exit, scopes.plain) ?? [],
      invoke: this.#work?.invoke(state) ?? null,
      compensate: this.#work?.compensate(state, resultShapeOf(state, this.#source)) ?? null,
      proposeInput: this.#values(memberOf(propose, 'input'), scopes.plain),
      proposeOutput,
      people,
    };
  }

  #actions(
    node: SourceNode | undefined,
    value: State['entry'],
    scopes: ExpressionScopes,
  ): readonly AssignModel[] {
    if (node === undefined || value === undefined) return [];
    const actions: readonly Action[] = Array.isArray(value) ? value : [value];
    return actions.map((_action, index) =>
      this.#assign(memberOf(node.items?.[index] ?? node, 'assign'), scopes.plain, scopes),
    );
  }

  #assign(node: SourceNode | undefined, scope: ExpressionScope, scopes: ExpressionScopes): AssignModel {
    const assign = new Map<string, CheckedExpression>();
    for (const [name, member] of node?.members ?? []) {
      const field = scopes.contextType.fields.get(name);
      if (field === undefined) {
        const known = suggestName(name, scopes.contextType.fields.keys());
        this.#findings.error(
          'unknown-field',
          member.keyPosition,
          `The context has no field "${name}".${known}`,
          // What only an approved proposal writes is for people to name.
          renameFix(
            member.keyPosition,
            name,
            [...scopes.contextType.fields.keys()].filter((one) => !this.#decided.has(one)),
          ),
        );
      }
      const expression = this.#value(member.node, scope, field === undefined ? [] : [field.type.name]);
      if (expression !== null) assign.set(name, expression);
    }
    return assign;
  }

  #values(node: SourceNode | undefined, scope: ExpressionScope): ReadonlyMap<string, CheckedExpression> {
    const values = new Map<string, CheckedExpression>();
    for (const [name, member] of node?.members ?? []) {
      const expression = this.#value(member.node, scope, []);
      if (expression !== null) values.set(name, expression);
    }
    return values;
  }

  #value(node: SourceNode, scope: ExpressionScope, expected: ExpectedTypes): CheckedExpression | null {
    if (typeof node.value === 'string') return this.#expression(node, scope, expected);
    const misfit = misfitOf(node.value, expected);
    if (misfit !== null) this.#findings.error('expression-type', node.position, misfit);
    return constantExpression(node.value, node.position);
  }

  #expression(
    node: SourceNode | undefined,
    scope: ExpressionScope,
    expected: ExpectedTypes,
  ): CheckedExpression | null {
    if (node === undefined) return null;
    const expression = compileExpression(node, scope, expected, this.#findings);
    if (expression !== null) this.#expressions.push(expression);
    return expression;
  }

  /** Compiles the CEL of a selector; a unit that begins with "unit:" is a name and no CEL. */
  #selector(
    node: SourceNode | undefined,
    allow: Allow | undefined,
    scopes: ExpressionScopes,
  ): readonly CheckedExpression[] {
    if (node === undefined || allow === undefined) return [];
    return (node.items ?? [node]).flatMap((one) => {
      const unit = memberOf(one, 'unit');
      const named = String(unit?.value).startsWith('unit:');
      return [
        ...(named ? [] : this.#selectorExpression(unit, scopes, ['string'])),
        ...this.#selectorExpression(memberOf(one, 'expression'), scopes, ['bool']),
      ];
    });
  }

  #selectorExpression(
    node: SourceNode | undefined,
    scopes: ExpressionScopes,
    expected: ExpectedTypes,
  ): readonly CheckedExpression[] {
    const compiled = this.#expression(node, scopes.selector, expected);
    if (compiled === null) return [];
    this.#selectors.set(compiled.source, compiled);
    return [compiled];
  }
}

export function memberOf(node: SourceNode | undefined, name: string): SourceNode | undefined {
  return node?.members?.get(name)?.node;
}

function namesIn(node: SourceNode | undefined): Iterable<string> {
  return node?.members?.keys() ?? [];
}

function outputNode(state: TreeState): SourceNode | undefined {
  return memberOf(memberOf(state.source, 'propose'), 'output');
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

function requiredIn(schema: SourceNode | undefined): ReadonlySet<string> {
  return new Set((memberOf(schema, 'required')?.items ?? []).map(({ value }) => String(value)));
}
