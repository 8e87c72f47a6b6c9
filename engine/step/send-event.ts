/** Decides whether an event from outside may go to the machine. Who may send it is each transition's own rule. */
import type { Case, Prepared } from './prepared.ts';
import { namesEvent } from './process-index.ts';
import { refuse, refuseEngine } from './refuse.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';

/**
 * The type under which an event that no state names reaches a wildcard. XState remembers every type it has
 * seen on each state, so types made up outside must not reach it.
 */
const unnamedEvent = '~unnamed';

export function sendEvent(
  at: Case,
  state: StoredState,
  body: StimulusBody & { kind: 'event' },
): Prepared | Refusal {
  const { process, stimulus } = at;
  if (stimulus.actor.kind === 'agent') {
    return refuse(
      'people-only',
      'An agent only hands in proposals; it sends no events.',
      'Let a person or a service send it.',
    );
  }
  if (stimulus.actor.kind === 'engine') return refuseEngine();
  if (isReserved(body.type)) {
    return refuse(
      'reserved-event',
      `The name ${body.type} is reserved: no timer, outcome or result comes from outside.`,
      'Send one of the events that the instance lists.',
    );
  }
  const type = namesEvent(process, body.type) ? body.type : unnamedEvent;
  const event = machineEvent(type, scopeOf(state, stimulus, body.data), process, stimulus);
  const what = `The event ${body.type}`;
  return {
    kind: 'prepared',
    state,
    event,
    otherwise: null,
    decision: null,
    entry: { event: body.type },
    what,
  };
}

function isReserved(type: string): boolean {
  return type === '*' || type === '' || type === unnamedEvent || /^(xstate|countersign)(\.|$)/.test(type);
}
