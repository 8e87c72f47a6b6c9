import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnswerSweep } from '../../../engine/run/sweep-answers.ts';
import { counterDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { keyed } from '../../support/test-people.ts';
import { connect } from '../ledger/ledger-house.ts';

let house: TestHouse;
let admin: Sql;
beforeAll(async () => {
  house = await openTestHouse([counterDefinition]);
  admin = connect(house.database.adminUrl);
});
afterAll(async () => {
  await admin?.end();
  await house?.close();
});

const hourMs = 3_600_000;
const count = async () => Number((await admin`select count(*) from ledger.answers`)[0]?.count);

test('P6: a repeated request gets its first answer as long as it is kept, and is a new one afterwards', async () => {
  const { engine, clock, ledger } = house;
  const officer = house.as('officer');
  const start = () => engine.start(officer, { process: 'counter', data: { limit: 3 } }, keyed('start'));
  const sweep = new AnswerSweep(ledger, clock, 72 * hourMs);
  const first = done(await start());
  clock.advance(71 * hourMs);
  expect(await sweep.sweep()).toBe(0);
  expect(done(await start())).toEqual(first);
  clock.advance(2 * hourMs);
  expect(await sweep.sweep()).toBe(1);
  expect(done(await start()).instance).not.toBe(first.instance);
  expect(codeOf(await start())).toBe('done');
});

test('it goes through the table slice by slice, and rests an hour when it is through', async () => {
  const { ledger, clock } = house;
  const before = await count();
  // Long answers fill more than one slice of 256 blocks.
  await admin`insert into ledger.answers (principal, key, body_hash, answer, answered_at)
    select 'person:x', 'old ' || n, 'b', repeat('x', 1000) || n,
      case when n % 2 = 0 then timestamptz '2020-01-01' else timestamptz '2025-12-31T08:00:00Z' end
    from generate_series(1, 4000) n`;
  const seen: number[] = [];
  const sweep = new AnswerSweep(
    {
      forgetAnswers: (from, instant) => {
        seen.push(from);
        return ledger.forgetAnswers(from, instant);
      },
    },
    clock,
    30 * 24 * hourMs,
  );
  let forgotten = 0;
  for (let round = 0; round < 10; round += 1) forgotten += await sweep.sweep();
  expect(forgotten).toBe(2000);
  expect(await count()).toBe(before + 2000);
  expect(seen).toEqual([0, 256, 512]);
  clock.advance(hourMs);
  await sweep.sweep();
  expect(seen).toEqual([0, 256, 512, 0]);
});

test('P6: whatever is asked, an answer of the last hour stays', async () => {
  await admin`insert into ledger.answers (principal, key, body_hash, answer, answered_at)
    values ('person:x', 'young', 'b', '{}', now())`;
  await house.ledger.forgetAnswers(0, '2999-01-01T00:00:00.000Z');
  expect(await count()).toBeGreaterThanOrEqual(1);
  expect(await admin`select key from ledger.answers where key = 'young'`).toHaveLength(1);
});
