import { expect, test } from 'vitest';
import { type BenchReport, toJson, toNumberText, toResults, toTable } from '../../bench/bench-report.ts';

const report: BenchReport = {
  title: 'A bench',
  machine: { cpu: 'Some processor', cores: 2, memoryGib: 8, system: 'linux 6 x64' },
  versions: { Node: '24.0.0', PostgreSQL: '18.1' },
  ...toResults([
    { name: 'pure-step', unit: 'steps/s', rounds: [900, 1100, 1000], against: 'bare-transition' },
    { name: 'bare-transition', unit: 'steps/s', rounds: [1600, 2000, 2400] },
  ]),
  notes: ['One sentence.'],
};

test('a result is the median of its rounds, and its ratio is its value divided by the other value', () => {
  expect(report.results).toEqual([
    { name: 'pure-step', value: 1000, unit: 'steps/s', ratio: 0.5, against: 'bare-transition' },
    { name: 'bare-transition', value: 2000, unit: 'steps/s', ratio: null, against: null },
  ]);
  expect(report.spread).toEqual({
    'pure-step': { low: 900, high: 1100 },
    'bare-transition': { low: 1600, high: 2400 },
  });
});

test('without the other side in the same run there is no ratio', () => {
  const { results } = toResults([{ name: 'a', unit: 'ms', rounds: [1], against: 'b' }]);
  expect(results).toEqual([{ name: 'a', value: 1, unit: 'ms', ratio: null, against: null }]);
});

test('the JSON answer holds results of exactly name, value, unit, ratio and against, beside machine and versions', () => {
  const parsed = JSON.parse(toJson(report)) as BenchReport;
  expect(parsed.results).toEqual(report.results);
  expect(Object.keys(parsed).sort()).toEqual(['machine', 'notes', 'results', 'spread', 'versions']);
});

test('the table names the machine and the versions and lines its columns up', () => {
  expect(toTable(report)).toBe(
    [
      'A bench',
      'machine   Some processor, 2 cores, 8 GiB memory, linux 6 x64',
      'versions  Node 24.0.0, PostgreSQL 18.1',
      '',
      'name             value  unit     lowest  highest  ratio  against',
      'pure-step        1,000  steps/s     900    1,100    0.5  bare-transition',
      'bare-transition  2,000  steps/s   1,600    2,400',
      '',
      'One sentence.',
      '',
    ].join('\n'),
  );
});

test('numbers are written with no more digits than they deserve', () => {
  expect(['119876.4', '99.96', '12.345', '0.00123456'].map(Number).map(toNumberText)).toEqual([
    '119,876',
    '100',
    '12.3',
    '0.00123',
  ]);
});
