/** ISO 8601 durations as the definition language has them. */

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
