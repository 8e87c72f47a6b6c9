/** Whether a process lives, and where it works. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
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
  if (pid <= 0 || !isAlive(pid)) return false;
  if (process.platform !== 'linux') return /postgres/.test(await commandOf(pid));
  try {
    return (await readlink(`/proc/${pid}/cwd`)) === cluster;
  } catch {
    // A process that has ended but was not collected yet, or one of another user.
    return false;
  }
}

/**
 * Ends the sessions of a server that was killed: one in the middle of a long statement would go on
 * to its end, and no new server may start while it can still write.
 */
export async function endOrphans(cluster: string): Promise<void> {
  if (process.platform !== 'linux') return;
  for (const name of await readdir('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !(await isServerOf(pid, cluster))) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const parent = await parentOf(pid);
    // A server that starts at this moment is no orphan, and neither are its sessions.
    if (!command.startsWith('postgres: ') || (await isServerOf(parent, cluster))) continue;
    killIfThere(pid);
  }
}

async function parentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
}

function commandOf(pid: number): Promise<string> {
  return new Promise((done) => {
    execFile('ps', ['-o', 'command=', '-p', String(pid)], (_error, output) => done(output));
  });
}
