/** Delivers a timer that came due. Time may move an instance; it never approves anything (P4). */
import { memberOf, withoutMember } from '../evidence/member-of.ts';
import { candidatesInEntry, closeRequest, enoughBy } from './collect-proposals.ts';
import { gateOfTimer, passGateTimer } from './gate-timers.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse } from './refuse.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';
import { waitingOf } from './timeout-of.ts';

/** A timer is spent by its delivery even where no guard lets it move anything: it must not come due again. */
export function fireTimer(
  at: Case,
  state: StoredState,
  body: StimulusBody & { kind: 'timer' },
): Prepared | Refusal {
  const { process, stimulus } = at;
  if (stimulus.actor.kind !== 'engine') {
    return refuse(
      'not-allowed',
      'Timers are delivered by Countersign itself.',
      'Send one of the events that the instance lists.',
    );
  }
  const timer = memberOf(state.timers, body.timer);
  if (timer === undefined || timer.set !== body.set || stimulus.time < timer.dueAt) {
    return refuse(
      'stale',
      `The timer ${body.timer} was cleared, set anew, or is not due yet.`,
      'Read the timers of the instance again.',
    );
  }
  const gate = gateOfTimer(body.timer);
  if (gate !== null) return passGateTimer(at, state, gate, body);
  const spent = { ...state, timers: withoutMember(state.timers, body.timer) };
  const waiting = waitingOf(body.timer);
  const gathered = waiting === null ? null : gather(at, spent, waiting, body.timer);
  if (gathered !== null) return gathered;
  const type = waiting === null ? body.timer : `countersign.failed.${waiting}`;
  return {
    kind: 'prepared',
    state: waiting === null ? spent : { ...spent, requests: withoutMember(spent.requests, waiting) },
    event: machineEvent(type, scopeOf(spent, stimulus), process, stimulus),
    otherwise: spent,
    decision: null,
    entry: { event: body.timer },
    what: `The timer ${body.timer}`,
  };
}

/**
 * Where enough of several agents have proposed, the end of their time leads on to the people who choose. A step that
 * cannot be taken leaves the timer due.
 */
function gather(
  { process, stimulus }: Case,
  spent: StoredState,
  waiting: string,
  timer: string,
): Prepared | null {
  const request = memberOf(spent.requests, waiting);
  const handedIn = enoughBy(process.proposes.get(waiting)?.propose.several, request);
  if (request === undefined || handedIn === null) return null;
  const state = closeRequest(spent, waiting, request.decision, handedIn);
  return {
    kind: 'prepared',
    state,
    event: machineEvent(`countersign.proposed.${waiting}`, scopeOf(state, stimulus), process, stimulus),
    otherwise: null,
    decision: null,
    entry: { event: timer, ...candidatesInEntry(waiting, request, handedIn) },
    what: `The timer ${timer}`,
  };
}
