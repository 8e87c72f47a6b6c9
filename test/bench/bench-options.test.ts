import { expect, test } from 'vitest';
import { checkBenchOptions, defaultSeconds } from '../../bench/bench-options.ts';

const known = ['pure-step', 'http-events'];

test('nothing asked for means everything, as a table, for the usual time', () => {
  expect(checkBenchOptions({}, known)).toEqual({ format: 'table', seconds: defaultSeconds, only: [] });
});

test('options come as text from the command line or as values from a program', () => {
  const wanted = { format: 'json', seconds: 0.5, only: ['pure-step', 'http-events'] };
  expect(
    checkBenchOptions({ format: 'json', seconds: '0.5', only: 'pure-step, http-events,' }, known),
  ).toEqual(wanted);
  expect(checkBenchOptions(wanted, known)).toEqual(wanted);
});

test.each([
  [{ format: 'xml' }, '--format is table or json, not xml.'],
  [{ seconds: '0' }, '--seconds is a number above 0 and up to 600, not 0.'],
  [{ seconds: 'soon' }, '--seconds is a number above 0 and up to 600, not soon.'],
  [{ seconds: 601 }, '--seconds is a number above 0 and up to 600, not 601.'],
  [{ only: 'pure-steps' }, 'There is no result named pure-steps. Known are pure-step, http-events.'],
])('%j is refused in one sentence', (given, problem) => {
  expect(checkBenchOptions(given, known)).toEqual({ problem });
});
