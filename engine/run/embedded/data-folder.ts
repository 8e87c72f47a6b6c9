/**
 * What lies where in a data folder, and how it is made ready. The folder belongs to whoever made it;
 * the cluster in it belongs to the user whom the server runs as.
 */
import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { lchown, lstat, mkdir, open, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedProblem, folderIsForbidden } from './embedded-problem.ts';
import { isErrno, unless } from './errno.ts';
import { isAlive } from './process-life.ts';
import { type ServerUser, serverUser } from './server-user.ts';

export interface DataFolder {
  /** Absolute, with links followed. */
  readonly path: string;
  /** PostgreSQL's own folder, the cluster. */
  readonly cluster: string;
  /** The administrator's password, inside the cluster so that the two appear at once. */
  readonly passwordFile: string;
  readonly logFile: string;
  /** Short, the same for the same folder, and different for another. */
  readonly fingerprint: string;
  /** Null where the server runs as this process does. */
  readonly user: ServerUser | null;
}

/** Makes the folder where there is none. */
export async function openDataFolder(given: string): Promise<DataFolder> {
  await makeFolder(resolve(given));
  return describeFolder(await realpath(given));
}

/** Null where there is none; changes nothing. */
export async function findDataFolder(given: string): Promise<DataFolder | null> {
  const path = await unless(['ENOENT', 'ENOTDIR'], () => realpath(given));
  return path === null ? null : describeFolder(path);
}

async function describeFolder(path: string): Promise<DataFolder> {
  const cluster = join(path, 'postgres');
  return {
    path,
    cluster,
    passwordFile: join(cluster, 'admin-password'),
    logFile: join(path, 'postgres.log'),
    fingerprint: createHash('sha256').update(path).digest('hex').slice(0, 12),
    user: await serverUser(cluster, path),
  };
}

/** Not Node's own recursive mode, which calls a disk that is mounted read-only a missing folder. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (isErrno(error, 'EEXIST') && (await stat(path)).isDirectory()) return;
    if (!isErrno(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path);
  }
}

/** Whether a cluster is there. Throws a problem where something else is, or where it is somebody else's. */
export async function hasCluster(folder: DataFolder, major: number): Promise<boolean> {
  const found = await unless(['ENOENT'], () => lstat(folder.cluster));
  if (found === null) return false;
  if (!found.isDirectory())
    throw new EmbeddedProblem(
      'wrong-folder',
      `${folder.cluster} is not a folder, but the database should live there: move it away, then start again.`,
    );
  if ((await readdir(folder.cluster)).length === 0) return false;
  const owner = folder.user?.uid ?? process.getuid?.();
  if (owner !== undefined && found.uid !== owner) throw folderIsForbidden(folder.path, folder.cluster);
  const version = await unless(['ENOENT'], () => readFile(join(folder.cluster, 'PG_VERSION'), 'utf8'));
  if (version === null)
    throw new EmbeddedProblem(
      'wrong-folder',
      `${folder.cluster} holds something that is not a PostgreSQL database: move it away, then start again.`,
    );
  if (Number(version) !== major) {
    throw new EmbeddedProblem(
      'wrong-folder',
      `The database in ${folder.cluster} was written by PostgreSQL ${version.trim()}, and this is PostgreSQL ${major}: run the version that wrote it, or set COUNTERSIGN_DATA to another folder.`,
    );
  }
  return true;
}

export async function readPassword(folder: DataFolder): Promise<string> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW;
  const file = await unless(['ENOENT', 'ELOOP'], () => open(folder.passwordFile, flags));
  if (file === null) {
    throw new EmbeddedProblem(
      'wrong-folder',
      `The database in ${folder.cluster} was not made by Countersign, or its file ${folder.passwordFile} is lost: restore that file, or set COUNTERSIGN_DATA to another folder.`,
    );
  }
  try {
    return (await file.readFile('utf8')).trim();
  } finally {
    await file.close();
  }
}

/** Fails as the disk fails: an error that says full or read-only comes from here and not from the depths of the server. */
export async function checkWritable(folder: DataFolder): Promise<void> {
  const probe = join(folder.path, `probe-${process.pid}-${randomBytes(4).toString('hex')}`);
  const file = await open(probe, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.alloc(256 * 1024, 1));
    // Many file systems find out that they are full only when they really write.
    await file.sync();
  } finally {
    await file.close();
    await rm(probe, { force: true });
  }
}

/** Removes what an interrupted first start left: a half-made cluster, or a probe. */
export async function sweep(folder: DataFolder): Promise<void> {
  for (const name of await readdir(folder.path)) {
    const pid = /^(?:building|probe)-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    // The programs of the interrupted start may still be writing there; then the next start removes it.
    await unless(['ENOTEMPTY'], () =>
      rm(join(folder.path, name), { recursive: true, force: true, maxRetries: 3 }),
    );
  }
}

/** Gives a file or folder that this process made to the user whom the server runs as. */
export async function giveTo(user: ServerUser | null, path: string): Promise<void> {
  if (user !== null) await lchown(path, user.uid, user.gid);
}
