/**
 * A process whose guards tell what they answered, for coverage. Its machine is built anew from the same
 * configuration, so it moves exactly as the other one, and nothing is written to the process given.
 */
import { type AnyStateMachine, createMachine } from 'xstate';
import type { JsonObject } from '../../schemas/json.ts';
import {
  type CompiledExpression,
  type CompiledProcess,
  type CompiledTransition,
  ExpressionError,
  type MachineEvent,
} from '../definition/compiled-process.ts';

export interface GuardsSeen {
  /** Ids of transitions whose guard held at least once. */
  readonly held: Set<string>;
  /** Ids of those whose guard failed at least once, though who sent the event was allowed to. */
  readonly failed: Set<string>;
}

interface Given {
  readonly context: JsonObject;
  readonly event: { readonly type: string };
}

type Guard = (given: Given) => boolean;

export function observeGuards(process: CompiledProcess, seen: GuardsSeen): CompiledProcess {
  const guarded = [...process.transitions.values()].filter(({ guard }) => guard !== undefined);
  if (guarded.length === 0) return process;
  const { config, implementations } = process.machine as AnyStateMachine;
  const observed = observedConfig(config, (id, answer, given) => {
    const transition = process.transitions.get(id);
    if (transition?.guard === undefined) return;
    if (!answer) {
      if (cameToGuard(transition, given)) seen.failed.add(id);
    } else if (couldBeDecided(transition.guard, given)) seen.held.add(id);
  });
  const machine = createMachine(observed as Parameters<typeof createMachine>[0], {
    delays: implementations.delays as Record<string, number>,
  });
  return { ...process, machine };
}

/** A candidate is also closed to who may not take it, and to data that does not fit: then its guard was not asked. */
function cameToGuard({ cause, allow, input }: CompiledTransition, { event, context }: Given): boolean {
  if (cause.kind !== 'event') return true;
  const sent = event as MachineEvent;
  const scope = { ...sent.scope, context };
  try {
    return sent.permits(allow, scope) && (input?.(scope.event) ?? []).length === 0;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** A guard that cannot be evaluated is taken for open, so that its transition refuses the step: it did not hold. */
function couldBeDecided(guard: CompiledExpression, { event, context }: Given): boolean {
  if (!('scope' in event)) return true;
  try {
    guard.evaluate({ ...(event as MachineEvent).scope, context });
    return true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

type Tell = (id: string, answer: boolean, given: Given) => void;

/** Copies the configuration, with a guard around the guard of each candidate that names its transition. */
function observedConfig(value: unknown, tell: Tell): unknown {
  if (Array.isArray(value)) return value.map((item) => observedConfig(item, tell));
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, observedConfig(member, tell)]),
  );
  const id = transitionIn(copy.actions);
  const guard = copy.guard;
  if (id === null || typeof guard !== 'function') return copy;
  const observed: Guard = (given) => {
    const answer = (guard as Guard)(given);
    tell(id, answer, given);
    return answer;
  };
  return { ...copy, guard: observed };
}

/** The id in the marker action that each transition carries first in its list. */
function transitionIn(actions: unknown): string | null {
  if (!Array.isArray(actions)) return null;
  const marker = actions.find((action) => action?.type === 'countersign.taken');
  const id: unknown = marker?.params?.id;
  return typeof id === 'string' ? id : null;
}
