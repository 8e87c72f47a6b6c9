/**
 * Asks the very function that would move an instance whether it would, and where to. Nothing is changed by asking,
 * and what is asked is decided by everything that the step itself would be decided by.
 */
import { countedBy } from '../calendar/calendars.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Control } from '../oversight/controls.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import type { Destination } from '../step/destination.ts';
import { nextStep } from '../step/next-step.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { StimulusBody } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';

export interface Tried {
  readonly process: CompiledProcess;
  readonly instance: string;
  readonly seq: number;
  readonly state: StoredState;
  readonly actor: ActorSnapshot;
  readonly authentication?: readonly string[];
  /** ISO 8601. */
  readonly time: string;
  readonly controls: readonly Control[];
  /** Of a migration. */
  readonly destination?: Destination | null;
}

export function tryStep(
  { process, instance, seq, state, actor, authentication = [], time, controls, destination = null }: Tried,
  body: StimulusBody,
): Step | Refusal {
  const counted = countedBy(destination?.process ?? process);
  const stimulus = { body, actor, authentication, time, request: 'look', ...counted };
  return nextStep(process, instance, { seq, state }, stimulus, destination, controls);
}
