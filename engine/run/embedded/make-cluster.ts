/**
 * Makes a new cluster in a data folder that has none. It is built beside its place and renamed into
 * it, so that an interrupted start leaves nothing that looks like a database, and of two starts at
 * once exactly one cluster stays.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DataFolder, giveTo } from './data-folder.ts';
import { EmbeddedProblem, folderIsFull, lastLines } from './embedded-problem.ts';
import { isErrno } from './errno.ts';
import { workingFolder } from './postmaster.ts';
import type { ServerPrograms } from './server-programs.ts';

export const adminUser = 'countersign_admin';

export async function makeCluster(
  folder: DataFolder,
  programs: ServerPrograms,
  socketFolder: string,
): Promise<void> {
  const building = await mkdtemp(join(folder.path, `building-${process.pid}-`));
  const handedOver = join(socketFolder, `password-${process.pid}-${randomBytes(4).toString('hex')}`);
  const password = randomBytes(32).toString('base64url');
  try {
    await giveTo(folder.user, building);
    await writePrivate(folder, handedOver, password);
    await runInitdb(folder, programs, building, handedOver);
    await writePrivate(folder, join(building, 'admin-password'), password);
    await rename(building, folder.cluster);
    await syncFolder(folder.path);
  } catch (error) {
    await rm(building, { recursive: true, force: true });
    // Another start was faster; its cluster is the one.
    if (!isErrno(error, 'ENOTEMPTY', 'EEXIST')) throw error;
  } finally {
    await rm(handedOver, { force: true });
  }
}

async function runInitdb(
  folder: DataFolder,
  programs: ServerPrograms,
  cluster: string,
  passwordFile: string,
): Promise<void> {
  const args = [
    '-D',
    workingFolder(cluster),
    '-U',
    adminUser,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--data-checksums',
    '--encoding=UTF8',
    '--locale=C',
  ];
  // Since 17 PostgreSQL orders and folds text by rules of its own, the same on every machine.
  if (programs.major >= 17) args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  const child = spawn(join(programs.folder, 'initdb'), args, {
    cwd: cluster,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...folder.user,
  });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const ended = await new Promise<string | null>((done, failed) => {
    child.on('error', failed);
    child.on('close', (code, signal) => done(code === 0 ? null : (signal ?? `exit code ${code}`)));
  });
  if (ended === null) return;
  if (/No space left on device|Disk quota exceeded/.test(complaint)) throw folderIsFull(folder.path);
  if (/could not look up effective user ID/.test(complaint)) {
    throw new EmbeddedProblem(
      'not-available',
      `The user that the database would run as (number ${folder.user?.uid ?? process.getuid?.()}) has no account on this machine, and PostgreSQL makes no database for such a user: add it to /etc/passwd, start as another user, or set DATABASE_URL.`,
    );
  }
  throw new EmbeddedProblem(
    'not-started',
    `The database in ${folder.path} could not be made (initdb ended with ${ended}): ${lastLines(complaint)}`,
  );
}

async function writePrivate(folder: DataFolder, path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await giveTo(folder.user, path);
}

/** A rename is durable only once the folder it happened in is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
