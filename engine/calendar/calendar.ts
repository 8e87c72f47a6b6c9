/** What a calendar of working days is, and the instants it leads to. Pure: nothing here knows what day it is. */

/** Days as YYYY-MM-DD. */
export interface CalendarYear {
  /** Where the days come from, for whoever doubts one. */
  readonly source: string;
  /** What is not announced yet, and so is not counted as a day off; null where the year is whole. */
  readonly open: string | null;
  /** Days from Monday to Friday on which nobody works. */
  readonly daysOff: readonly string[];
  /** Saturdays and Sundays on which people work instead. */
  readonly daysWorked: readonly string[];
}

export interface Calendar {
  /** Names these very data, on the record too: they never change under this name. */
  readonly edition: string;
  readonly timeZone: string;
  /** Of that time zone, in all the years here. */
  readonly aheadOfUtcMinutes: number;
  readonly years: { readonly [year: string]: CalendarYear };
}

/** Counting came to a year that the calendar does not know. */
export class CalendarEnds extends Error {
  override readonly name = 'CalendarEnds';
  constructor({ edition }: Calendar, year: string) {
    super(`The calendar ${edition} does not know the year ${year}, so working days cannot be counted there`);
  }
}

const dayMs = 86_400_000;

/**
 * The end (24:00) of the last of so many working days, as ISO 8601 in UTC. The day it is counted from does not
 * count, as Articles 147 and 148 of the Civil Code say of a time given in days. Throws `CalendarEnds`.
 */
export function endOfWorkingDays(calendar: Calendar, from: string, workingDays: number): string {
  const aheadMs = calendar.aheadOfUtcMinutes * 60_000;
  let atMs = Math.floor((Date.parse(from) + aheadMs) / dayMs) * dayMs;
  for (let left = workingDays; left > 0; ) {
    atMs += dayMs;
    if (isWorkingDay(calendar, dayOf(atMs))) left -= 1;
  }
  return new Date(atMs + dayMs - aheadMs).toISOString();
}

/** `day` is YYYY-MM-DD. Throws `CalendarEnds`. */
export function isWorkingDay(calendar: Calendar, day: string): boolean {
  const year = calendar.years[day.slice(0, 4)];
  if (year === undefined) throw new CalendarEnds(calendar, day.slice(0, 4));
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return year.daysWorked.includes(day);
  return !year.daysOff.includes(day);
}

const dayOf = (atMs: number) => new Date(atMs).toISOString().slice(0, 10);
