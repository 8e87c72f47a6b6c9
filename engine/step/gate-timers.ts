/** The timers of an open gate: when it is overdue, and when its reviewers are reminded again. */
import type { Delay } from '../../schemas/process-definition.ts';
import { withoutMember } from '../evidence/member-of.ts';
import type { Case, Prepared } from './prepared.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { StimulusBody } from './stimulus.ts';
import type { OpenGate, StoredState, Timer } from './stored-state.ts';
import { timerAfter } from './timer-due.ts';

const duePrefix = 'due:';
const remindPrefix = 'remind:';

export const dueOf = (gate: string) => `${duePrefix}${gate}`;
export const reminderOf = (gate: string) => `${remindPrefix}${gate}`;

/** The gate that a timer is of; null for a timer of another kind. */
export function gateOfTimer(timer: string): string | null {
  const prefix = [duePrefix, remindPrefix].find((one) => timer.startsWith(one));
  return prefix === undefined ? null : timer.slice(prefix.length);
}

export function withoutGateTimers(timers: StoredState['timers'], gate: string): StoredState['timers'] {
  return withoutMember(withoutMember(timers, dueOf(gate)), reminderOf(gate));
}

type TimerBody = StimulusBody & { readonly kind: 'timer' };

/**
 * The gate is overdue, or its reviewers are reminded once more: both are told, and no more than told, except
 * where the file says what an overdue gate leads to or sets. Nobody decided, and nothing is approved (P4).
 */
export function passGateTimer(at: Case, state: StoredState, gate: string, body: TimerBody): Prepared {
  const open = state.gates[gate];
  const compiled = at.process.gates.get(gate);
  if (open === undefined || compiled === undefined) throw new Error(`A timer of ${gate} outlived its gate.`);
  const { timer, told = { reminded: [], escalated: [] } } = body;
  const isReminder = timer.startsWith(remindPrefix);
  const spent = withoutMember(state.timers, timer);
  const remind = compiled.gate.onOverdue?.remind;
  const timers = remind === undefined ? spent : { ...spent, [reminderOf(gate)]: nextReminder(at, remind) };
  const overdue = {
    since: open.overdue?.since ?? at.stimulus.time,
    escalatedTo: [...new Set([...(open.overdue?.escalatedTo ?? []), ...told.escalated])].sort(),
    reminders: (open.overdue?.reminders ?? 0) + (isReminder ? 1 : 0),
    toldAt: at.stimulus.time,
  };
  const marked = { ...state, timers, gates: { ...state.gates, [gate]: { ...open, overdue } } };
  const type = `countersign.overdue.${gate}`;
  const leads = !isReminder && at.process.candidates.get(gate)?.has(type) === true;
  return {
    kind: 'prepared',
    state: marked,
    event: leads ? machineEvent(type, scopeOf(marked, at.stimulus), at.process, at.stimulus) : null,
    otherwise: marked,
    decision: null,
    entry: { event: timer },
    what: `The timer ${timer}`,
  };
}

const leastReminderMs = 60_000;

/** Never so soon that reminding would be all that happens. */
function nextReminder(at: Case, remind: Delay): Timer {
  const next = timerAfter(at, remind);
  const least = new Date(Date.parse(at.stimulus.time) + leastReminderMs).toISOString();
  return next.dueAt < least ? { ...next, dueAt: least } : next;
}

/** A gate that opens now, with the deadline that the file gives its reviewers. */
export function withDeadline(open: OpenGate, timer: Timer | undefined): OpenGate {
  return timer === undefined ? open : { ...open, dueAt: timer.dueAt };
}
