import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CalendarEnds, endOfWorkingDays, isWorkingDay } from '../../../engine/calendar/calendar.ts';
import { calendarOfEdition, newestCalendar } from '../../../engine/calendar/calendars.ts';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import type { Json } from '../../../schemas/json.ts';

const vietnam = calendarOfEdition('vietnam-1');
if (vietnam === null) throw new Error('The first edition is gone.');
const days = (year: number): readonly string[] =>
  Array.from({ length: 366 }, (_, at) =>
    new Date(Date.UTC(year, 0, 1 + at)).toISOString().slice(0, 10),
  ).filter((day) => day.startsWith(`${year}-`));

test('an edition that was released never changes: records name it', () => {
  expect(sha256Hex(canonicalJson(vietnam as unknown as Json))).toBe(
    '0ad8eab500441885455ab1eb7043094ec4dac050b0c4b41709ee2a5ace62093a',
  );
  expect(newestCalendar('vietnam')).toBe(vietnam);
  expect(newestCalendar('constructor')).toBeNull();
});

test('the days it names are days, each in its year, and only those are named that differ from a usual week', () => {
  for (const [year, { daysOff, daysWorked, source }] of Object.entries(vietnam.years)) {
    expect(source).not.toBe('');
    for (const day of [...daysOff, ...daysWorked]) expect(days(Number(year))).toContain(day);
    const weekday = (day: string) => new Date(day).getUTCDay();
    for (const day of daysOff) expect([1, 2, 3, 4, 5]).toContain(weekday(day));
    for (const day of daysWorked) expect([0, 6]).toContain(weekday(day));
  }
});

test.each([
  ['a Monday morning', '2026-01-05T02:00:00.000Z', 3, '2026-01-08T17:00:00.000Z'],
  ['a Friday evening, over the weekend', '2026-03-06T16:59:00.000Z', 1, '2026-03-09T17:00:00.000Z'],
  ['Friday by UTC, which is Saturday in Hà Nội', '2026-03-06T17:00:00.000Z', 1, '2026-03-09T17:00:00.000Z'],
  ['before a Saturday that is worked instead', '2026-01-09T02:00:00.000Z', 1, '2026-01-10T17:00:00.000Z'],
  ['before Tết', '2026-02-13T02:00:00.000Z', 1, '2026-02-23T17:00:00.000Z'],
  ['a day off counts from as any day does', '2026-02-17T02:00:00.000Z', 2, '2026-02-24T17:00:00.000Z'],
  ['over the end of the year', '2025-12-31T02:00:00.000Z', 1, '2026-01-05T17:00:00.000Z'],
])('from %s', (_, from, count, due) => {
  expect(endOfWorkingDays(vietnam, from, count)).toBe(due);
});

test('beyond the years it knows it does not guess', () => {
  expect(() => endOfWorkingDays(vietnam, '2027-12-30T02:00:00.000Z', 2)).toThrow(CalendarEnds);
  expect(() => isWorkingDay(vietnam, '2024-12-31')).toThrow('does not know the year 2024');
});

test('between now and the deadline lie exactly so many working days, and the last of them is one', () => {
  const instant = fc.integer({ min: Date.UTC(2025, 0, 1), max: Date.UTC(2027, 0, 1) });
  fc.assert(
    fc.property(instant, fc.integer({ min: 1, max: 200 }), (atMs, count) => {
      const due = endOfWorkingDays(vietnam, new Date(atMs).toISOString(), count);
      const local = (ms: number) => new Date(ms + 7 * 3_600_000).toISOString().slice(0, 10);
      const [first, last] = [local(atMs), local(Date.parse(due) - 1)];
      const between = Object.keys(vietnam.years)
        .flatMap((year) => days(Number(year)))
        .filter((day) => day > first && day <= last && isWorkingDay(vietnam, day));
      expect(between).toHaveLength(count);
      expect(between.at(-1)).toBe(last);
      expect(Date.parse(due) - atMs).toBeGreaterThan(count * 86_400_000);
    }),
  );
});
