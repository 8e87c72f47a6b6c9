import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeExample, type LintExample, readFrame, readLintPages } from '../../docs/lint-pages.ts';
import {
  checkDirectory,
  fixDefinition,
  lintDefinition,
  readDirectory,
  toDirectory,
} from '../../engine/index.ts';
import type { Finding } from '../../schemas/finding.ts';
import { root } from './support/pages.ts';

const pages = readLintPages();
const frame = readFrame();

test('every code that a source file reports has a page, and every page a code', () => {
  const sources = ['engine/definition', 'engine/verify'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => readFileSync(join(root, folder, name), 'utf8')),
  );
  const text = sources.join('\n');
  const reported = [
    ...text.matchAll(/(?:\.(?:error|warning)|refuse)\(\s*(?:[\w.]+,\s*)?'([a-z]+(?:-[a-z]+)+)'/gi),
    ...text.matchAll(/(?<=code: )'([a-z]+(?:-[a-z]+)+)'/g),
  ].map(([, code]) => code ?? '');
  const named = pages.map(({ code }) => code);
  expect(reported.length).toBeGreaterThan(70);
  expect([...new Set(reported)].filter((code) => !named.includes(code))).toEqual([]);
  expect(named.filter((code) => !text.includes(`'${code}'`))).toEqual([]);
});

test('the definition around the examples has no finding', () => {
  expect(lintDefinition(frame, 'frame.yaml').findings).toEqual([]);
});

describe.each(pages)('$code', ({ code, severity, wrong, right, text }) => {
  test('the wrong example is found, where it says and nothing else', () => {
    const { source, marked } = completeExample(wrong.text, frame);
    const findings = findingsOf(source, wrong, code);
    expect(new Set(findings.map((finding) => finding.code)), textOf(findings)).toEqual(new Set([code]));
    expect(
      findings.map(({ line }) => line),
      textOf(findings),
    ).toContain(marked);
    for (const finding of findings) expect(severity).toContain(finding.severity);
  });

  test('the page says that --fix mends the wrong example exactly where it does', () => {
    const { source } = completeExample(wrong.text, frame);
    const mended = fixDefinition(source, 'example.yaml').fixed.some((finding) => finding.code === code);
    expect(text.includes('`countersign lint --fix` mends this')).toBe(mended);
  });

  test('the right example has no finding', () => {
    const { source } = completeExample(right.text, frame);
    expect(textOf(findingsOf(source, right, code))).toBe('');
  });
});

/** That a construct does not run yet is no fault of an example that is about something else. */
function findingsOf(source: string, { directory }: LintExample, of: string): readonly Finding[] {
  const { findings } = lintDefinition(source, 'example.yaml');
  const told = findings.filter(({ code }) => code === of || code !== 'not-running-yet');
  return directory === null ? told : [...told, ...heldAgainst(directory, source)];
}

function heldAgainst(directory: string, source: string): readonly Finding[] {
  const read = readDirectory(directory, 'directory.yaml');
  if (read.kind === 'refused') throw new Error(textOf(read.findings));
  return checkDirectory(source, 'example.yaml', toDirectory(read, 1));
}

function textOf(findings: readonly Finding[]): string {
  return findings.map(({ line, code, message }) => `${line} ${code} ${message}`).join('\n');
}
