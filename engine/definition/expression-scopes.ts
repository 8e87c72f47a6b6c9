/**
 * What expressions may read, place by place:
 *
 * - selectors (allow, reviewers, agent), `subject`: context, initiator, actor, now. Never a proposal: who
 *   decides must not depend on what is decided.
 * - everything else: these, `proposal` and `documents`; on an event or message also `event`, its data by the
 *   transition's or message's `input` (without one, an empty map); on a gate's outcome also `gate`; when work
 *   is done or failed also `task`; in the input of one child of several also `item`.
 *
 * `now` is an instant: `now - timestamp(context.since) > duration('48h')`, `now.getFullYear()`. Assigned to
 * a field it becomes an ISO 8601 text. `gate` has outcome, remarks (a text, '' when nobody gave a reason) and
 * approvals (an integer). The unit of an initiator or actor is null for those who have none; an actor's clearance
 * is '' where none was given.
 */
import type { Environment } from '@marcbachmann/cel-js';
import type { Json } from '../../schemas/json.ts';
import type { OperationFields } from '../../schemas/process-definition.ts';
import type { ExpressionScope } from './compile-expression.ts';
import type { Scope } from './compiled-process.ts';
import { baseEnvironment } from './expression-functions.ts';
import { type CelType, celTypes, type StructType, TypeRegistry } from './expression-types.ts';
import type { SourceNode } from './read-source.ts';

/** The schemas that give names their types. Every one was accepted by `checkSchema`. */
export interface ScopeSchemas {
  readonly context: SourceNode | null;
  /** Output schemas by kind of decision; several where several states ask for one kind. */
  readonly proposals: ReadonlyMap<string, readonly SourceNode[]>;
  readonly inputs: Iterable<SourceNode>;
  /** What tasks and messages take. */
  readonly payloads: Iterable<SourceNode>;
  /** What work gives when it is done. */
  readonly results: Iterable<ResultShape>;
  /** Names of the process's documents. */
  readonly documents: readonly string[];
}

/** What work gives: by a schema, by a fixed list of fields, or for each child one by a schema. */
export type ResultShape =
  | { readonly kind: 'schema'; readonly schema: SourceNode }
  | { readonly kind: 'fields'; readonly fields: OperationFields }
  | { readonly kind: 'each'; readonly schema: SourceNode | null };

const always = (type: CelType) => ({ type, optional: false });
const texts: CelType = { name: 'list<string>', convert: (value) => value };

export class ExpressionScopes {
  readonly contextType: StructType;
  readonly selector: ExpressionScope;
  readonly plain: ExpressionScope;
  readonly outcome: ExpressionScope;
  /** An event that brings no data. */
  readonly bareEvent: ExpressionScope;
  /** Where there is no instance yet. */
  readonly clock: ExpressionScope;
  /** Where work has failed for good. */
  readonly failed: ExpressionScope;
  /** Where one child of several is given its input. */
  readonly item: ExpressionScope;
  readonly #results = new Map<string, CelType>();
  readonly #resultScopes = new Map<string, ExpressionScope>();
  readonly #types: TypeRegistry;
  readonly #base: Environment;
  readonly #shared: ReadonlyMap<string, Variable>;
  readonly #eventTypes = new Map<string, CelType>();
  readonly #eventScopes = new Map<string, ExpressionScope>();

  constructor(schemas: ScopeSchemas) {
    this.#base = baseEnvironment.clone();
    this.#types = new TypeRegistry(this.#base);
    const types = this.#types;
    const context = schemas.context === null ? null : types.fromSchema(schemas.context, schemas.context);
    // A context without properties is still a struct: one that has no field to read.
    this.contextType = types.struct(context?.name ?? '') ?? types.define(new Map());
    const gate = types.define(
      new Map([
        ['outcome', always(celTypes.string)],
        ['remarks', always(celTypes.string)],
        ['approvals', always(celTypes.int)],
      ]),
    );
    const nothing = types.define(new Map());
    const proposal = this.#proposalType(schemas);
    for (const input of schemas.inputs) {
      const key = JSON.stringify(input.value);
      if (!this.#eventTypes.has(key)) this.#eventTypes.set(key, types.fromSchema(input, input));
    }
    for (const payload of schemas.payloads) {
      const key = JSON.stringify(payload.value);
      if (!this.#eventTypes.has(key)) this.#eventTypes.set(key, types.fromSchema(payload, payload));
    }
    for (const shape of schemas.results) {
      const key = shapeKey(shape);
      if (!this.#results.has(key)) this.#results.set(key, this.#resultType(shape));
    }
    const failure = this.#fieldsType({ code: 'string', message: 'string', attempts: 'int' });
    const documents = this.#documentsType(schemas.documents);
    const selector = this.#selectorVariables();
    this.#shared = new Map([
      ...selector,
      ['proposal', variable(proposal, (scope) => scope.proposal)],
      ['documents', variable(documents, (scope) => scope.documents ?? {})],
    ]);
    // Types are registered on the base alone: it may not change once there are copies of it.
    this.selector = this.#scope(selector);
    this.plain = this.#scope(this.#shared);
    this.outcome = this.#scope(new Map([...this.#shared, ['gate', variable(gate, (scope) => scope.gate)]]));
    this.clock = this.#scope(new Map([...selector].filter(([name]) => name === 'now')));
    this.failed = this.#withTask(failure);
    this.item = this.#scope(
      new Map([...this.#shared, ['item', variable(celTypes.dyn, (scope) => scope.item ?? null)]]),
    );
    this.bareEvent = this.#scope(
      new Map([...this.#shared, ['event', variable(nothing, (scope) => scope.event)]]),
    );
  }

  /** The scope in which `task` is what work of this shape gave. */
  done(shape: ResultShape): ExpressionScope {
    const key = shapeKey(shape);
    const known = this.#resultScopes.get(key);
    if (known !== undefined) return known;
    const scope = this.#withTask(this.#results.get(key) ?? celTypes.dyn);
    this.#resultScopes.set(key, scope);
    return scope;
  }

  /** The fields that a payload of this schema has; null where the schema leaves them open. */
  fieldsOf(payload: SourceNode): StructType['fields'] | null {
    const type = this.#eventTypes.get(JSON.stringify(payload.value));
    return (type === undefined ? undefined : this.#types.struct(type.name))?.fields ?? null;
  }

  /** The scope of a transition whose input has this schema. */
  event(input: SourceNode): ExpressionScope {
    const key = JSON.stringify(input.value);
    const known = this.#eventScopes.get(key);
    if (known !== undefined) return known;
    const type = this.#eventTypes.get(key) ?? celTypes.dyn;
    const scope = this.#scope(
      new Map([...this.#shared, ['event', variable(type, (values) => values.event)]]),
    );
    this.#eventScopes.set(key, scope);
    return scope;
  }

  #withTask(type: CelType): ExpressionScope {
    return this.#scope(new Map([...this.#shared, ['task', variable(type, (scope) => scope.task ?? {})]]));
  }

  #resultType(shape: ResultShape): CelType {
    if (shape.kind === 'fields') return this.#fieldsType(shape.fields);
    const one = shape.schema === null ? celTypes.dyn : this.#types.fromSchema(shape.schema, shape.schema);
    if (shape.kind === 'schema') return one;
    const results: CelType = {
      name: `list<${one.name}>`,
      convert: (value) => (value as readonly Json[]).map((item) => one.convert(item)),
    };
    const counts = [['completed', always(celTypes.int)] as const, ['failed', always(celTypes.int)] as const];
    return this.#types.define(new Map([['results', always(results)], ...counts]));
  }

  #fieldsType(fields: OperationFields): StructType {
    const named = { string: celTypes.string, int: celTypes.int, bool: celTypes.bool, 'list<string>': texts };
    return this.#types.define(
      new Map(
        Object.entries(fields).map(([name, type]) => {
          const optional = type.endsWith('?');
          const plain = (optional ? type.slice(0, -1) : type) as keyof typeof named;
          return [name, { type: named[plain], optional }];
        }),
      ),
    );
  }

  /** Each is unset until it was begun. */
  #documentsType(names: readonly string[]): StructType {
    if (names.length === 0) return this.#types.define(new Map());
    const type = this.#fieldsType({
      id: 'string',
      title: 'string',
      status: 'string',
      version: 'int',
      sealed: 'bool',
      number: 'string?',
      issuedAt: 'string?',
    });
    return this.#types.define(new Map(names.map((name) => [name, { type, optional: true }])));
  }

  #selectorVariables(): ReadonlyMap<string, Variable> {
    const person = [
      ['principal', always(celTypes.string)],
      ['person', always(celTypes.string)],
      ['unit', always(celTypes.dyn)],
    ] as const;
    const initiator = this.#types.define(new Map(person));
    const actor = this.#types.define(
      new Map([
        ...person,
        ['kind', always(celTypes.string)],
        ['roles', always(texts)],
        ['positions', always(texts)],
        ['clearance', always(celTypes.string)],
        ['competences', always(texts)],
      ]),
    );
    const instant: CelType = {
      name: 'google.protobuf.Timestamp',
      convert: (value) => new Date(value as string),
    };
    return new Map([
      ['context', variable(this.contextType, (scope) => scope.context)],
      ['initiator', variable(initiator, (scope) => scope.initiator)],
      ['actor', variable(actor, (scope) => scope.actor)],
      ['now', variable(instant, (scope) => scope.now)],
    ]);
  }

  #proposalType(schemas: ScopeSchemas): StructType {
    const fields = new Map<string, { type: CelType; optional: boolean }>();
    for (const [kind, outputs] of schemas.proposals) {
      const [first, ...others] = outputs;
      if (first === undefined) continue;
      const alike = others.every((other) => JSON.stringify(other.value) === JSON.stringify(first.value));
      // Whether there is an approved one is the oversight proof's to say, not has()'s.
      fields.set(kind, always(alike ? this.#types.fromSchema(first, first) : celTypes.dyn));
    }
    return this.#types.define(fields);
  }

  #scope(variables: ReadonlyMap<string, Variable>): ExpressionScope {
    const environment = this.#base.clone();
    for (const [name, { type }] of variables) environment.registerVariable(name, type.name);
    return {
      environment,
      types: this.#types,
      names: [...variables.keys()],
      variables: variablesClass(variables),
    };
  }
}

function shapeKey(shape: ResultShape): string {
  const text = shape.kind === 'fields' ? shape.fields : (shape.schema?.value ?? null);
  return `${shape.kind} ${JSON.stringify(text)}`;
}

interface Variable {
  readonly type: CelType;
  readonly read: (scope: Scope) => unknown;
}

function variable(type: CelType, read: (scope: Scope) => unknown): Variable {
  return { type, read };
}

/** Values are wrapped when a name is read, so that an evaluation costs only what it uses. */
function variablesClass(variables: ReadonlyMap<string, Variable>): (scope: Scope) => object {
  class Variables {
    readonly scope: Scope;

    constructor(scope: Scope) {
      this.scope = scope;
    }
  }
  for (const [name, { type, read }] of variables) {
    Object.defineProperty(Variables.prototype, name, {
      get(this: Variables): unknown {
        return type.convert(read(this.scope) as never);
      },
    });
  }
  return (scope) => new Variables(scope);
}
