/** Whether a process lives, and where it works. */
import { execFile } from 'node:child_process';
import { readlink } from 'node:fs/promises';
import { isErrno } from './errno.ts';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process may not be signalled, but it lives.
    return isErrno(error, 'EPERM');
  }
}

/**
 * Whether this process is a PostgreSQL server working in that folder. Process numbers are used
 * again (in a container, often at once), so that a living number alone proves nothing.
 */
export async function isServerOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return /postgres/.test(await commandOf(pid));
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === cluster;
  } catch {
    // A process that has ended but was not collected yet, or one of another user.
    return false;
  }
}

function commandOf(pid: number): Promise<string> {
  return new Promise((done) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (_error, output) => done(output));
  });
}
