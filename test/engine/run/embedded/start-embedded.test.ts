import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRunning } from '../../../../engine/run/embedded/find-running.ts';
import { isAlive } from '../../../../engine/run/embedded/process-life.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import { ask, madeDataFolder, newDataFolder, until } from './engines.ts';

const promised = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', data_checksums: 'on' };

async function durability(url: string): Promise<Record<string, unknown>> {
  const names = Object.keys(promised).join("','");
  const rows = await ask(url, `select name, setting from pg_settings where name in ('${names}')`);
  return Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
}

test('P6: what makes a commit durable is on, and cannot be switched off for the next start', async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  expect(await durability(database.url)).toEqual(promised);
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    await ask(database.url, `alter system set ${name} = off`);
  }
  await database.stop();
  const again = await startEmbedded(folder);
  expect(await durability(again.url)).toEqual(promised);
  await again.stop();
});

test('the server listens on a Unix socket in a private folder, and on no network', async () => {
  const database = await startEmbedded(await newDataFolder());
  expect(await ask(database.url, 'show listen_addresses')).toEqual([{ listen_addresses: '' }]);
  const socketFolder = await stat(database.address.host);
  expect(socketFolder.mode & 0o777).toBe(0o700);
  expect(Buffer.byteLength(join(database.address.host, '.s.PGSQL.5432'))).toBeLessThan(104);
  await database.stop();
});

test('the administrator has a random password, kept in a file that others cannot read', async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  const file = join(folder, 'postgres', 'admin-password');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await readFile(file, 'utf8')).trim()).toBe(database.address.password);
  expect(database.address.password).toMatch(/^[\w-]{43}$/);
  await expect(ask(database.url.replace(/:[\w-]{43}@/, ':wrong@'), 'select 1')).rejects.toThrow(/password/);
  await database.stop();
});

test('text is UTF-8 and ordered by the same rules on every machine', async () => {
  const database = await startEmbedded(await newDataFolder());
  const [row] = await ask(
    database.url,
    `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, upper('đình') as upper
     from pg_database where datname = current_database()`,
  );
  expect(row).toEqual({ encoding: 'UTF8', provider: 'b', upper: 'ĐÌNH' });
  await database.stop();
});

test('a stop is clean: the server is gone, the data is there, and the next start needs no recovery', async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  await ask(database.url, 'create table kept as select 1 as one');
  await database.stop();
  await until(async () => !isAlive(database.pid));
  const again = await startEmbedded(folder);
  expect(await ask(again.url, 'select * from kept')).toEqual([{ one: 1 }]);
  await again.stop();
  expect(await readFile(join(folder, 'postgres.log'), 'utf8')).not.toMatch(/not properly shut down/);
});

test('the log holds no statement and no value', async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  await ask(database.url, 'create table people (name text primary key)');
  await ask(database.url, `insert into people values ('confidential-name')`);
  await expect(ask(database.url, `insert into people values ('confidential-name')`)).rejects.toThrow(
    /duplicate/,
  );
  await database.stop();
  const log = await readFile(join(folder, 'postgres.log'), 'utf8');
  expect(log).toMatch(/duplicate key/);
  expect(log).not.toMatch(/confidential-name/);
});

test('the path of the data folder may be longer than any socket path', async () => {
  const folder = join(await newDataFolder(), 'a'.repeat(120), 'b'.repeat(120), 'thư mục');
  const database = await startEmbedded(folder);
  expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await database.stop();
});

test('a database that runs is found by whoever may read its folder, and looking for one makes nothing', async () => {
  const folder = await madeDataFolder();
  expect(await findRunning(folder)).toBeNull();
  const database = await startEmbedded(folder);
  expect(await findRunning(folder)).toEqual(database.address);
  await database.stop();
  expect(await findRunning(folder)).toBeNull();
  const nowhere = await newDataFolder();
  expect(await findRunning(nowhere)).toBeNull();
  await expect(stat(nowhere)).rejects.toThrow('ENOENT');
});
