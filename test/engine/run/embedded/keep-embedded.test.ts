import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keepEmbedded } from '../../../../engine/run/embedded/keep-embedded.ts';
import { isAlive } from '../../../../engine/run/embedded/process-life.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import { ask, claimSession, killNow, madeDataFolder, refusalOf, startedEngine, until } from './engines.ts';

test('when the server dies, whoever started it is told once', async () => {
  const database = await startEmbedded(await madeDataFolder());
  let exits = 0;
  const told = new Promise<void>((done) =>
    database.onExit(() => {
      exits++;
      done();
    }),
  );
  await killNow(database.pid);
  await told;
  expect(exits).toBe(1);
});

test('a server that is stopped does not count as lost', async () => {
  const database = await startEmbedded(await madeDataFolder());
  let exits = 0;
  database.onExit(() => exits++);
  await database.stop();
  expect(exits).toBe(0);
});

test('P6: a server that dies while the engine lives is started again at the same address, with everything acknowledged', async () => {
  const sentences: string[] = [];
  let back = 0;
  const database = await keepEmbedded(await madeDataFolder(), {
    onLost: (sentence) => sentences.push(sentence),
    onBack: () => back++,
  });
  await ask(database.url, 'create table kept (round int)');
  for (let round = 1; round <= 3; round++) {
    await ask(database.url, `insert into kept values (${round})`);
    const { pid } = database;
    await killNow(pid);
    await until(async () => back === round);
    expect(database.pid).not.toBe(pid);
    expect(await ask(database.url, 'select max(round) as last from kept')).toEqual([{ last: round }]);
  }
  expect(sentences).toHaveLength(3);
  expect(sentences[0]).toMatch(/^The embedded database \(process \d+\) was lost; starting it again\.$/);
  await database.stop();
  expect(isAlive(database.pid)).toBe(false);
});

test('when only a session of the server is killed, its recovery is awaited and the claim taken again', async () => {
  const folder = await madeDataFolder();
  let back = 0;
  const database = await keepEmbedded(folder, { url: 'http://127.0.0.1:4001', onBack: () => back++ });
  const { pid } = database;
  await killNow(await claimSession(database.url));
  await until(async () => back === 1);
  expect(database.pid).toBe(pid);
  expect(await refusalOf(folder)).toContain(`(process ${process.pid}, http://127.0.0.1:4001)`);
  await database.stop();
});

test('an engine that lost its folder to another gives up, and leaves the other its server', async () => {
  const folder = await madeDataFolder();
  const retry = new AbortController();
  let givenUp = '';
  const database = await keepEmbedded(folder, {
    // The other engine is in before the first attempt.
    pause: () => new Promise((done) => retry.signal.addEventListener('abort', () => done())),
    onGivenUp: (problem) => {
      givenUp = problem.code;
    },
  });
  await killNow(await claimSession(database.url));
  const other = await startedEngine(folder);
  expect(other.pid).toBe(database.pid);
  retry.abort();
  await until(async () => givenUp !== '');
  expect(givenUp).toBe('second-engine');
  await database.stop();
  expect(await ask(other.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await other.kill('SIGTERM');
});

test('a stop while the server is being started again leaves none behind', async () => {
  let attempts = 0;
  const database = await keepEmbedded(await madeDataFolder(), {
    pause: async () => {
      attempts++;
    },
  });
  await killNow(database.pid);
  await until(async () => attempts > 0);
  await database.stop();
  await expect(ask(database.url, 'select 1')).rejects.toThrow(/ENOENT|ECONNREFUSED/);
});

test('while the server cannot be started, each reason is told once', async () => {
  const folder = await madeDataFolder();
  const sentences: string[] = [];
  let attempts = 0;
  let back = 0;
  const database = await keepEmbedded(folder, {
    pause: async () => {
      attempts++;
    },
    onLost: (sentence) => sentences.push(sentence),
    onBack: () => back++,
  });
  await rename(join(folder, 'postgres'), join(folder, 'elsewhere'));
  await writeFile(join(folder, 'postgres'), 'in the way');
  await killNow(database.pid);
  await until(async () => attempts > 3);
  await rm(join(folder, 'postgres'));
  await rename(join(folder, 'elsewhere'), join(folder, 'postgres'));
  await until(async () => back === 1);
  expect(sentences).toHaveLength(2);
  expect(sentences[1]).toMatch(/postgres is not a folder/);
  await database.stop();
});
