/**
 * The server's first process: finding it, starting it, stopping it. PostgreSQL writes who it is and
 * how far it has come into `postmaster.pid`; that file, not our memory, says whether it runs, since
 * it may have been started by an engine that is gone.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DataFolder, giveTo } from './data-folder.ts';
import { unless } from './errno.ts';
import { isAlive, isServerOf } from './process-life.ts';
import type { ServerPrograms } from './server-programs.ts';
import { serverSettings } from './server-settings.ts';

export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
  readonly status: 'starting' | 'ready' | 'stopping';
}

/** The server of this folder as it runs now; null when none does. Clears what a dead one left. */
export async function findPostmaster(folder: DataFolder): Promise<Postmaster | null> {
  const path = join(folder.cluster, 'postmaster.pid');
  const text = await unless(['ENOENT'], () => readFile(path, 'utf8'));
  if (text === null) return null;
  const lines = text.split('\n').map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!(pid > 0)) return null;
  if (await isServerOf(pid, folder.cluster)) {
    const status = lines[7] === 'ready' || lines[7] === 'stopping' ? lines[7] : 'starting';
    return { pid, socketFolder: lines[4] ?? '', status };
  }
  // PostgreSQL itself clears the file of a dead server, but not when its number now means another process.
  if (isAlive(pid)) {
    await removeStale(path, text);
    const lock = join(lines[4] ?? '', `.s.PGSQL.${lines[3]}.lock`);
    const lockText = await unless(['ENOENT', 'EACCES'], () => readFile(lock, 'utf8'));
    if (lockText !== null && lockText.split('\n')[0]?.trim() === lines[0]) await removeStale(lock, lockText);
  }
  return null;
}

/** Takes the file away before looking again, so that one written by a faster start is put back and not lost. */
async function removeStale(path: string, expected: string): Promise<void> {
  const aside = `${path}.stale-${process.pid}`;
  if (!(await moveAside(path, aside))) return;
  if ((await readFile(aside, 'utf8')) !== expected) await unless(['EEXIST'], () => link(aside, path));
  await rm(aside, { force: true });
}

async function moveAside(path: string, aside: string): Promise<boolean> {
  return (await unless(['ENOENT'], () => rename(path, aside).then(() => true))) ?? false;
}

export type StartOutcome =
  | { readonly kind: 'ready'; readonly pid: number }
  /** It ended again; `complaint` is what it wrote. */
  | { readonly kind: 'ended'; readonly complaint: string };

/** Starts the server and waits until it accepts connections, however long its recovery takes. */
export async function startPostmaster(
  folder: DataFolder,
  programs: ServerPrograms,
  socketFolder: string,
  settings: Readonly<Record<string, string>>,
): Promise<StartOutcome> {
  const log = await openLog(folder);
  try {
    const logged = (await log.stat()).size;
    const all = { ...serverSettings(), ...settings, unix_socket_directories: socketFolder };
    const args = [
      '-D',
      workingFolder(folder.cluster),
      ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ];
    // Its own session, so that Ctrl-C reaches the engine alone, which then stops it in good order.
    const child = spawn(join(programs.folder, 'postgres'), args, {
      cwd: folder.cluster,
      env: { LC_ALL: 'C' },
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      ...folder.user,
    });
    child.unref();
    let ended = false;
    const failed = new Promise<never>((_done, fail) => child.on('error', fail));
    child.on('exit', () => {
      ended = true;
    });
    return await Promise.race([failed, waitForReady()]);

    async function waitForReady(): Promise<StartOutcome> {
      for (let waited = 0; ; waited++) {
        if (ended) return { kind: 'ended', complaint: await readLogFrom(folder, logged) };
        if (child.pid !== undefined && (await readStatus(folder, child.pid)) === 'ready')
          return { kind: 'ready', pid: child.pid };
        await pause(waited < 200 ? 5 : 50);
      }
    }
  } finally {
    await log.close();
  }
}

/** Ends every session, writes everything out, and answers once the process is gone. */
export async function stopPostmaster(folder: DataFolder, pid: number, patienceMs: number): Promise<void> {
  if (!(await isServerOf(pid, folder.cluster))) return;
  process.kill(pid, 'SIGINT');
  const deadline = performance.now() + patienceMs;
  while (await isServerOf(pid, folder.cluster)) {
    if (performance.now() > deadline) {
      // Without writing everything out: the next start recovers from the log, and nothing is lost.
      process.kill(pid, 'SIGQUIT');
      return;
    }
    await pause(5);
  }
}

/**
 * How the server finds the folder that is its working folder. On Linux by a name that needs no walk
 * down from the root: the server's user may have no right to enter a folder above it.
 */
export function workingFolder(path: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : path;
}

async function readStatus(folder: DataFolder, pid: number): Promise<string | null> {
  const text = await unless(['ENOENT'], () => readFile(join(folder.cluster, 'postmaster.pid'), 'utf8'));
  const lines = text?.split('\n') ?? [];
  return Number(lines[0]) === pid ? (lines[7]?.trim() ?? null) : null;
}

const longestLogBytes = 8 * 1024 * 1024;

async function openLog(folder: DataFolder) {
  const size = (await unless(['ENOENT'], () => stat(folder.logFile)))?.size ?? 0;
  if (size > longestLogBytes) await rename(folder.logFile, `${folder.logFile}.1`);
  // Not through a link: root may be writing in somebody else's folder.
  const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
  const log = await open(folder.logFile, flags, 0o600);
  await giveTo(folder.user, folder.logFile);
  return log;
}

async function readLogFrom(folder: DataFolder, offset: number): Promise<string> {
  return (await readFile(folder.logFile)).subarray(offset).toString('utf8');
}
