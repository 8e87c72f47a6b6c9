import { expect, test } from 'vitest';
import { median, percentile, spreadOf } from '../../bench/statistics.ts';

test('the median is the middle value, or the mean of the middle two, in whatever order they come', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 3])).toBe(4);
  expect(median([7])).toBe(7);
});

test('the median sorts numbers as numbers and leaves its input alone', () => {
  const values = [100, 9, 20];
  expect(median(values)).toBe(20);
  expect(values).toEqual([100, 9, 20]);
});

test('a percentile is the smallest value that so many do not exceed', () => {
  const hundred = Float64Array.from({ length: 100 }, (_, index) => index + 1);
  expect(percentile(hundred, 0.5)).toBe(50);
  expect(percentile(hundred, 0.99)).toBe(99);
  expect(percentile(hundred, 1)).toBe(100);
  expect(percentile([3], 0.99)).toBe(3);
  expect(percentile([1, 2, 3], 0)).toBe(1);
  expect(percentile([1, 2, 3], 0.5)).toBe(2);
});

test('the spread is the lowest and the highest', () => {
  expect(spreadOf([20, 100, 9])).toEqual({ low: 9, high: 100 });
});

test('there is no statistic of nothing', () => {
  expect(() => median([])).toThrow(RangeError);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
  expect(() => spreadOf([])).toThrow(RangeError);
});
