/**
 * The working days of state offices in Vietnam. An edition that was released never changes, since records name
 * it: what is announced later, or was wrong, makes another edition.
 */
import type { Calendar } from './calendar.ts';

const weekdaysOff = (from: string, to: string): readonly string[] => {
  const days: string[] = [];
  for (let atMs = Date.parse(from); atMs <= Date.parse(to); atMs += 86_400_000)
    days.push(new Date(atMs).toISOString().slice(0, 10));
  return days;
};

export const vietnamFirstEdition: Calendar = {
  edition: 'vietnam-1',
  timeZone: 'Asia/Ho_Chi_Minh',
  aheadOfUtcMinutes: 420,
  years: {
    2025: {
      source:
        'Labour Code 2019, Article 112; the plan for 2025 that the Government agreed to, announced by the Ministry of Labour on 3 December 2024',
      open: null,
      daysOff: [
        '2025-01-01',
        ...weekdaysOff('2025-01-27', '2025-01-31'),
        '2025-04-07',
        ...weekdaysOff('2025-04-30', '2025-05-02'),
        ...weekdaysOff('2025-09-01', '2025-09-02'),
      ],
      daysWorked: ['2025-04-26'],
    },
    2026: {
      source:
        'Labour Code 2019, Article 112; the plans for New Year, Tết and 2 September 2026 that were announced by the Ministry of Home Affairs; for 24 November, Resolution 80-NQ/TW of 7 January 2026',
      open: null,
      daysOff: [
        ...weekdaysOff('2026-01-01', '2026-01-02'),
        ...weekdaysOff('2026-02-16', '2026-02-20'),
        '2026-04-27',
        ...weekdaysOff('2026-04-30', '2026-05-01'),
        ...weekdaysOff('2026-08-31', '2026-09-02'),
        '2026-11-24',
      ],
      daysWorked: ['2026-01-10', '2026-08-22'],
    },
    2027: {
      source: 'Labour Code 2019, Article 112, alone; for 24 November, Resolution 80-NQ/TW of 7 January 2026',
      open: 'One more day of Tết (4 or 11 February), the day beside 2 September (1 or 3), and any exchange of days: not announced yet, and counted as working days.',
      daysOff: [
        '2027-01-01',
        '2027-02-05',
        ...weekdaysOff('2027-02-08', '2027-02-10'),
        '2027-04-16',
        '2027-04-30',
        '2027-05-03',
        '2027-09-02',
        '2027-11-24',
      ],
      daysWorked: [],
    },
  },
};
