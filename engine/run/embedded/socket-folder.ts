/**
 * Where the server's Unix socket lies. A socket's path holds 107 bytes (103 on macOS) however long
 * the data folder's is, so it gets a short folder of its own that only the server's user may enter.
 */
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataFolder, giveTo } from './data-folder.ts';
import { EmbeddedProblem } from './embedded-problem.ts';
import { isErrno, unless } from './errno.ts';

const longestPathBytes = 103;

/** Makes the folder, or checks that the one there is ours. */
export async function openSocketFolder(folder: DataFolder): Promise<string> {
  const uid = folder.user?.uid ?? process.getuid?.() ?? 0;
  const name = `countersign-${uid}-${folder.fingerprint}`;
  const places = [...new Set(['/tmp', tmpdir()])].map((place) => join(place, name));
  for (const path of places) {
    if (Buffer.byteLength(join(path, '.s.PGSQL.5432')) > longestPathBytes) continue;
    if (await make(path)) {
      await chmod(path, 0o700);
      await giveTo(folder.user, path);
      return path;
    }
    if (await isThere(path)) {
      await refuseStranger(path, uid);
      await giveTo(folder.user, path);
      return path;
    }
  }
  throw new EmbeddedProblem(
    'not-permitted',
    `No folder can be made for the database's socket at ${places.join(' or ')}: set TMPDIR to a short path that can be written.`,
  );
}

/** Removes the folder of a server that has ended; one that is in use again stays. */
export async function leaveSocketFolder(path: string): Promise<void> {
  await unless(['ENOENT', 'ENOTEMPTY', 'EACCES', 'EPERM', 'EBUSY'], () => rmdir(path));
}

async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST', 'ENOENT', 'EACCES', 'EPERM', 'EROFS')) return false;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** Anybody can make a folder of this name first: in a stranger's folder, a stranger's socket could ask for the password. */
async function refuseStranger(path: string, uid: number): Promise<void> {
  const found = await lstat(path);
  const ours = found.uid === uid || found.uid === process.getuid?.();
  if (found.isDirectory() && ours && (found.mode & 0o077) === 0) return;
  throw new EmbeddedProblem(
    'not-permitted',
    `${path} should be a private folder for the database's socket, but it was made by somebody else or others may enter it: remove it, then start again.`,
  );
}
