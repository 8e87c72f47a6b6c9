/**
 * What the language promises of states and transitions, one small case each: a definition, and beside it
 * (NAME.trace.yaml) what is sent to it and what is expected then. docs/semantics.md explains the rules.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CompiledProcess } from '../../engine/definition/compiled-process.ts';
import { canonicalJson } from '../../engine/evidence/canonical-json.ts';
import type { StoredState } from '../../engine/step/stored-state.ts';
import { lintDefinition } from '../../engine/verify/lint-definition.ts';
import { playCase } from './support/play-case.ts';
import { type Case, cases, folder } from './support/read-case.ts';

const asItIs = (state: StoredState) => state;
const fromTheRecord = (state: StoredState) => JSON.parse(canonicalJson(state)) as StoredState;

for (const one of cases) {
  test(`${one.name}: ${one.trace.title}`, () => {
    const straight = playCase(compiled(one), one.trace, asItIs);
    const restored = playCase(compiled(one), one.trace, fromTheRecord);
    for (const played of [straight, restored]) {
      for (const [index, { seen, expected }] of played.entries()) {
        const place = `${one.name}, step ${index + 1}: ${JSON.stringify(one.trace.steps[index])}`;
        expect(seen, place).toEqual(expected);
      }
    }
    expect(restored.map(({ stored }) => canonicalJson(stored))).toEqual(
      straight.map(({ stored }) => canonicalJson(stored)),
    );
  });
}

test('every case says in its title where its rule comes from', () => {
  const sources = /^(SCXML (\d|Appendix D)|XState(:| differs from SCXML \d)|Countersign(:| differs from ))/;
  expect(cases.filter(({ trace }) => !sources.test(trace.title)).map(({ name }) => name)).toEqual([]);
  const titles = cases.map(({ trace }) => trace.title);
  expect(new Set(titles).size).toBe(titles.length);
});

test('docs/semantics.md links every case once under a rule, and lists every difference from SCXML or XState', () => {
  const page = readFileSync(join(folder, '..', '..', 'docs', 'semantics.md'), 'utf8');
  const at = page.indexOf('\n## Where XState differs');
  expect(linksIn(page.slice(0, at)).sort()).toEqual(cases.map(({ name }) => name).sort());
  const different = cases
    .filter(({ trace }) => trace.title.includes(' differs from '))
    .map(({ name }) => name);
  expect([...new Set(linksIn(page.slice(at)))].sort()).toEqual(different.sort());
});

const linksIn = (text: string) =>
  [...text.matchAll(/\]\(\.\.\/test\/conformance\/([a-z-]+)\.yaml\)/g)].map(([, name = '']) => name);

function compiled({ name, definition }: Case): CompiledProcess {
  const { process, findings } = lintDefinition(definition, `${name}.yaml`);
  if (process === null) throw new Error(JSON.stringify(findings, null, 2));
  expect(process.definition.id).toBe(name);
  return process;
}
