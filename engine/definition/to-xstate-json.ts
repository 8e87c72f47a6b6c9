/**
 * The compiled machine as plain JSON, as XState's own tools read it: guards and actions are named, with
 * their expressions as parameters. For looking at; the engine runs the machine itself.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { State } from '../../schemas/process-definition.ts';
import { eventTypeOf, type Work } from './compile-machine.ts';
import type { CompiledProcess, CompiledTransition } from './compiled-process.ts';

export function toXStateJson(process: CompiledProcess): JsonObject {
  const { definition } = process;
  const { id, type, initial, states } = definition;
  const root: State = {
    states,
    ...(type === undefined ? {} : { type }),
    ...(initial === undefined ? {} : { initial }),
  };
  return { id, ...stateJson(process, '', root) };
}

function stateJson(process: CompiledProcess, id: string, state: State): JsonObject {
  const children = Object.entries(state.states ?? {});
  const marked = process.gates.has(id) || workIn(process, id) !== null;
  const mark = (type: string): Json[] => (marked ? [{ type, params: { state: id } }] : []);
  const entry = [...mark('countersign.entered'), ...assigns(state.entry)];
  const exit = [...assigns(state.exit), ...mark('countersign.left')];
  return {
    ...(state.type === undefined || state.type === 'compound' || state.type === 'atomic'
      ? {}
      : { type: state.type }),
    ...(state.initial === undefined ? {} : { initial: state.initial }),
    ...(state.type === 'history' ? { history: state.history ?? 'shallow' } : {}),
    ...(entry.length === 0 ? {} : { entry }),
    ...(exit.length === 0 ? {} : { exit }),
    ...transitionsJson(process, id),
    ...(children.length === 0
      ? {}
      : {
          states: Object.fromEntries(
            children.map(([name, child]) => [
              name,
              stateJson(process, id === '' ? name : `${id}.${name}`, child),
            ]),
          ),
        }),
  };
}

function assigns(actions: State['entry']): Json[] {
  return [actions ?? []]
    .flat()
    .flatMap((action) => Object.entries(action).map(([type, params]) => ({ type, params: params as Json })));
}

function workIn(process: CompiledProcess, id: string): Work {
  if (process.proposes.has(id)) return 'propose';
  return process.invokes?.has(id) === true ? 'invoke' : null;
}

function transitionsJson(process: CompiledProcess, id: string): JsonObject {
  const on: Record<string, Json[]> = {};
  const after: Record<string, Json[]> = {};
  const always: Json[] = [];
  for (const transition of process.transitions.values()) {
    if (transition.source !== id) continue;
    const json = transitionJson(process, transition);
    const { cause } = transition;
    if (cause.kind === 'always') always.push(json);
    else if (cause.kind === 'after') after[cause.delay] = [...(after[cause.delay] ?? []), json];
    else {
      const type = eventTypeOf(process.definition.id, id, workIn(process, id), cause);
      on[type] = [...(on[type] ?? []), json];
    }
  }
  return {
    ...(Object.keys(on).length === 0 ? {} : { on }),
    ...(Object.keys(after).length === 0 ? {} : { after }),
    ...(always.length === 0 ? {} : { always }),
  };
}

function transitionJson(process: CompiledProcess, transition: CompiledTransition): JsonObject {
  const { id, cause, targets, forbidden, guard, allow, assign, effects } = transition;
  if (forbidden) return {};
  const asked: JsonObject = {
    ...(cause.kind === 'event' ? { allow: (allow ?? null) as unknown as Json } : {}),
    ...(guard === undefined ? {} : { guard: guard.source }),
  };
  const values = Object.fromEntries([...assign].map(([field, { source }]) => [field, source]));
  return {
    ...(targets.length === 0
      ? {}
      : { target: targets.map((target) => `#${process.definition.id}.${target}`) }),
    ...(Object.keys(asked).length === 0 ? {} : { guard: { type: 'countersign.open', params: asked } }),
    actions: [
      { type: 'countersign.taken', params: { id } },
      ...(assign.size === 0 ? [] : [{ type: 'assign', params: values }]),
      ...(effects ?? []).map(({ name, of }) => ({ type: name, params: { of } })),
    ],
  };
}
