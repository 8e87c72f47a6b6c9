import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toConnectionOptions } from '../../../engine/ledger/database-address.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { counterDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { keyed } from '../../support/test-people.ts';

let house: TestHouse;

beforeAll(async () => {
  house = await openTestHouse([counterDefinition]);
});
afterAll(() => house.close());

const startCounter = async () =>
  done(await house.engine.start(house.as('officer'), { process: 'counter', data: { limit: 1000 } }, null))
    .instance;
const step = (instance: string, key: string) =>
  house.engine.postEvent(house.as('officer'), { instance, type: 'step', data: {}, seen: null }, keyed(key));

/** Runs the engine that kills itself; answers the seqs that it acknowledged before. */
async function crashAt(point: string, instance: string): Promise<readonly number[]> {
  const script = join(import.meta.dirname, '..', '..', 'support', 'crash-child.ts');
  const child = spawn(process.execPath, [script, house.database.engineUrl, point, instance, '5'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const [, signal] = await once(child, 'close');
  expect(signal).toBe('SIGKILL');
  return output.split('\n').filter(Boolean).map(Number);
}

for (const point of ['before-commit', 'during-commit', 'after-commit', 'after-answer']) {
  test(`P6, P1, P7: killed ${point}, nothing acknowledged is lost and nothing is repeated`, async () => {
    const instance = await startCounter();
    const acknowledged = await crashAt(point, instance);
    expect(acknowledged).toEqual(point === 'after-answer' ? [2, 3, 4] : [2, 3]);

    const answers = [];
    for (const number of [1, 2, 3, 4, 5]) answers.push(done(await step(instance, `${point}-${number}`)).seq);
    // Each of the five requests took effect once, in its place, whatever the crash cut off.
    expect(answers).toEqual([2, 3, 4, 5, 6]);
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view).toMatchObject({ seq: 6, context: { count: 5 } });
    expect((await verifyRecord(house.ledger)).problems).toEqual([]);
  });
}

test('P6: connections cut by the database in the middle of the traffic lose and repeat nothing', async () => {
  const instance = await startCounter();
  const admin = postgres({
    ...toConnectionOptions(house.database.adminUrl),
    max: 1,
    onnotice: () => undefined,
  });
  let isCutting = true;
  const cutting = (async () => {
    while (isCutting) {
      await admin`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'countersign_engine'`;
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const answers = [];
  for (let number = 0; number < 40; number += 1) {
    answers.push(await step(instance, `cut-${number}`));
  }
  isCutting = false;
  await cutting;
  await admin.end();

  // Whoever got no answer sends the same request again, as the refusal says.
  const settled = [];
  for (let number = 0; number < 40; number += 1) {
    let code = 'unavailable';
    // Each connection of the pool that was cut may be noticed only when it is used.
    for (let attempt = 0; attempt < 10 && code === 'unavailable'; attempt += 1) {
      code = codeOf(await step(instance, `cut-${number}`));
    }
    settled.push(code);
  }
  expect(new Set(answers.map(codeOf)).difference(new Set(['done', 'unavailable'])).size).toBe(0);
  expect(settled).toEqual(Array.from({ length: 40 }, () => 'done'));
  const view = done(await house.engine.readInstance(house.as('auditor'), instance));
  expect(view).toMatchObject({ seq: 41, context: { count: 40 } });
});
