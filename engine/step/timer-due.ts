/** When what is set now comes due: by the clock, or in working days by the calendar that the stimulus names. */
import type { Delay } from '../../schemas/process-definition.ts';
import { endOfWorkingDays } from '../calendar/calendar.ts';
import { calendarOfEdition } from '../calendar/calendars.ts';
import { parseDurationMs } from '../definition/duration.ts';
import type { Case } from './prepared.ts';
import type { Timer } from './stored-state.ts';

/** The last instant whose text has four digits for the year, so that instants compare as texts. */
const lastInstantMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export function timerDue({ seq, stimulus }: Case, delayMs: number): Timer {
  const dueMs = Math.min(Date.parse(stimulus.time) + delayMs, lastInstantMs);
  return { set: seq, dueAt: new Date(dueMs).toISOString() };
}

/** Throws `CalendarEnds`. */
export function timerAfter(at: Case, delay: Delay): Timer {
  if (typeof delay === 'string') return timerDue(at, parseDurationMs(delay) ?? 0);
  const { calendar = '', time } = at.stimulus;
  const found = calendarOfEdition(calendar);
  if (found === null) throw new Error(`There is no calendar "${calendar}" to count working days by.`);
  return { set: at.seq, dueAt: endOfWorkingDays(found, time, delay.workingDays) };
}
