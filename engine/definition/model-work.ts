/**
 * What a state waits for and what reaches beyond the context: tasks, child processes, messages, actions on
 * documents. It resolves the names they refer to and checks what each is given against what it takes. When
 * any of it happens, and whether it may, is not decided here.
 */
import {
  type Action,
  type Compensate,
  type DocumentWork,
  documentActions,
  documentTasks,
  type Invoke,
  type OperationFields,
  type ProcessDefinition,
  type Send,
} from '../../schemas/process-definition.ts';
import type { CheckedExpression, ExpectedTypes, ExpressionScope } from './compile-expression.ts';
import type { Position } from './compiled-process.ts';
import type { ExpressionReader } from './expression-reader.ts';
import type { ExpressionScopes, ResultShape } from './expression-scopes.ts';
import type { StartModel } from './model-start.ts';
import { memberOf, type SourceNode } from './read-source.ts';
import type { TreeState } from './state-tree.ts';
import { suggestName } from './suggest-name.ts';

type Values = ReadonlyMap<string, CheckedExpression>;

/** What a state waits for, or what undoes it. */
export interface WorkModel {
  readonly kind: 'task' | 'process' | 'compensate';
  /** The task's or the process's; `all` for a compensation. */
  readonly name: string;
  readonly input: Values;
  readonly forEach: CheckedExpression | null;
  readonly position: Position;
}

/** A message to send, or an action on a document. */
export interface EffectModel {
  readonly name: string;
  /** The message, or the document. */
  readonly of: string | null;
  readonly values: Values;
  readonly position: Position;
}

/** What something takes, by name; null where any name is taken. */
type Taking = ReadonlyMap<string, { readonly types: ExpectedTypes; readonly optional: boolean }> | null;

/** What the states of one definition wait for. A class for what all of it refers to. */
export class WorkReader {
  readonly #definition: ProcessDefinition;
  readonly #source: SourceNode;
  readonly #reader: ExpressionReader;
  readonly #scopes: ExpressionScopes;

  constructor(
    definition: ProcessDefinition,
    source: SourceNode,
    reader: ExpressionReader,
    scopes: ExpressionScopes,
  ) {
    this.#definition = definition;
    this.#source = source;
    this.#reader = reader;
    this.#scopes = scopes;
  }

  invoke(state: TreeState): WorkModel | null {
    const invoke = state.definition.invoke;
    const node = memberOf(state.source, 'invoke');
    if (invoke === undefined || node === undefined) return null;
    const each = memberOf(node, 'forEach');
    const forEach = this.#reader.expression(each, this.#scopes.plain, ['list']);
    return {
      ...this.#work(invoke, node, each === undefined ? this.#scopes.plain : this.#scopes.item),
      forEach,
    };
  }

  /** Evaluated when the work is undone; `task` is what the work gave. */
  compensate(state: TreeState, shape: ResultShape): WorkModel | null {
    const { compensate } = state.definition;
    const node = memberOf(state.source, 'compensate');
    if (compensate === undefined || node === undefined) return null;
    return { ...this.#work(compensate, node, this.#scopes.done(shape)), forEach: null };
  }

  /** The effects among these actions; what they assign is read elsewhere. */
  effects(
    node: SourceNode | undefined,
    actions: Action | readonly Action[] | undefined,
    scope: ExpressionScope,
  ): readonly EffectModel[] {
    if (node === undefined || actions === undefined) return [];
    const list = [actions].flat() as readonly Action[];
    return list.flatMap((action, index) => {
      const item = node.items?.[index] ?? node;
      return Object.keys(action).flatMap((name) => {
        const member = item.members?.get(name);
        if (name === 'assign' || member === undefined) return [];
        const at = { name, node: member.node, position: member.keyPosition };
        return name === 'send'
          ? this.#send(action.send, at, scope)
          : this.#documentAction(action[name as keyof Action] as DocumentWork, at, scope);
      });
    });
  }

  /** The keys of every message: what this instance is found by. */
  messageKeys(): ReadonlyMap<string, Values> {
    const keys = new Map<string, Values>();
    for (const [name, { node }] of memberOf(this.#source, 'messages')?.members ?? []) {
      const values = new Map<string, CheckedExpression>();
      for (const [key, member] of memberOf(node, 'keys')?.members ?? []) {
        const value = this.#reader.expression(member.node, this.#scopes.plain, ['string', 'int']);
        if (value !== null) values.set(key, value);
      }
      keys.set(name, values);
    }
    return keys;
  }

  /** What each schedule hands to the start; `start` is what a start takes. */
  schedules(start: Pick<StartModel, 'fields' | 'required'>): readonly Values[] {
    const node = memberOf(this.#source, 'schedule');
    const taking: Taking = new Map(
      [...start.fields].map((name) => [
        name,
        { types: this.#startTypes(name), optional: !start.required.has(name) },
      ]),
    );
    return (node === undefined ? [] : (node.items ?? [node])).map((one) =>
      this.#given(memberOf(one, 'input'), this.#scopes.clock, taking, 'A start', one.position),
    );
  }

  #startTypes(name: string): ExpectedTypes {
    const field = this.#scopes.contextType.fields.get(name);
    return field === undefined ? [] : [field.type.name];
  }

  #work(
    work: Invoke | Compensate,
    node: SourceNode,
    scope: ExpressionScope,
  ): Pick<WorkModel, 'kind' | 'name' | 'input' | 'position'> {
    const { position } = node;
    const inputs = memberOf(node, 'input');
    if (work.task !== undefined) {
      const taking = this.#taskInput(work.task, memberOf(node, 'task') ?? node);
      this.#checkDocument(work.document, node, isDocumentTask(work.task));
      const input = this.#given(inputs, scope, taking, `The task "${work.task}"`, position);
      return { kind: 'task', name: work.task, input, position };
    }
    const input = this.#given(inputs, scope, null, '', position);
    if ('process' in work && work.process !== undefined)
      return { kind: 'process', name: work.process, input, position };
    return { kind: 'compensate', name: 'all', input, position };
  }

  #taskInput(task: string, node: SourceNode): Taking {
    if (isDocumentTask(task)) return fromFields(documentTasks[task].input);
    const declared = this.#definition.tasks ?? {};
    if (!Object.hasOwn(declared, task)) {
      const known = [...Object.keys(declared), ...Object.keys(documentTasks)];
      const action = Object.hasOwn(documentActions, task);
      this.#reader.findings.error(
        'unknown-task',
        node.position,
        action
          ? `"${task}" is no task but an action: write it under "entry", or under "actions" of a transition.`
          : `No task "${task}" is declared under "tasks".${suggestName(task, known)}`,
      );
      return null;
    }
    const schema = memberOf(memberOf(memberOf(this.#source, 'tasks'), task), 'input');
    return schema === undefined ? new Map() : this.#fromSchema(schema);
  }

  #send(
    send: Send | undefined,
    { name, node, position }: Named,
    scope: ExpressionScope,
  ): readonly EffectModel[] {
    if (send === undefined) return [];
    const message = memberOf(memberOf(this.#source, 'messages'), send.message);
    if (message === undefined) {
      const known = suggestName(send.message, Object.keys(this.#definition.messages ?? {}));
      this.#reader.findings.error(
        'unknown-message',
        memberOf(node, 'message')?.position ?? position,
        `No message "${send.message}" is declared under "messages".${known}`,
      );
    }
    const schema = memberOf(message, 'input');
    const taking = message === undefined ? null : schema === undefined ? new Map() : this.#fromSchema(schema);
    const what = `The message "${send.message}"`;
    const input = this.#given(memberOf(node, 'input'), scope, taking, what, position);
    const wanted = memberOf(message, 'keys')?.members;
    const byKey: Taking =
      wanted == null
        ? null
        : new Map([...wanted.keys()].map((key) => [key, { types: ['string', 'int'], optional: false }]));
    const keys =
      send.keys === undefined
        ? []
        : [...this.#given(memberOf(node, 'keys'), scope, byKey, what, position)].map(
            ([key, value]) => [`key ${key}`, value] as const,
          );
    return [{ name, of: send.message, values: new Map([...input, ...keys]), position }];
  }

  #documentAction(
    work: DocumentWork,
    { name, node, position }: Named,
    scope: ExpressionScope,
  ): readonly EffectModel[] {
    const operation = documentActions[name as keyof typeof documentActions];
    this.#checkDocument(work.document, node, true);
    const inputs = memberOf(node, 'input');
    const values = this.#given(inputs, scope, fromFields(operation.input), `"${name}"`, position);
    return [{ name, of: work.document ?? null, values, position }];
  }

  #checkDocument(document: string | undefined, node: SourceNode, needed: boolean): void {
    const declared = Object.keys(this.#definition.documents ?? {});
    const member = node.members?.get('document');
    if (document !== undefined && !needed) {
      this.#reader.findings.error(
        'misplaced-member',
        member?.keyPosition ?? node.position,
        'Only document tasks work on a document. Hand it in as "input", or remove it.',
      );
    } else if (document !== undefined && !declared.includes(document)) {
      const known = suggestName(document, declared);
      this.#reader.findings.error(
        'unknown-document',
        member?.node.position ?? node.position,
        `No document "${document}" is declared under "documents".${known}`,
      );
    } else if (document === undefined && needed && declared.length > 1) {
      this.#reader.findings.error(
        'unknown-document',
        node.position,
        `The process has several documents. Say which one is meant: add "document: ${declared[0]}".`,
      );
    }
  }

  /** What is handed over, each value of the type that is taken; names too many or too few become findings. */
  #given(
    node: SourceNode | undefined,
    scope: ExpressionScope,
    taking: Taking,
    what: string,
    position: Position,
  ): Values {
    const values = new Map<string, CheckedExpression>();
    for (const [name, member] of node?.members ?? []) {
      const taken = taking?.get(name);
      if (taking !== null && taken === undefined) {
        this.#reader.findings.error(
          'unknown-field',
          member.keyPosition,
          `${what} takes no "${name}".${suggestName(name, taking.keys())}`,
        );
      }
      const value = this.#reader.value(member.node, scope, taken?.types ?? []);
      if (value !== null) values.set(name, value);
    }
    const missing = [...(taking ?? [])].filter(
      ([name, { optional }]) => !optional && node?.members?.has(name) !== true,
    );
    for (const [name] of missing) {
      this.#reader.findings.error(
        'missing-field',
        node?.position ?? position,
        `${what} needs "${name}". Add it to its input.`,
      );
    }
    return values;
  }

  #fromSchema(schema: SourceNode): Taking {
    const fields = this.#scopes.fieldsOf(schema);
    if (fields === null) return null;
    return new Map([...fields].map(([name, { type, optional }]) => [name, { types: [type.name], optional }]));
  }
}

interface Named {
  readonly name: string;
  readonly node: SourceNode;
  readonly position: Position;
}

export function isDocumentTask(name: string): name is keyof typeof documentTasks {
  return Object.hasOwn(documentTasks, name);
}

/** What the work of a state gives when it is done, as `task` of its `onDone`. */
export function resultShapeOf(state: TreeState, source: SourceNode): ResultShape {
  const invoke = state.definition.invoke;
  if (invoke?.task !== undefined) {
    if (isDocumentTask(invoke.task)) return { kind: 'fields', fields: documentTasks[invoke.task].output };
    const declared = memberOf(memberOf(memberOf(source, 'tasks'), invoke.task), 'output');
    return declared === undefined ? { kind: 'fields', fields: {} } : { kind: 'schema', schema: declared };
  }
  const output = memberOf(memberOf(state.source, 'invoke'), 'output');
  if (invoke?.forEach !== undefined) return { kind: 'each', schema: output ?? null };
  return output === undefined ? { kind: 'fields', fields: {} } : { kind: 'schema', schema: output };
}

function fromFields(fields: OperationFields): Taking {
  return new Map(
    Object.entries(fields).map(([name, type]) => {
      const optional = type.endsWith('?');
      return [name, { types: [optional ? type.slice(0, -1) : type], optional }];
    }),
  );
}
