/**
 * A person takes an AI step out of the AI's hands: the instance goes on as if no proposal had come, to where
 * people do the work themselves. That is the way its `onError` leads, and it approves nothing (P4).
 */
import { memberOf, withoutMember } from '../evidence/member-of.ts';
import { mayControl } from '../oversight/controls.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse } from './refuse.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';
import { timeoutOf } from './timeout-of.ts';

export function overrideStep(
  { process, stimulus }: Case,
  state: StoredState,
  body: StimulusBody & { kind: 'override' },
): Prepared | Refusal {
  const { actor } = stimulus;
  if (actor.kind !== 'person') {
    return refuse(
      'people-only',
      'Only people take a step out of the hands of an AI.',
      'Let whoever answers for the instance do it.',
    );
  }
  const { role } = process.definition.responsible;
  if (!mayControl(actor, [role], state.responsible)) {
    return refuse(
      'not-allowed',
      `Only a controller, or whoever answers for the process (${role}), may override an AI step.`,
      'Ask one of them.',
    );
  }
  if (body.reason.trim() === '') {
    return refuse('reason-required', 'An override needs a reason.', 'Write the reason, and try again.');
  }
  if (memberOf(state.requests, body.state)?.opened !== body.opened) {
    return refuse(
      'stale',
      `No proposal is waited for in ${body.state} now: it has come, or the state was left.`,
      'Read the instance again.',
    );
  }
  const waiting = {
    ...state,
    requests: withoutMember(state.requests, body.state),
    timers: withoutMember(state.timers, timeoutOf(body.state)),
  };
  return {
    kind: 'prepared',
    state: waiting,
    event: machineEvent(`countersign.failed.${body.state}`, scopeOf(waiting, stimulus), process, stimulus),
    otherwise: null,
    decision: null,
    entry: { event: body.state },
    what: 'The override',
  };
}
