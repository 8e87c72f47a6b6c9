/**
 * Hands one event to the XState machine and reads from its microsteps what happened: which transitions
 * were taken, which gates and proposal requests were entered and left, which timers were set and cleared.
 * It decides nothing, and knows nothing of people or proposals.
 */
import { type AnyMachineSnapshot, getInitialMicrosteps, getMicrosteps } from 'xstate';
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

/** Moves on from a snapshot, or starts (null). The error is the first expression that could not be evaluated. */
export function runMachine(
  process: CompiledProcess,
  snapshot: AnyMachineSnapshot | null,
  event: MachineEvent,
): MachineRun | ExpressionError {
  try {
    const { machine } = process;
    const microsteps =
      snapshot === null ? getInitialMicrosteps(machine, event) : getMicrosteps(machine, snapshot, event);
    return readMicrosteps(microsteps as readonly Microstep[]);
  } catch (error) {
    const expressionError = expressionErrorIn(error);
    if (expressionError === null) throw error;
    return expressionError;
  }
}

type Microstep = readonly [AnyMachineSnapshot, readonly MachineAction[]];

interface MachineAction {
  readonly type: string;
  readonly params: unknown;
}

function readMicrosteps(microsteps: readonly Microstep[]): MachineRun {
  const taken: string[][] = [];
  const marks: Mark[] = [];
  for (const [, actions] of microsteps) {
    const here: string[] = [];
    for (const { type, params } of actions) readAction(type, params, here, marks);
    if (here.length > 0) taken.push(here);
  }
  const last = microsteps.at(-1);
  if (last === undefined) throw new Error('The machine made no microstep.');
  if (last[0].status === 'error') throw last[0].error;
  return { snapshot: last[0], taken, marks };
}

function readAction(type: string, params: unknown, taken: string[], marks: Mark[]): void {
  switch (type) {
    case 'countersign.taken':
      taken.push((params as { id: string }).id);
      break;
    case 'countersign.entered':
      marks.push({ kind: 'entered', state: (params as { state: string }).state });
      break;
    case 'countersign.left':
      marks.push({ kind: 'left', state: (params as { state: string }).state });
      break;
    case 'xstate.raise': {
      const { id, delay } = params as { id?: string; delay?: number };
      if (id !== undefined && delay !== undefined)
        marks.push({ kind: 'timer-set', timer: id, delayMs: delay });
      break;
    }
    case 'xstate.cancel':
      marks.push({ kind: 'timer-cleared', timer: (params as { sendId: string }).sendId });
      break;
  }
}

function expressionErrorIn(error: unknown): ExpressionError | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ExpressionError) return cause;
  }
  return null;
}
