/** Folders and disks that no database can live in: one sentence, which says what to do. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { EmbeddedProblem } from '../../../../engine/run/embedded/embedded-problem.ts';
import { toProblem } from '../../../../engine/run/embedded/embedded-problem.ts';
import { keepEmbedded } from '../../../../engine/run/embedded/keep-embedded.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';
import { ask, isRoot, killNow, madeDataFolder, stopServer, temporaryFolder, until } from './engines.ts';

async function problemIn(folder: string): Promise<EmbeddedProblem> {
  const started = await startEmbedded(folder).catch((error: EmbeddedProblem) => error);
  if (!(started instanceof Error)) throw new Error('It started.');
  expect(started.name).toBe('EmbeddedProblem');
  expect(started.message).toMatch(/^[^\n]+\.$/);
  return started;
}

test('a file where the data folder should be', async () => {
  const path = join(await temporaryFolder(), 'data');
  await writeFile(path, '');
  expect((await problemIn(path)).message).toBe(
    `${path} is not a folder: set COUNTERSIGN_DATA to a folder that the database can live in.`,
  );
  expect((await problemIn(join(path, 'below'))).message).toContain('is not a folder: set COUNTERSIGN_DATA');
});

test('something else where the database should be', async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  await database.stop();
  const version = join(folder, 'postgres', 'PG_VERSION');
  await writeFile(version, '17\n');
  expect((await problemIn(folder)).message).toMatch(
    /was written by PostgreSQL 17, and this is PostgreSQL 18: run the version that wrote it/,
  );
  await rm(version);
  expect((await problemIn(folder)).message).toMatch(
    /holds something that is not a PostgreSQL database: move it away/,
  );
  await rm(join(folder, 'postgres'), { recursive: true });
  await writeFile(join(folder, 'postgres'), '');
  expect((await problemIn(folder)).message).toMatch(
    /postgres is not a folder, but the database should live there/,
  );
});

test("a database without its administrator's password", async () => {
  const folder = await madeDataFolder();
  const database = await startEmbedded(folder);
  await database.stop();
  await rm(join(folder, 'postgres', 'admin-password'));
  expect((await problemIn(folder)).message).toMatch(/is lost: restore that file/);
});

test('a database that cannot start says where its log is and how it ends', async () => {
  const folder = await madeDataFolder();
  await (await startEmbedded(folder)).stop();
  await truncate(join(folder, 'postgres', 'global', 'pg_control'), 10);
  const problem = await problemIn(folder);
  expect(problem.code).toBe('not-started');
  expect(problem.message).toMatch(/does not start; its log \S+postgres\.log ends with: .*pg_control/);
});

// What root meets instead is in hidden-home.test.ts.
if (!isRoot) {
  test('a folder that this user may not write', async () => {
    const above = await temporaryFolder();
    await chmod(above, 0o500);
    expect((await problemIn(join(above, 'data'))).code).toBe('not-permitted');
    await chmod(above, 0o700);
  });
}

test('every refusal of the operating system that a folder can bring becomes a sentence', () => {
  const codeOf = (code: string) =>
    toProblem('/data', Object.assign(new Error(code), { code, path: '/data/x' }))?.code;
  expect(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR'].map(codeOf)).toEqual([
    'full',
    'full',
    'read-only',
    'not-permitted',
    'not-permitted',
    'wrong-folder',
  ]);
  expect(toProblem('/data', Object.assign(new Error(), { code: 'EMFILE' }))).toBeNull();
  expect(toProblem('/data', new TypeError('a mistake of ours'))).toBeNull();
});

if (canMount())
  describe('on a disk of its own', () => {
    test('a full disk, on the first start: a sentence, and nothing half-made once there is space', async () => {
      const disk = await mountDisk('24m');
      const problem = await problemIn(join(disk, 'data'));
      expect(problem.code).toBe('full');
      expect(problem.message).toContain(
        `The disk that holds the data folder ${join(disk, 'data')} is full: free some space there`,
      );
      execFileSync('mount', ['-o', 'remount,size=200m', disk]);
      await (await startEmbedded(join(disk, 'data'))).stop();
    });

    test('a full disk, on a later start', async () => {
      const disk = await mountDisk('200m');
      const folder = join(disk, 'data');
      const database = await startEmbedded(folder);
      await ask(database.url, 'create table kept as select 1 as one');
      await database.stop();
      const filler = await fill(disk);
      expect((await problemIn(folder)).code).toBe('full');
      await rm(filler);
      const again = await startEmbedded(folder);
      expect(await ask(again.url, 'select * from kept')).toEqual([{ one: 1 }]);
      await again.stop();
    });

    test('P6: a disk that becomes full while the engine lives loses nothing acknowledged, and the server comes back by itself', async () => {
      const disk = await mountDisk('200m');
      const folder = join(disk, 'data');
      const sentences: string[] = [];
      let back = 0;
      const database = await keepEmbedded(folder, {
        onLost: (sentence) => sentences.push(sentence),
        onBack: () => back++,
      });
      await ask(database.url, 'create table kept as select 1 as one');
      const filler = await fill(disk);
      await killNow(database.pid);
      await until(async () => sentences.length >= 2);
      expect(sentences.at(-1)).toMatch(/is full: free some space there/);
      await rm(filler);
      await until(async () => back === 1);
      expect(await ask(database.url, 'select * from kept')).toEqual([{ one: 1 }]);
      await database.stop();
    });

    test('a disk mounted read-only, on the first start and on a later one', async () => {
      const disk = await mountDisk('200m');
      const folder = join(disk, 'data');
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect((await problemIn(folder)).message).toBe(
        `The data folder ${folder} cannot be written, for its disk is mounted read-only: mount it for writing, or set COUNTERSIGN_DATA to another folder.`,
      );
      execFileSync('mount', ['-o', 'remount,rw', disk]);
      await (await startEmbedded(folder)).stop();
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      expect((await problemIn(folder)).code).toBe('read-only');
    });
  });

/** Mounting takes more than being root: in a container it is often forbidden. */
function canMount(): boolean {
  const place = `/tmp/countersign-mount-${process.pid}`;
  try {
    execFileSync('mkdir', [place]);
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    execFileSync('rm', ['-d', '-f', place]);
  }
}

async function mountDisk(size: string): Promise<string> {
  const disk = join(await temporaryFolder(), 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=755`, 'tmpfs', disk]);
  onTestFinished(async () => {
    execFileSync('mount', ['-o', 'remount,rw', disk]);
    await stopServer(join(disk, 'data'));
    execFileSync('umount', ['-l', disk]);
  });
  return disk;
}

async function fill(disk: string): Promise<string> {
  const filler = join(disk, 'filler');
  const file = await open(filler, 'w');
  const block = Buffer.alloc(1024 * 1024, 1);
  try {
    for (;;) await file.write(block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    await file.close();
  }
  return filler;
}
