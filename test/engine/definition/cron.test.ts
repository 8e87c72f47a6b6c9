import { expect, test } from 'vitest';
import { cronProblem, isTimeZone } from '../../../engine/definition/cron.ts';

test.each([
  '0 7 * * 1',
  '*/15 8-17 * * mon-fri',
  '0 0 1,15 * *',
  '5/10 * * * *',
  '0 0 29 2 *',
  '0 0 31 2 mon',
  '0 0 * * 7',
])('%s comes', (text) => expect(cronProblem(text)).toBeNull());

test.each([
  ['0 7 * *', /5|five/],
  ['60 7 * * 1', /"60" is no minute/],
  ['0 24 * * 1', /no hour/],
  ['0 7 0 * 1', /no day of the month/],
  ['0 7 * 13 1', /no month/],
  ['0 7 * * 8', /no day of the week/],
  ['0 7 * * moon', /no day of the week/],
  ['0 9-7 * * *', /no hour/],
  ['*/0 7 * * *', /no minute/],
  ['0 0 31 4,6 *', /no such day/],
  ['@daily', /1 fields/],
  ['0 7 * * 1 2026', /6 fields/],
  ['0 -7 * * 1', /no hour/],
  ['*-5 7 * * 1', /no minute/],
])('%s never comes', (text, why) => {
  expect(cronProblem(text)).toMatch(why);
});

test('a time zone is known by its name, not by an offset', () => {
  expect(['Asia/Ho_Chi_Minh', 'UTC', 'Etc/GMT-7'].filter(isTimeZone)).toHaveLength(3);
  expect(['+07:00', 'Asia/Nowhere', '', 'Asia/Ho_Chi_Minh;'].filter(isTimeZone)).toEqual([]);
});
