import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../../../engine/run/embedded/process-life.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import {
  ask,
  claimSession,
  killNow,
  madeDataFolder,
  newDataFolder,
  spawnEngine,
  startedEngine,
  until,
} from './engines.ts';

describe('P6: after kill -9 the next start works, with nothing to clean up and nothing lost', () => {
  test('of the engine: the server goes on, and the next engine takes it over', async () => {
    const folder = await madeDataFolder();
    const engine = await startedEngine(folder);
    await ask(engine.url, 'create table kept as select 1 as one');
    await engine.kill('SIGKILL');
    expect(isAlive(engine.pid)).toBe(true);
    const next = await startEmbedded(folder);
    expect(next.pid).toBe(engine.pid);
    expect(await ask(next.url, 'select * from kept')).toEqual([{ one: 1 }]);
    await next.stop();
    await until(async () => !isAlive(next.pid));
  });

  test('of the engine, when the server is slow to notice', async () => {
    const folder = await madeDataFolder();
    const engine = await startedEngine(folder);
    const session = await claimSession(engine.url);
    process.kill(session, 'SIGSTOP');
    await engine.kill('SIGKILL');
    const next = startEmbedded(folder);
    // It finds the folder claimed by a process that is gone, and waits.
    for (let i = 0; i < 5; i++) await ask(engine.url, 'select 1');
    process.kill(session, 'SIGCONT');
    await (await next).stop();
  });

  test('of the server: the next start makes another', async () => {
    const folder = await madeDataFolder();
    const first = await startEmbedded(folder);
    await ask(first.url, 'create table kept as select 1 as one');
    await killNow(first.pid);
    const next = await startEmbedded(folder);
    expect(next.pid).not.toBe(first.pid);
    expect(next.url).toBe(first.url);
    expect(await ask(next.url, 'select * from kept')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  test('of the server in the middle of work', async () => {
    const folder = await madeDataFolder();
    const first = await startEmbedded(folder);
    await ask(first.url, 'create table kept (one int)');
    const busy = ask(first.url, 'insert into kept select i from generate_series(1, 50000000) i').catch(
      () => 'lost',
    );
    await until(
      async () =>
        (await ask(first.url, `select 1 from pg_stat_activity where query like 'insert%'`)).length > 0,
    );
    await killNow(first.pid);
    const next = await startEmbedded(folder);
    expect(await busy).toBe('lost');
    expect(await ask(next.url, 'select count(*)::int as rows from kept')).toEqual([{ rows: 0 }]);
    await next.stop();
  });

  test('of both', async () => {
    const folder = await madeDataFolder();
    const engine = await startedEngine(folder);
    await ask(engine.url, 'create table kept as select 1 as one');
    await Promise.all([engine.kill('SIGKILL'), killNow(engine.pid)]);
    const next = await startEmbedded(folder);
    expect(await ask(next.url, 'select * from kept')).toEqual([{ one: 1 }]);
    await next.stop();
  });

  test('of a first start that was still making the database', async () => {
    const folder = await newDataFolder();
    const engine = spawnEngine(folder);
    await until(async () => (await list(folder)).some((name) => name.startsWith('building-')));
    await engine.kill('SIGKILL');
    const database = await startEmbedded(folder);
    expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    await database.stop();
    const again = await startEmbedded(folder);
    await again.stop();
    expect((await list(folder)).sort()).toEqual(['postgres', 'postgres.log']);
  });
});

test('the number of a dead server that now belongs to another process does not keep the next one from starting', async () => {
  const folder = await madeDataFolder();
  const first = await startEmbedded(folder);
  const pidFile = join(folder, 'postgres', 'postmaster.pid');
  const lockFile = join(first.address.host, '.s.PGSQL.5432.lock');
  const [pidText, lockText] = [await readFile(pidFile, 'utf8'), await readFile(lockFile, 'utf8')];
  await killNow(first.pid);
  const stranger = spawn('sleep', ['60']);
  onTestFinished(() => void stranger.kill('SIGKILL'));
  const renumber = (text: string) => text.replace(String(first.pid), String(stranger.pid));
  await writeFile(pidFile, renumber(pidText));
  await writeFile(lockFile, renumber(lockText));
  const next = await startEmbedded(folder);
  expect(await ask(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await next.stop();
  expect(isAlive(stranger.pid ?? 0)).toBe(true);
});

test('a socket folder that was cleared away while nothing ran, or is left from a kill, does not matter', async () => {
  const folder = await madeDataFolder();
  const first = await startEmbedded(folder);
  await killNow(first.pid);
  await rm(first.address.host, { recursive: true });
  const next = await startEmbedded(folder);
  expect((await stat(next.address.host)).mode & 0o777).toBe(0o700);
  await next.stop();
  await expect(stat(next.address.host)).rejects.toThrow('ENOENT');
});

test('an empty folder where the database should be is used', async () => {
  const folder = await newDataFolder();
  await mkdir(join(folder, 'postgres'), { recursive: true });
  const database = await startEmbedded(folder);
  await database.stop();
});

async function list(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
