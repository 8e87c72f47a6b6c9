/**
 * Hands one event to the XState machine and reads from its actions what happened: which transitions were
 * taken, which gates and proposal requests were entered and left, which timers were set and cleared. It
 * decides nothing, and knows nothing of people or proposals.
 *
 * It asks the machine itself rather than XState's `getMicrosteps`, which makes an actor and its initial
 * state for every single event and so takes five times as long. A test holds the two to the same answer.
 */
import type { AnyActorScope, AnyMachineSnapshot } from 'xstate';
import { type CompiledProcess, ExpressionError, type MachineEvent } from '../definition/compiled-process.ts';

/** What the machine did on one event, in the order it did it. */
export interface MachineRun {
  readonly snapshot: AnyMachineSnapshot;
  /** Ids of the transitions taken, one list a microstep. Empty when nothing was taken. */
  readonly taken: readonly (readonly string[])[];
  readonly marks: readonly Mark[];
}

export type Mark =
  | { readonly kind: 'entered'; readonly state: string }
  | { readonly kind: 'left'; readonly state: string }
  | { readonly kind: 'timer-set'; readonly timer: string; readonly delayMs: number }
  | { readonly kind: 'timer-cleared'; readonly timer: string };

/** One event would make the machine go from state to state without end. */
export class EndlessLoop extends Error {
  override readonly name = 'EndlessLoop';
}

/**
 * Moves on from a snapshot, or starts (null). The error is the first expression that could not be evaluated.
 * Throws `EndlessLoop`.
 */
export function runMachine(
  { machine }: CompiledProcess,
  snapshot: AnyMachineSnapshot | null,
  event: MachineEvent,
): MachineRun | ExpressionError {
  const recorder = new Recorder();
  try {
    const scope = recorder.actorScope();
    const last: AnyMachineSnapshot =
      snapshot === null
        ? machine.getInitialSnapshot(scope, event)
        : machine.transition(snapshot, event, scope);
    if (last.status === 'error') throw last.error;
    return { snapshot: last, taken: recorder.taken, marks: recorder.marks };
  } catch (error) {
    const expressionError = expressionErrorIn(error);
    if (expressionError !== null) return expressionError;
    if (error instanceof Error && error.message.startsWith('Infinite loop detected')) throw new EndlessLoop();
    throw error;
  }
}

interface MachineAction {
  readonly type: string;
  readonly params: unknown;
}

/** Stands in for an actor: actions are noted, and nothing is ever executed. */
class Recorder {
  readonly taken: string[][] = [];
  readonly marks: Mark[] = [];
  #microstep: string[] = [];

  actorScope(): AnyActorScope {
    const inert = () => undefined;
    return {
      self: null,
      id: '',
      sessionId: '',
      logger: inert,
      defer: inert,
      emit: inert,
      stopChild: inert,
      // XState tells its inspectors of each microstep when it is done.
      system: { _sendInspectionEvent: () => this.#endMicrostep() },
      actionExecutor: (action: MachineAction) => this.#note(action.type, action.params),
    } as unknown as AnyActorScope;
  }

  #endMicrostep(): void {
    if (this.#microstep.length === 0) return;
    this.taken.push(this.#microstep);
    this.#microstep = [];
  }

  #note(type: string, params: unknown): void {
    switch (type) {
      case 'countersign.taken':
        this.#microstep.push((params as { id: string }).id);
        break;
      case 'countersign.entered':
        this.marks.push({ kind: 'entered', state: (params as { state: string }).state });
        break;
      case 'countersign.left':
        this.marks.push({ kind: 'left', state: (params as { state: string }).state });
        break;
      case 'xstate.raise': {
        const { id, delay } = params as { id?: string; delay?: number };
        // One without a delay was delivered within this run already.
        if (id !== undefined && delay !== undefined) {
          this.marks.push({ kind: 'timer-set', timer: id, delayMs: delay });
        }
        break;
      }
      case 'xstate.cancel':
        this.marks.push({ kind: 'timer-cleared', timer: (params as { sendId: string }).sendId });
        break;
    }
  }
}

function expressionErrorIn(error: unknown): ExpressionError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ExpressionError) return cause;
  }
  return null;
}
