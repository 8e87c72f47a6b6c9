/**
 * Measures several sides in alternation, so that whatever else the machine does hits all of them
 * alike. Every other round runs in reverse order: no side is always the one on a warm or a worn disk.
 */
import { setImmediate as yieldTurn } from 'node:timers/promises';

/** What one measurement found, by the result's name. */
export interface Readings {
  readonly [result: string]: number;
}

/** One thing that is measured. */
export interface Side {
  readonly name: string;
  /** Works for about this long. */
  measure(seconds: number): Promise<Readings> | Readings;
}

export interface RoundOptions {
  readonly rounds: number;
  /** What each side gets in all rounds together. */
  readonly seconds: number;
  /** Told once a round, so that nobody waits in silence. */
  readonly progress: (sentence: string) => void;
  /** Ends the measurement between two sides. */
  readonly signal?: AbortSignal;
}

/** Values a round, by the result's name. */
export async function measureInRounds(
  sides: readonly Side[],
  { rounds, seconds, progress, signal }: RoundOptions,
): Promise<ReadonlyMap<string, readonly number[]>> {
  const values = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    progress(`round ${round + 1} of ${rounds}: ${sides.map((side) => side.name).join(', ')}`);
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      // A side that never waits would keep a signal from being heard.
      await yieldTurn();
      signal?.throwIfAborted();
      const readings = Object.entries(await side.measure(seconds / rounds));
      for (const [result, value] of readings) {
        if (!Number.isFinite(value) || value <= 0) {
          throw new Error(`${result} measured nothing in round ${round + 1}.`);
        }
        values.set(result, [...(values.get(result) ?? []), value]);
      }
    }
  }
  return values;
}
