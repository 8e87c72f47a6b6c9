/** The model of a definition without errors -> what the step runs. Decides nothing that the model has not decided. */

import { compileMachine, eventTypeOf, workOf } from './compile-machine.ts';
import type {
  CompiledGate,
  CompiledProcess,
  CompiledPropose,
  CompiledState,
  CompiledTransition,
  CompiledWork,
  UnprovenProcess,
} from './compiled-process.ts';
import { parseDurationMs } from './duration.ts';
import type { DefinitionModel } from './model-definition.ts';
import type { WorkModel } from './model-work.ts';
import type { TreeState, TreeTransition } from './state-tree.ts';

/** `hash` is that of the source text. Costly: compile once a definition, and keep it. */
export function compileProcess(model: DefinitionModel, hash: string): CompiledProcess {
  return { ...describeProcess(model, hash), machine: compileMachine(model) };
}

/** All of it but what runs. */
export function describeProcess(model: DefinitionModel, hash: string): UnprovenProcess {
  const { tree, definition } = model;
  const transitions = new Map(tree.transitions.map((one) => [one.id, compileTransition(model, one)]));
  const states = [...tree.states.values()];
  return {
    hash,
    definition,
    transitions,
    states: new Map(states.map((state) => [state.id, compileState(state)])),
    candidates: candidatesOf(model, transitions),
    gates: new Map(states.flatMap(compileGate)),
    proposes: new Map(states.flatMap((state) => compilePropose(model, state))),
    invokes: new Map(
      states.flatMap((state) => compileWork(state, model.states.get(state)?.invoke, state.definition.invoke)),
    ),
    compensations: new Map(
      states.flatMap((state) =>
        compileWork(state, model.states.get(state)?.compensate, state.definition.compensate),
      ),
    ),
    decisions: model.decisions,
    decisionFields: model.decisionFields,
    indexedFields: definition.index ?? [],
    checkContext: model.checkContext,
    checkStart: model.checkStart,
    ...(model.subject === null ? {} : { subject: model.subject }),
    selectorExpressions: model.selectorExpressions,
    events: eventsOf(model),
  };
}

function compileTransition(model: DefinitionModel, transition: TreeTransition): CompiledTransition {
  const { id, source, cause, target, forbidden, definition, position } = transition;
  const compiled = model.transitions.get(transition);
  return {
    id,
    source: source.id,
    cause,
    targets: target === null ? [] : [target.id],
    forbidden,
    ...(definition.allow === undefined ? {} : { allow: definition.allow }),
    ...(compiled?.input == null ? {} : { input: compiled.input }),
    ...(compiled?.guard == null ? {} : { guard: compiled.guard }),
    assign: compiled?.assign ?? new Map(),
    ...(compiled === undefined || compiled.effects.length === 0 ? {} : { effects: compiled.effects }),
    ...(definition.title === undefined ? {} : { title: definition.title }),
    legalBasis: definition.legalBasis ?? [],
    position,
  };
}

function compileState(state: TreeState): CompiledState {
  const { title, legalBasis } = state.definition;
  return {
    id: state.id,
    kind: state.kind,
    parent: state.parent?.id ?? null,
    ...(state.initial === null ? {} : { initial: state.initial.name }),
    ...(state.historyDefault === null ? {} : { historyDefault: state.historyDefault.id }),
    ...(title === undefined ? {} : { title }),
    legalBasis: legalBasis ?? [],
    position: state.position,
  };
}

function candidatesOf(
  model: DefinitionModel,
  transitions: ReadonlyMap<string, CompiledTransition>,
): CompiledProcess['candidates'] {
  const candidates = new Map<string, Map<string, CompiledTransition[]>>();
  for (const { id, source, cause } of model.tree.transitions) {
    const transition = transitions.get(id);
    if (transition === undefined) continue;
    const type = eventTypeOf(model.tree.process, source.id, workOf(source.definition), cause);
    const ofState = candidates.get(source.id) ?? new Map<string, CompiledTransition[]>();
    candidates.set(source.id, ofState);
    ofState.set(type, [...(ofState.get(type) ?? []), transition]);
  }
  return candidates;
}

function compileGate(state: TreeState): [string, CompiledGate][] {
  const { gate } = state.definition;
  if (gate === undefined) return [];
  const position = state.source.members?.get('gate')?.keyPosition ?? state.position;
  return [[state.id, { state: state.id, gate, position }]];
}

function compilePropose(model: DefinitionModel, state: TreeState): [string, CompiledPropose][] {
  const { propose } = state.definition;
  const compiled = model.states.get(state);
  const member = state.source.members?.get('propose');
  if (propose === undefined || compiled?.proposeOutput == null) return [];
  return [
    [
      state.id,
      {
        state: state.id,
        propose,
        input: compiled.proposeInput,
        output: compiled.proposeOutput,
        timeoutMs: propose.timeout === undefined ? null : parseDurationMs(propose.timeout),
        position: member?.keyPosition ?? state.position,
      },
    ],
  ];
}

function compileWork(
  state: TreeState,
  work: WorkModel | null | undefined,
  written: { readonly timeout?: string } | undefined,
): [string, CompiledWork][] {
  if (work == null || written === undefined) return [];
  const { kind, name, input, position } = work;
  const timeoutMs = written.timeout === undefined ? null : parseDurationMs(written.timeout);
  return [[state.id, { state: state.id, kind, name, input, timeoutMs, position }]];
}

function eventsOf(model: DefinitionModel): readonly string[] {
  const events = new Set<string>();
  for (const { cause, forbidden } of model.tree.transitions) {
    if (cause.kind === 'event' && cause.event !== '*' && !forbidden) events.add(cause.event);
  }
  return [...events].sort();
}
