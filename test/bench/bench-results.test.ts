import { expect, test } from 'vitest';
import { benchResultNames, wantedResults } from '../../bench/bench-results.ts';

const namesOf = (only: readonly string[]) => wantedResults(only).map(({ name }) => name);

test('asked for nothing, everything is measured', () => {
  expect(namesOf([])).toEqual(benchResultNames);
  expect(benchResultNames).toEqual(
    expect.arrayContaining(['pure-step', 'durable-transitions', 'http-events', 'verify-record', 'lint']),
  );
});

test('what a result is compared with is measured too, what that is compared with, and its latencies', () => {
  expect(namesOf(['pure-step'])).toEqual(['pure-step', 'bare-transition']);
  expect(namesOf(['http-events'])).toEqual([
    'durable-transitions',
    'sql-floor',
    'http-events',
    'http-events-p50',
    'http-events-p99',
  ]);
});

test('everything that something is compared with is itself a result', () => {
  for (const { against } of wantedResults([])) {
    if (against !== undefined) expect(benchResultNames).toContain(against);
  }
});
