import { expect, test } from 'vitest';
import { loadSuite } from '../../engine/scenario/load-suite.ts';
import { runInMemory } from '../../engine/scenario/run-in-memory.ts';
import { blocksOf, page } from './support/pages.ts';

const [definition] = page('docs/guide-scenarios.md').blocks.filter(({ info }) => info === 'yaml');
const beside = () => ({ file: 'leave-request.yaml', source: definition?.text ?? '' });

test('every scenario file in the docs has no finding, and passes on the definition of its guide', () => {
  const blocks = blocksOf('yaml scenarios');
  expect(blocks.length).toBeGreaterThan(2);
  for (const { place, text } of blocks) {
    const { suite, findings } = loadSuite({ file: place, source: text }, beside);
    expect(findings).toEqual([]);
    expect(suite === null ? place : runInMemory(suite).flatMap(({ failures }) => failures)).toEqual([]);
  }
});

test('what the guide expects of a decision is everything that can be expected', () => {
  const text = blocksOf('yaml scenarios')[1]?.text ?? '';
  const wrong = text
    .replace('state: refused', 'state: granted')
    .replace('status: done', 'status: active')
    .replace('outcome: rejected', 'outcome: approved')
    .replace('context: { days: 3 }', 'context: { days: 4 }')
    .replace('output: { result: rejected }', 'output: { result: granted }')
    .replace('record: [start, decision]', 'record: 3');
  const { suite } = loadSuite({ file: 'x.test.yaml', source: wrong }, beside);
  const failures = suite === null ? [] : runInMemory(suite).flatMap((result) => result.failures);
  expect(failures.map(({ what }) => what)).toEqual([
    'state',
    'status',
    'context.days',
    'output.result',
    'outcome',
    'record',
  ]);
});
