/** The few statistics the bench needs. Medians, because one busy second of the machine must not decide. */

/** The middle value; the mean of the middle two for an even count. Throws on an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = at(sorted, middle);
  return sorted.length % 2 === 1 ? upper : (at(sorted, middle - 1) + upper) / 2;
}

/**
 * The nearest-rank percentile of values in ascending order: the smallest value that at least
 * this fraction (0 to 1) of all values do not exceed. Throws on an empty list.
 */
export function percentile(ascending: ArrayLike<number>, fraction: number): number {
  const rank = Math.max(1, Math.ceil(fraction * ascending.length));
  return at(ascending, rank - 1);
}

/** Lowest and highest of several rounds: how far one may trust their median. */
export interface Spread {
  readonly low: number;
  readonly high: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { low: at(sorted, 0), high: at(sorted, sorted.length - 1) };
}

function at(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError('There is no statistic of nothing.');
  return value;
}
