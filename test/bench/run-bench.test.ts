/** The whole bench with tiny bounds: that it finds everything it names, and nothing about how fast. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { BenchReport } from '../../bench/bench-report.ts';
import { benchResultNames } from '../../bench/bench-results.ts';
import { runBench } from '../../bench/run-bench.ts';

const before = process.env.DATABASE_URL;
beforeAll(() => {
  process.env.DATABASE_URL = inject('testServer').url;
});
afterAll(() => {
  if (before === undefined) delete process.env.DATABASE_URL;
  else process.env.DATABASE_URL = before;
});

const tiny = { rounds: 2, connections: 8, concurrency: 16, lintedSizes: [5, 50] };

test('every named result is there with a value, a unit and the right ratio', async () => {
  const printed: string[] = [];
  const code = await runBench({ format: 'json', seconds: 0.1, only: [] }, (text) => printed.push(text), tiny);
  expect(code).toBe(0);
  const { results, versions, machine } = JSON.parse(printed.join('')) as BenchReport;
  const byName = new Map(results.map((result) => [result.name, result]));
  const linted = ['lint-outgoing-document', 'lint-personnel-appointment', 'lint-5-states', 'lint-50-states'];
  expect([...byName.keys()]).toEqual([...benchResultNames.filter((name) => name !== 'lint'), ...linted]);
  for (const { value, unit, ratio, against } of results) {
    expect(value).toBeGreaterThan(0);
    expect(unit).not.toBe('');
    const base = against === null ? undefined : byName.get(against)?.value;
    expect(ratio).toBe(base === undefined ? null : value / base);
  }
  expect(byName.get('pure-step')?.against).toBe('bare-transition');
  expect(byName.get('lint-50-states')?.against).toBe('lint-5-states');
  expect(byName.get('durable-transitions')?.against).toBe('sql-floor');
  expect(Object.keys(versions)).toEqual(['Countersign', 'Node', 'XState', 'PostgreSQL']);
  expect(machine.cores).toBeGreaterThan(0);
});

test('only what is asked for is measured, and a table is printed', async () => {
  const printed: string[] = [];
  const code = await runBench(
    { format: 'table', seconds: 0.05, only: ['pure-step'] },
    (text) => printed.push(text),
    tiny,
  );
  expect(code).toBe(0);
  expect(printed.join('')).toMatch(/^pure-step +[\d,]+ +steps\/s .* bare-transition$/m);
  expect(printed.join('')).not.toContain('sql-floor  ');
});
