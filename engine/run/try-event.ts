/** Asks the very function that would move an instance whether an event would; nothing is changed by asking. */
import type { ActorSnapshot } from '../oversight/directory.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { Readable } from './load-readable.ts';
import { tryStep } from './try-step.ts';

/** The event is tried without data: who is refused for want of data alone may send it. */
export function tryEvent(
  { process, stored, state, controls, time }: Readable,
  actor: ActorSnapshot,
  type: string,
): Step | Refusal {
  const at = { process, instance: stored.id, seq: stored.seq, state, actor, time, controls };
  return tryStep(at, { kind: 'event', type, data: {} });
}

export function isAllowed(tried: Step | Refusal): boolean {
  return tried.kind === 'step' || tried.code === 'bad-input';
}
