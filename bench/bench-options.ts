/** What somebody may ask of a bench, checked. The command line hands over text; this decides what it means. */

export type BenchFormat = 'table' | 'json';

export interface BenchOptions {
  readonly format: BenchFormat;
  /** How long each side is measured, in all its rounds together. */
  readonly seconds: number;
  /** Names of results; empty for all. What they are compared with is measured too. */
  readonly only: readonly string[];
}

export const defaultSeconds = 10;
const longestSeconds = 600;

/** The options, or a sentence that says what is wrong with them. */
export function checkBenchOptions(
  given: {
    readonly format?: string;
    readonly seconds?: string | number;
    readonly only?: string | readonly string[];
  },
  known: readonly string[],
): BenchOptions | { readonly problem: string } {
  const format = given.format ?? 'table';
  if (format !== 'table' && format !== 'json')
    return { problem: `--format is table or json, not ${format}.` };
  const seconds = Number(given.seconds ?? defaultSeconds);
  if (!(seconds > 0 && seconds <= longestSeconds)) {
    return { problem: `--seconds is a number above 0 and up to ${longestSeconds}, not ${given.seconds}.` };
  }
  const only = (typeof given.only === 'string' ? given.only.split(',') : (given.only ?? []))
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    return { problem: `There is no result named ${unknown}. Known are ${known.join(', ')}.` };
  }
  return { format, seconds, only };
}
