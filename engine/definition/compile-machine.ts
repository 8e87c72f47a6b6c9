/**
 * The model of a definition -> an XState machine. XState moves through the states; who may, with what
 * data and under which condition is asked here, in one guard a candidate: allow, then input, then guard.
 *
 * Internal events reach XState without a scope (`xstate.done.state.…`). They follow, in the same call, an
 * event that has one, so the machine remembers the latest: every call is synchronous and begins with an
 * event from the step, so what is remembered is never another call's.
 */
import { type AnyStateMachine, assign, createMachine } from 'xstate';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { State } from '../../schemas/process-definition.ts';
import {
  type CompiledExpression,
  ExpressionError,
  type MachineEvent,
  type Scope,
  type TransitionCause,
} from './compiled-process.ts';
import { leastDelayMs } from './duration.ts';
import type { AssignModel, DefinitionModel, TransitionModel } from './model-definition.ts';
import type { EffectModel } from './model-work.ts';
import type { TreeState, TreeTransition } from './state-tree.ts';

/** Microsteps of one event; more is a loop that lint could not see. */
const mostMicrosteps = 1000;

/** The machine. The model must have no errors. */
export function compileMachine(model: DefinitionModel): AnyStateMachine {
  const builder = new MachineBuilder(model);
  const { tree } = model;
  // Configurations made at run time have no static type that `createMachine` could check.
  const config = {
    ...builder.stateConfig(tree.root),
    id: tree.process,
    context: ({ input }: { input: MachineEvent }) => builder.start(input),
    output: ({ event }: { event: { output?: Json } }) => event.output ?? null,
    options: { maxIterations: mostMicrosteps },
  } as unknown as Parameters<typeof createMachine>[0];
  return createMachine(config, { delays: delaysOf(model) });
}

/** What a state waits for besides events: decides what its `onDone` is about. */
export type Work = 'propose' | 'invoke' | null;

export function workOf({ propose, invoke }: State): Work {
  if (propose !== undefined) return 'propose';
  return invoke === undefined ? null : 'invoke';
}

/** The event type by which XState knows a cause in a state; '' for eventless transitions. */
export function eventTypeOf(process: string, state: string, work: Work, cause: TransitionCause): string {
  const node = state === '' ? process : `${process}.${state}`;
  switch (cause.kind) {
    case 'event':
      return cause.event;
    case 'outcome':
      return `countersign.outcome.${state}.${cause.outcome}`;
    case 'after':
      return `xstate.after.${cause.delay}.${node}`;
    case 'done':
      if (work === 'propose') return `countersign.proposed.${state}`;
      return work === 'invoke' ? `countersign.completed.${state}` : `xstate.done.state.${node}`;
    case 'error':
      return `countersign.failed.${state}`;
    case 'overdue':
      return `countersign.overdue.${state}`;
    case 'message':
      return `countersign.message.${cause.message}`;
    case 'skip':
      return `countersign.skipped.${state}`;
    case 'repair':
      return `countersign.repaired.${state}.${cause.to}`;
    default:
      return '';
  }
}

interface Given {
  readonly context: JsonObject;
  readonly event: { readonly type: string };
}

class MachineBuilder {
  readonly #model: DefinitionModel;
  #latest: MachineEvent | null = null;
  /** Guards cannot throw through XState with their cause, so what they threw waits for the transition's action. */
  readonly #failures = new WeakMap<object, Map<string, ExpressionError>>();

  constructor(model: DefinitionModel) {
    this.#model = model;
  }

  start(input: MachineEvent): JsonObject {
    this.#latest = input;
    return input.scope.context;
  }

  stateConfig(state: TreeState): object {
    const stateModel = this.#model.states.get(state);
    const process = this.#model.tree.process;
    const { definition } = state;
    const marked = definition.gate !== undefined || workOf(definition) !== null;
    const mark = (type: string) => (marked ? [{ type, params: { state: state.id } }] : []);
    const output = stateModel?.output ?? null;
    return {
      type: state.kind,
      ...(state.initial === null ? {} : { initial: state.initial.name }),
      ...(state.kind === 'history' ? { history: definition.history ?? 'shallow' } : {}),
      ...(state.historyDefault === null ? {} : { target: `#${process}.${state.historyDefault.id}` }),
      entry: [
        ...mark('countersign.entered'),
        ...this.#assigns(stateModel?.entry),
        ...reaching(stateModel?.entryEffects),
      ],
      exit: [
        ...this.#assigns(stateModel?.exit),
        ...reaching(stateModel?.exitEffects),
        ...mark('countersign.left'),
      ],
      ...(output === null ? {} : { output: (given: Given) => this.#record(output, this.#scope(given)) }),
      ...this.#transitionConfig(state),
      ...(state.children.size === 0
        ? {}
        : {
            states: Object.fromEntries(
              [...state.children].map(([name, child]) => [name, this.stateConfig(child)]),
            ),
          }),
    };
  }

  #transitionConfig(state: TreeState): object {
    const on: Record<string, object[]> = {};
    const after: Record<string, object[]> = {};
    const always: object[] = [];
    for (const transition of state.transitions) {
      const config = this.#candidate(transition);
      const { cause } = transition;
      if (cause.kind === 'always') always.push(config);
      else if (cause.kind === 'after') listIn(after, cause.delay).push(config);
      else {
        const work = workOf(state.definition);
        listIn(on, eventTypeOf(this.#model.tree.process, state.id, work, cause)).push(config);
      }
    }
    return { on, after, ...(always.length === 0 ? {} : { always }) };
  }

  #candidate(transition: TreeTransition): object {
    const { id, cause, target, forbidden, definition } = transition;
    const wildcard = cause.kind === 'event' && cause.event === '*';
    if (forbidden) return wildcard ? { guard: ({ event }: Given) => !isInternal(event.type) } : {};
    const model = this.#model.transitions.get(transition);
    const process = this.#model.tree.process;
    const throwing = model !== undefined && mayFail(transition, model);
    const assigning = model !== undefined && model.assign.size > 0;
    return {
      ...(target === null ? {} : { target: `#${process}.${target.id}` }),
      ...(definition.reenter === undefined ? {} : { reenter: definition.reenter }),
      guard: (given: Given) => this.#isOpen(transition, model, wildcard, given),
      actions: [
        { type: 'countersign.taken', params: { id } },
        ...(throwing
          ? [{ type: 'countersign.checked', params: (given: Given) => this.#throwFailure(id, given) }]
          : []),
        ...(assigning ? [assign((given: Given) => this.#record(model.assign, this.#scope(given)))] : []),
        ...reaching(model?.effects),
      ],
    };
  }

  /** Whether a candidate may be taken: allow, then input, then guard. */
  #isOpen(
    transition: TreeTransition,
    model: TransitionModel | undefined,
    wildcard: boolean,
    given: Given,
  ): boolean {
    if (wildcard && isInternal(given.event.type)) return false;
    const event = this.#remember(given.event);
    const scope = scopeWith(event.scope, given.context);
    try {
      if (transition.cause.kind === 'event') {
        if (!event.permits(transition.definition.allow, scope)) return false;
        if (model?.input != null && model.input(scope.event).length > 0) return false;
      }
      return model?.guard == null || model.guard.evaluate(scope) === true;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const failed = this.#failures.get(given.event) ?? new Map<string, ExpressionError>();
      failed.set(transition.id, error);
      this.#failures.set(given.event, failed);
      return true;
    }
  }

  /** No assign may do this: each makes another context, and an `always` that changes nothing would never rest. */
  #throwFailure(id: string, given: Given): undefined {
    const failure = this.#failures.get(given.event)?.get(id);
    if (failure !== undefined) throw failure;
    return undefined;
  }

  #assigns(models: readonly AssignModel[] | undefined): readonly unknown[] {
    return (models ?? []).map((model) => assign((given: Given) => this.#record(model, this.#scope(given))));
  }

  #record(expressions: ReadonlyMap<string, CompiledExpression>, scope: Scope): JsonObject {
    const values: Record<string, Json> = {};
    for (const [name, expression] of expressions) values[name] = expression.evaluate(scope);
    return values;
  }

  #scope(given: Given): Scope {
    return scopeWith(this.#remember(given.event).scope, given.context);
  }

  #remember(event: { readonly type: string }): MachineEvent {
    if ('scope' in event) this.#latest = event as MachineEvent;
    if (this.#latest === null) throw new Error(`${event.type} came before any event with a scope.`);
    return this.#latest;
  }
}

/** A mark for each message and each action on a document, where it belongs in the order of things. */
function reaching(effects: readonly EffectModel[] | undefined): readonly object[] {
  return (effects ?? []).map(({ name, of }) => ({ type: 'countersign.reaches', params: { name, of } }));
}

/** The context may have changed since the event came: earlier microsteps assigned to it. */
function scopeWith(scope: Scope, context: JsonObject): Scope {
  return scope.context === context ? scope : { ...scope, context };
}

/** A candidate whose guard or rule may throw needs an action that throws it again. */
function mayFail(transition: TreeTransition, model: TransitionModel): boolean {
  const { allow } = transition.definition;
  const selectors = allow === undefined ? [] : [allow].flat();
  return (
    model.guard !== null ||
    selectors.some(({ unit, expression }) => unit !== undefined || expression !== undefined)
  );
}

/** Events that only Countersign and XState themselves make; a wildcard never takes one. */
export function isInternal(type: string): boolean {
  return type.startsWith('countersign.') || type.startsWith('xstate.');
}

function delaysOf(model: DefinitionModel): Record<string, number> {
  const delays: Record<string, number> = {};
  for (const { cause } of model.tree.transitions) {
    if (cause.kind === 'after') delays[cause.delay] = leastDelayMs(cause.delay);
  }
  return delays;
}

function listIn(record: Record<string, object[]>, key: string): object[] {
  const list = record[key] ?? [];
  record[key] = list;
  return list;
}
