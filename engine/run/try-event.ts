/** Asks the very function that would move an instance whether an event would; nothing is changed by asking. */
import { countedBy } from '../calendar/calendars.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import { nextStep } from '../step/next-step.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { Readable } from './load-readable.ts';

/** The event is tried without data: who is refused for want of data alone may send it. */
export function tryEvent(
  { process, stored, state, controls, time }: Readable,
  actor: ActorSnapshot,
  type: string,
): Step | Refusal {
  return nextStep(
    process,
    stored.id,
    { seq: stored.seq, state },
    {
      body: { kind: 'event', type, data: {} },
      actor,
      authentication: [],
      time,
      request: 'look',
      ...countedBy(process),
    },
    null,
    controls,
  );
}

export function isAllowed(tried: Step | Refusal): boolean {
  return tried.kind === 'step' || tried.code === 'bad-input';
}
