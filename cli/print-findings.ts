/** How findings look to people: one a line, in the form that editors turn into links. */
import { basename } from 'node:path';
import type { Counterexample } from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';
import { paint, plain } from './terminal.ts';

export function printFindings(findings: readonly Finding[]): void {
  for (const { file, line, column, severity, code, message } of findings) {
    const severityText = paint(severity === 'error' ? 'red' : 'yellow', severity);
    console.log(`${plain(file)}:${line}:${column} ${severityText} ${code} ${plain(message)}`);
  }
}

/** Beneath a finding: the way there, one step a line, each with its place. */
export function printCounterexample(file: string, { path }: Counterexample): void {
  for (const { position, from, event, to } of path)
    console.log(`  ${plain(file)}:${position.line}:${position.column} ${plain(`${from} -${event}-> ${to}`)}`);
}

/** What `--fix` wrote: the place as it was, and what stands there now. */
export function printFixed(findings: readonly Finding[]): void {
  for (const { file, line, column, code, fix = [] } of findings) {
    const what = fix.map(({ old, text }) => {
      if (old === '') return `put in ${JSON.stringify(text)}`;
      return text === ''
        ? `took out ${JSON.stringify(old)}`
        : `${JSON.stringify(old)} is now ${JSON.stringify(text)}`;
    });
    console.log(
      `${plain(file)}:${line}:${column} ${paint('green', 'fixed')} ${code} ${plain(what.join(', '))}`,
    );
  }
  if (findings.length > 0) console.log(`${count(findings.length, 'finding')} fixed.`);
}

/** After the last way of a file: a picture shows it at a glance. */
export function printHowToDraw(file: string): void {
  const name = plain(file);
  const picture = `${basename(name).replace(/\.ya?ml$/, '')}.svg`;
  console.log(`See it drawn: countersign graph ${name} --format svg > ${picture}`);
}

/** "2 errors and 1 warning in 3 files." or that there is nothing to say. */
export function summariseFindings(findings: readonly Finding[], files: number): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  const where = count(files, 'file');
  if (findings.length === 0) return paint('green', `No findings in ${where}.`);
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ];
  return paint(errors > 0 ? 'red' : 'yellow', `${parts.join(' and ')} in ${where}.`);
}

export function count(number: number, thing: string, things = `${thing}s`): string {
  return `${number} ${number === 1 ? thing : things}`;
}
