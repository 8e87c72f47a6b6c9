import { expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { lintDefinition, readDirectory } from '../../engine/index.ts';
import { blocksOf, pages } from './support/pages.ts';

// What is wrong and right on the pages of lint is played in lint-pages.test.ts.
const ofLintPages = ['yaml frame', 'yaml wrong', 'yaml right', 'yaml directory'];
const known = ['yaml', 'yaml fragment', 'yaml scenarios', 'sh', 'text', ...ofLintPages];

test('every fenced block says what it is, so that none goes untested', () => {
  // What the tutorial writes into its files is played in tutorial.test.ts.
  const isKnown = (info: string) => known.includes(info) || /^(yaml|diff) tutorial\//.test(info);
  const others = pages.flatMap(({ blocks }) => blocks.filter(({ info }) => !isKnown(info)));
  expect(others.map(({ place, info }) => `${place} is "${info}"`)).toEqual([]);
});

test('every definition in the docs has no finding', () => {
  expect(blocksOf('yaml').length).toBeGreaterThan(2);
  for (const { place, text } of blocksOf('yaml')) expect(lintDefinition(text, place).findings).toEqual([]);
});

test('every directory in the docs has no finding', () => {
  const blocks = blocksOf('yaml directory').filter(({ place }) => !place.startsWith('docs/lint/'));
  expect(blocks.length).toBeGreaterThan(0);
  for (const { place, text } of blocks)
    expect(readDirectory(text, place)).toMatchObject({ kind: 'directory' });
});

test('every fragment of a definition in the docs fits into a definition without errors', () => {
  expect(blocksOf('yaml fragment').length).toBeGreaterThan(5);
  for (const { place, text } of blocksOf('yaml fragment')) {
    const findings = lintDefinition(completed(text), place).findings;
    expect(
      findings.filter(({ severity }) => severity === 'error'),
      `${place}\n${completed(text)}`,
    ).toEqual([]);
  }
});

test('the one change that README describes is refused for the reason it gives', () => {
  const [example] = blocksOf('yaml').filter(({ place }) => place.startsWith('README.md'));
  const straight = example?.text.replace('onDone: approving', 'onDone: sent') ?? '';
  const codes = lintDefinition(straight, 'reply.yaml').findings.map(({ code }) => code);
  expect(codes).toContain('oversight-not-proven');
});

/** The fragment's members in place of those of a small definition; it begins in the first state. */
function completed(fragment: string): string {
  const members: Record<string, unknown> = { ...skeleton, ...((parse(fragment) ?? {}) as object) };
  const [first] = Object.keys(members.states as object);
  return stringify({ ...members, initial: first }, { aliasDuplicateObjects: false });
}

const skeleton = {
  id: 'example',
  version: '1.0.0',
  title: { vi: 'Ví dụ', en: 'Example' },
  owner: 'unit:van-phong',
  responsible: { role: 'chief-of-office' },
  securityLevel: 1,
  classification: 'normal',
  decisions: { answer: { importance: 'ordinary' } },
  context: {
    type: 'object',
    required: ['title'],
    properties: {
      title: { type: 'string' },
      remarks: { type: 'string' },
      answer: { type: 'string', decision: 'answer' },
    },
  },
  start: { allow: { role: 'drafting-officer' } },
  states: { ended: { type: 'final' } },
};
