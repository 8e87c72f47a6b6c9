/**
 * What a bench answers, for people as a table and for programs as JSON. It knows nothing of how
 * anything was measured.
 */
import type { Machine } from './machine.ts';
import { median, type Spread, spreadOf } from './statistics.ts';

/** One line of the answer. `ratio` is `value` divided by the value of the result named in `against`. */
export interface BenchResult {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly ratio: number | null;
  readonly against: string | null;
}

/** A result as it was measured: its value is the median of its rounds. */
export interface Measured {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly number[];
  /** What it is to be compared with; must be measured in the same run. */
  readonly against?: string;
}

export interface BenchReport {
  readonly title: string;
  readonly machine: Machine;
  readonly versions: { readonly [name: string]: string };
  readonly results: readonly BenchResult[];
  /** Lowest and highest round, by the result's name. */
  readonly spread: { readonly [name: string]: Spread };
  /** What a reader must know to read the numbers rightly, in whole sentences. */
  readonly notes: readonly string[];
}

/** Medians, ratios and spreads of what was measured. Something to compare with that was not measured gives no ratio. */
export function toResults(measured: readonly Measured[]): Pick<BenchReport, 'results' | 'spread'> {
  const values = new Map(measured.map(({ name, rounds }) => [name, median(rounds)]));
  return {
    results: measured.map(({ name, unit, rounds, against }) => {
      const base = against === undefined ? undefined : values.get(against);
      const value = median(rounds);
      return base === undefined || against === undefined
        ? { name, value, unit, ratio: null, against: null }
        : { name, value, unit, ratio: value / base, against };
    }),
    spread: Object.fromEntries(measured.map(({ name, rounds }) => [name, spreadOf(rounds)])),
  };
}

export function toJson(report: BenchReport): string {
  const { results, spread, machine, versions, notes } = report;
  return `${JSON.stringify({ results, spread, machine, versions, notes }, null, 2)}\n`;
}

/** The report as plain text: machine, versions, a table, notes. */
export function toTable(report: BenchReport): string {
  const header = ['name', 'value', 'unit', 'lowest', 'highest', 'ratio', 'against'];
  const rows = report.results.map(({ name, value, unit, ratio, against }) => {
    const spread = report.spread[name];
    return [
      name,
      toNumberText(value),
      unit,
      spread ? toNumberText(spread.low) : '',
      spread ? toNumberText(spread.high) : '',
      ratio === null ? '' : toNumberText(ratio),
      against ?? '',
    ];
  });
  const { cpu, cores, memoryGib, system } = report.machine;
  return [
    report.title,
    `machine   ${cpu}, ${cores} cores, ${memoryGib} GiB memory, ${system}`,
    `versions  ${Object.entries(report.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}`,
    '',
    ...toAlignedLines([header, ...rows], new Set([1, 3, 4, 5])),
    ...(report.notes.length > 0 ? ['', ...report.notes] : []),
    '',
  ].join('\n');
}

/** Three significant figures below a hundred, whole and grouped above: more digits would claim too much. */
export function toNumberText(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return Number(value.toPrecision(3)).toString();
}

function toAlignedLines(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
