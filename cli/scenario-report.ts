/** What the runs of scenarios came to, counted over all processes, and how that looks to people. */
import type {
  CompiledProcess,
  Coverage,
  CoverageCount,
  CoverageReport,
  Failure,
  SuiteLoaded,
  Uncovered,
} from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';
import type { Json } from '../schemas/json.ts';
import { count, printFindings } from './print-findings.ts';
import { paint, plain } from './terminal.ts';

export interface TestReport {
  readonly suites: readonly SuiteReport[];
  readonly processes: readonly ProcessReport[];
  /** Definitions that no scenario file names. */
  readonly untested: readonly string[];
  readonly durationMs: number;
}

export interface SuiteReport {
  readonly file: string;
  /** Scenarios that went as expected, and those that did not. */
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly Failure[];
  /** Why the file could not be played. */
  readonly findings: readonly Finding[];
}

export interface ProcessReport {
  /** The definition's file. */
  readonly file: string;
  readonly process: CompiledProcess;
  /** The first scenario file about it; null when there is none. */
  readonly loaded: SuiteLoaded | null;
  /** By the ids of the process, for whoever draws it. */
  readonly covered: Coverage;
  readonly coverage: CoverageReport;
}

export const coverageKinds = ['states', 'transitions', 'guards', 'outcomes'] as const;
type CoverageKind = (typeof coverageKinds)[number];

export function totalOf({ processes }: TestReport, kind: CoverageKind): CoverageCount {
  const sum = (member: keyof CoverageCount) =>
    processes.reduce((total, { coverage }) => total + coverage[kind][member], 0);
  return { covered: sum('covered'), total: sum('total') };
}

export function passedOf({ suites }: TestReport): number {
  return suites.reduce((sum, { passed }) => sum + passed, 0);
}

/** A file that cannot be played is one failure. */
export function failedOf({ suites }: TestReport): number {
  return suites.reduce((sum, { failed, findings }) => sum + failed + (findings.length > 0 ? 1 : 0), 0);
}

/** For programs. */
export function toJsonReport(report: TestReport): object {
  const { suites } = report;
  return {
    passed: passedOf(report),
    failed: failedOf(report),
    coverage: {
      states: totalOf(report, 'states'),
      transitions: totalOf(report, 'transitions'),
      outcomes: totalOf(report, 'outcomes'),
    },
    guards: totalOf(report, 'guards'),
    failures: suites.flatMap(({ file, failures }) =>
      failures.map(({ position, ...failure }) => ({ file, ...position, ...failure })),
    ),
    findings: suites.flatMap(({ findings }) => findings),
    uncovered: report.processes.flatMap(({ file, coverage }) =>
      coverage.missing.map(({ kind, id, text, position }) => ({ file, ...position, kind, id, text })),
    ),
  };
}

export function printReport(report: TestReport): void {
  for (const suite of report.suites) printSuite(suite);
  printCoverage(report);
  for (const { file, coverage } of report.processes) printMissing(file, coverage.missing);
  for (const file of report.untested)
    console.log(
      `${plain(file)}:1:1 ${paint('yellow', 'untested')} No scenario names this process. Begin with --generate.`,
    );
  const failed = failedOf(report);
  const parts = [`${passedOf(report)} passed`, ...(failed > 0 ? [`${failed} failed`] : [])];
  const text = `${parts.join(', ')} in ${Math.round(report.durationMs)} ms.`;
  console.log(`\n${paint(failed > 0 ? 'red' : 'green', text)}`);
}

function printSuite({ file, passed, failed, failures, findings }: SuiteReport): void {
  if (findings.length > 0) {
    console.log(`${paint('red', '✗')} ${plain(file)} cannot be played:`);
    printFindings(findings);
    return;
  }
  const mark = failed > 0 ? paint('red', '✗') : paint('green', '✓');
  const what = failed > 0 ? `, ${count(failed, 'failed', 'failed')}` : '';
  console.log(`${mark} ${plain(file)}  ${count(passed, 'scenario')} passed${what}`);
  for (const failure of failures) printFailure(file, failure);
}

function printFailure(file: string, failure: Failure): void {
  const { scenario, position, what, expected, actual, message } = failure;
  console.log(`\n  ${paint('red', plain(scenario))}`);
  const place = `${plain(file)}:${position.line}:${position.column}`;
  console.log(`  ${place} ${plain(what)}  ${paint('dim', '(- expected, + actual)')}`);
  printDifference(linesOf(expected), linesOf(actual));
  if (message !== '') console.log(`    ${plain(message)}`);
}

/** Lines that both have at the beginning and at the end stand once: between them is what differs. */
function printDifference(expected: readonly string[], actual: readonly string[]): void {
  const shorter = Math.min(expected.length, actual.length);
  let head = 0;
  while (head < shorter && expected[head] === actual[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && expected.at(-1 - tail) === actual.at(-1 - tail)) tail += 1;
  for (const line of expected.slice(0, head)) console.log(`      ${line}`);
  for (const line of expected.slice(head, expected.length - tail))
    console.log(paint('green', `    - ${line}`));
  for (const line of actual.slice(head, actual.length - tail)) console.log(paint('red', `    + ${line}`));
  for (const line of actual.slice(actual.length - tail)) console.log(`      ${line}`);
}

/** JSON for what is more than a word. What people wrote must not move the cursor. */
function linesOf(value: Json): readonly string[] {
  const text =
    typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value, null, 2);
  const lines = text.split('\n').map(plainLine);
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines`];
}

const mostLines = 40;
const longestLine = 500;

function plainLine(line: string): string {
  const text = plain(line);
  return text.length <= longestLine ? text : `${text.slice(0, longestLine)} …`;
}

function printCoverage({ processes }: TestReport): void {
  if (processes.length === 0) return;
  const width = Math.max(...processes.map(({ process }) => process.definition.id.length));
  const header = ['states', 'transitions', 'guards both ways', 'gate outcomes'];
  console.log(`\n${paint('bold', ['Covered'.padEnd(width), ...header].join('   '))}`);
  for (const { process, coverage } of processes) {
    const cells = coverageKinds.map((kind, index) => cellOf(coverage[kind], header[index]?.length ?? 0));
    console.log([process.definition.id.padEnd(width), ...cells].join('   '));
  }
}

function cellOf({ covered, total }: CoverageCount, width: number): string {
  if (total === 0) return 'none'.padStart(width);
  return paint(covered === total ? 'green' : 'yellow', `${covered}/${total}`.padStart(width));
}

function printMissing(file: string, missing: readonly Uncovered[]): void {
  if (missing.length === 0) return;
  console.log(`\n${paint('yellow', 'Not covered:')}`);
  // An outcome that never came about says more than the transition it would have taken.
  const outcomes = missing.filter(({ kind }) => kind === 'outcome').map(({ position }) => position);
  const told = missing.filter(
    ({ kind, position }) =>
      kind !== 'transition' ||
      !outcomes.some(({ line, column }) => line === position.line && column === position.column),
  );
  for (const { position, text } of told)
    console.log(`  ${plain(file)}:${position.line}:${position.column} ${plain(text)}`);
}
