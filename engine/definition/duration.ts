/** ISO 8601 durations and working days as the definition language has them. */
import type { Delay } from '../../schemas/process-definition.ts';

const form = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** A hundred years: longer is a mistake, and timers are kept as instants that a database must hold. */
const longestMs = 100 * 366 * 86_400_000;

/** Milliseconds; null when the text is no duration, or one longer than a hundred years. A day has 24 hours. */
export function parseDurationMs(text: string): number | null {
  const parts = form.exec(text);
  if (parts === null) return null;
  const [weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = parts
    .slice(1)
    .map((part) => Number(part ?? 0));
  const durationMs = ((((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
  return durationMs <= longestMs ? durationMs : null;
}

/** A key of `after` as the delay it stands for. */
export function toDelay(text: string): Delay {
  const days = /^(\d+) working days?$/.exec(text)?.[1];
  return days === undefined ? text : { workingDays: Number(days) };
}

/** No such time is shorter: working days are counted by a calendar, and are at least as many days. */
export function leastDelayMs(text: string): number {
  const delay = toDelay(text);
  return typeof delay === 'string' ? (parseDurationMs(delay) ?? 0) : delay.workingDays * 86_400_000;
}
