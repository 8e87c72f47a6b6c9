/** Small definitions for tests: only what a test is about has to be written. */

import type { CompiledProcess } from '../../../../engine/definition/compiled-process.ts';
import { type LintResult, lintDefinition } from '../../../../engine/verify/lint-definition.ts';
import type { Finding } from '../../../../schemas/finding.ts';

const head = `id: small
version: 1.0.0
title: { vi: Nhỏ, en: Small }
owner: unit:office
responsible: { role: chief }
securityLevel: 1
classification: normal
`;

const defaults = {
  context: `context:
  type: object
  properties:
    count: { type: integer }
    note: { type: string }
    flag: { type: boolean }
`,
  start: 'start: { allow: { role: clerk } }\n',
};

export interface Parts {
  readonly decisions?: string;
  readonly context?: string;
  readonly start?: string;
  /** Everything from `initial` on. */
  readonly body: string;
}

/** YAML text of a whole definition. Parts are blocks that begin at column one. */
export function smallDefinition({
  decisions = '',
  context = defaults.context,
  start = defaults.start,
  body,
}: Parts): string {
  return [head, block(decisions), block(context), block(start), block(body)].join('');
}

function block(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

export function lintSmall(parts: Parts): LintResult {
  return lintDefinition(smallDefinition(parts), 'small.yaml');
}

/** The compiled process of a definition that must be without errors. */
export function compileSmall(parts: Parts): CompiledProcess {
  const { process, findings } = lintSmall(parts);
  if (process === null) throw new Error(`The definition is refused:\n${describe(findings)}`);
  return process;
}

export function describe(findings: readonly Finding[]): string {
  return findings
    .map(({ line, column, code, message }) => `${line}:${column} ${code}: ${message}`)
    .join('\n');
}

export function codes(result: LintResult): readonly string[] {
  return result.findings.map(({ code }) => code);
}

/** The text at a finding's place, up to the end of its line: shows that the position is right. */
export function textAt(
  source: string,
  { line, column }: { readonly line: number; readonly column: number },
): string {
  return (source.split('\n')[line - 1] ?? '').slice(column - 1);
}

/** Codes of the findings, in the order of the file. */
export function codesIn(source: string): readonly string[] {
  return lintDefinition(source, 'small.yaml').findings.map(({ code }) => code);
}
