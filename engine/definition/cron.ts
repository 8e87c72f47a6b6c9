/** Cron times as a schedule has them: five fields, from the minute to the day of the week. */

interface CronField {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  /** Names that may stand for numbers, from `least` on. */
  readonly words: readonly string[];
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const cronFields: readonly CronField[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: months },
  // Sunday is both.
  { name: 'day of the week', least: 0, most: 7, words: days },
];

/** Days of the longest form of each month. */
const longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Why no instant can be told by it, to be read after "because"; null when it is well. */
export function cronProblem(text: string): string | null {
  const parts = text.trim().split(/ +/);
  if (parts.length !== cronFields.length)
    return `it has ${parts.length} fields: minute, hour, day of the month, month, day of the week are five`;
  const sets: ReadonlySet<number>[] = [];
  for (const [index, field] of cronFields.entries()) {
    const values = valuesIn(parts[index] ?? '', field);
    if (values === null)
      return `"${parts[index]}" is no ${field.name}, which is ${field.least} to ${field.most}`;
    sets.push(values);
  }
  const [, , ofMonth = new Set(), inMonth = new Set()] = sets;
  // With a day of the week, either of the two days is enough.
  if (parts[4] !== '*') return null;
  const comes = [...inMonth].some((month) => [...ofMonth].some((day) => day <= (longest[month - 1] ?? 0)));
  return comes ? null : 'no such day is in any of these months';
}

/** The numbers that a field stands for: lists of numbers, ranges and steps. Null when it is none of these. */
function valuesIn(text: string, field: CronField): ReadonlySet<number> | null {
  const values = new Set<number>();
  for (const part of text.toLowerCase().split(',')) {
    const [, from, to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (from === undefined || (from === '*' && to !== undefined)) return null;
    const first = from === '*' ? field.least : numberOf(from, field);
    // One number with a step goes on to the end: 5/10 is every ten minutes from the fifth.
    const open = from === '*' || step !== undefined;
    const last = to === undefined ? (open ? field.most : first) : numberOf(to, field);
    const by = step === undefined ? 1 : Number(step);
    if (first === null || last === null || first > last || by === 0) return null;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return values;
}

function numberOf(text: string, { least, most, words }: CronField): number | null {
  const word = words.indexOf(text);
  const value = word === -1 ? Number(/^\d{1,2}$/.test(text) ? text : 'none') : least + word;
  return value >= least && value <= most ? value : null;
}

/** Whether the runtime knows the time zone by this name; an offset such as +07:00 is no name. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z][A-Za-z_]*(?:\/[A-Za-z0-9_+-]+)*$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
