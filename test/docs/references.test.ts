import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { serviceRoutes } from '../../api/routes/service.ts';
import { membersTable } from '../../docs/describe-members.ts';
import { withCurrentTables } from '../../docs/write-tables.ts';
import { settingNames } from '../../engine/index.ts';
import { problemKinds } from '../../engine/step/verify-instance.ts';
import { problemCodes } from '../../schemas/problem-codes.ts';
import { page, pages, prose, root } from './support/pages.ts';

test('the tables made from the code are current; run "npm run docs" if not', () => {
  const made = pages.filter(({ text }) => text.includes('<!-- made:'));
  expect(made.map(({ path }) => path)).toEqual([
    'docs/guide-departments.md',
    'docs/language.md',
    'docs/lint-codes.md',
    'docs/operating.md',
  ]);
  for (const { text } of made) expect(unpadded(withCurrentTables(text))).toBe(unpadded(text));
});

test('every construct of the language has its table, and a name that is none is refused', () => {
  const tables = [...page('docs/language.md').text.matchAll(/<!-- made:([a-z -]+) -->/g)].map(
    ([, name]) => name,
  );
  const constructs = [
    'process',
    'start',
    'schedule',
    'selector',
    'state',
    'event transition',
    'decision',
    'propose',
  ];
  const work = ['invoke', 'retry', 'task', 'compensate', 'message', 'send', 'document', 'action'];
  work.push('document actions', 'document tasks', 'operator');
  expect(tables).toEqual([...constructs, 'gate', 'overdue', 'quorum', ...work]);
  expect(() => membersTable('surprise')).toThrow();
});

test('docs/lint-codes.md lists exactly the codes that lint can report, with their severity', () => {
  const documented = rowsOf('docs/lint-codes.md');
  const reported = lintCodes();
  expect([...documented.keys()].sort()).toEqual([...reported.keys()].sort());
  for (const [code, severities] of reported)
    for (const severity of severities) expect(`${code}: ${documented.get(code)}`).toContain(severity);
});

test('docs/guide-auditors.md explains exactly the problems that verify can find', () => {
  expect([...rowsOf('docs/guide-auditors.md').keys()].sort()).toEqual([...problemKinds].sort());
});

test('every problem code, setting and request that the prose names exists', () => {
  const said = pages.map(prose).join('\n');
  const settings = [...said.matchAll(/`(COUNTERSIGN_[A-Z]+)`/g)].map(([, name]) => name);
  const known = [...Object.keys(settingNames), 'COUNTERSIGN_URL', 'COUNTERSIGN_KEY'];
  expect(settings.filter((name) => !known.includes(name ?? ''))).toEqual([]);
  const refusals = [...said.matchAll(/\b4\d\d `([a-z-]+)`/g)].map(([, code]) => code);
  expect(refusals.length).toBeGreaterThan(1);
  for (const code of refusals) expect(problemCodes).toContain(code);
});

test('every address under /v1 that the commands of the guides use is served', () => {
  const served = [...allRoutes, ...serviceRoutes].map(({ path }) => path);
  const patterns = [...served, '/v1/openapi.json'].map(
    (path) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`),
  );
  const used = pages
    .flatMap(({ blocks }) => blocks)
    .flatMap(({ text }) => [...text.matchAll(/\$SERVER(\/[^\s"?]*)/g)].map(([, path = '']) => path));
  expect(used.length).toBeGreaterThan(10);
  expect(used.filter((path) => !patterns.some((pattern) => pattern.test(path)))).toEqual([]);
});

/** The formatter pads tables; what they say is the same. */
function unpadded(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{3,}/g, '---');
}

/** First column of the tables of a page, without its backticks, to the second. */
function rowsOf(path: string): ReadonlyMap<string, string> {
  const rows = [...page(path).text.matchAll(/^\| \[?`([a-z-]+)`(?:\]\([^)]*\))? +\| ([^|]+)\|/gm)];
  return new Map(rows.map(([, code = '', second = '']) => [code, second.trim()]));
}

/**
 * Codes by what the source reports. Where the severity stands beside the code it is kept too; the rest is
 * handed over by functions that report errors.
 */
function lintCodes(): ReadonlyMap<string, ReadonlySet<string>> {
  const codes = new Map<string, Set<string>>();
  for (const source of ['engine/definition', 'engine/verify'].flatMap(sourcesIn)) {
    for (const [, severity = 'error', reported, named = ''] of source.matchAll(reporting)) {
      const code = reported ?? named;
      codes.set(code, (codes.get(code) ?? new Set()).add(severity === 'warning' ? 'warning' : 'error'));
    }
    for (const [choice] of source.matchAll(/\? '[a-z]+(?:-[a-z]+)+' : '[a-z]+(?:-[a-z]+)+', place/g))
      for (const [, code = ''] of choice.matchAll(/'([a-z-]+)'/g))
        codes.set(code, codes.get(code) ?? new Set());
  }
  return codes;
}

/** `findings.error('code'`, `refuse(node, 'code'`, `code: 'code'`. */
const reporting =
  /(?:\.(error|warning)|refuse)\(\s*(?:[\w.]+,\s*)?'([a-z]+(?:-[a-z]+)+)'|(?<=code: )'([a-z]+(?:-[a-z]+)+)'/gi;

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'));
}
