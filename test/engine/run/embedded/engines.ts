/** What the tests of the embedded database share: engines in processes of their own, folders, and a look at the data. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { afterAll, onTestFinished } from 'vitest';
import { toConnectionOptions } from '../../../../engine/ledger/database-address.ts';
import { findDataFolder } from '../../../../engine/run/embedded/data-folder.ts';
import { findPostmaster, stopPostmaster } from '../../../../engine/run/embedded/postmaster.ts';
import { isAlive } from '../../../../engine/run/embedded/process-life.ts';
import { startEmbedded } from '../../../../engine/run/embedded/start-embedded.ts';

const run = promisify(execFile);

export const isRoot = process.getuid?.() === 0;

/** Somebody without rights: when root runs the tests, an account that owns nothing; else whoever does. */
export const plainUser = isRoot
  ? { uid: idOf('-u'), gid: idOf('-g') }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
}

/** A folder that is gone after the test, together with the server that runs in it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-embedded-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** The path of a data folder that does not exist yet, below a private folder. */
export async function newDataFolder(owner?: { uid: number; gid: number }): Promise<string> {
  const above = await temporaryFolder();
  if (owner !== undefined) await chown(above, owner.uid, owner.gid);
  const path = join(above, 'data');
  onTestFinished(() => stopServer(path));
  return path;
}

/** A data folder with a database in it that was stopped in good order. */
export async function madeDataFolder(): Promise<string> {
  const path = await newDataFolder();
  made ??= makeOnce();
  await run('cp', ['-a', join(await made, 'data'), path]);
  return path;
}

// Making a database takes far longer than copying one.
let made: Promise<string> | null = null;

async function makeOnce(): Promise<string> {
  const above = await mkdtemp(join(tmpdir(), 'countersign-embedded-made-'));
  const database = await startEmbedded(join(above, 'data'));
  await database.stop();
  return above;
}

afterAll(async () => {
  // The next file may share this module, and makes one of its own.
  const ours = made;
  made = null;
  if (ours !== null) await rm(await ours, { recursive: true, force: true });
});

/** Stops whatever server runs there, whoever started it, and removes its socket's folder. */
export async function stopServer(path: string): Promise<void> {
  const folder = await findDataFolder(path);
  if (folder === null) return;
  const running = await findPostmaster(folder).catch(() => null);
  if (running !== null) await stopPostmaster(folder, running.pid, 5000);
  for (const name of await readdir('/tmp')) {
    if (!name.startsWith('countersign-') || !name.endsWith(`-${folder.fingerprint}`)) continue;
    await rm(join('/tmp', name), { recursive: true, force: true });
  }
}

export type EngineEnd =
  | { readonly kind: 'started'; readonly url: string; readonly pid: number }
  | { readonly kind: 'refused'; readonly sentence: string };

export interface EngineProcess {
  readonly process: ChildProcess;
  readonly start: Promise<EngineEnd>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

export interface EngineLaunch {
  readonly url?: string;
  readonly user?: { uid: number; gid: number };
  /** The checkout to run from, and the node in it. */
  readonly checkout?: string;
}

export function spawnEngine(folder: string, launch: EngineLaunch = {}): EngineProcess {
  const script = 'test/engine/run/embedded/engine-process.ts';
  const checkout = launch.checkout ?? join(import.meta.dirname, '../../../..');
  const node = launch.checkout === undefined ? process.execPath : join(launch.checkout, 'node');
  const args = [join(checkout, script), folder, ...(launch.url === undefined ? [] : [launch.url])];
  const child = spawn(node, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    cwd: '/',
    ...(isRoot ? launch.user : {}),
  });
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  let output = '';
  let complaint = '';
  const start = new Promise<EngineEnd>((done, fail) => {
    child.on('error', fail);
    child.stderr.on('data', (data) => {
      complaint += String(data);
    });
    child.stdout.on('data', (data) => {
      output += String(data);
      if (output.includes('\n'))
        done({ kind: 'started', ...(JSON.parse(output) as { url: string; pid: number }) });
    });
    child.on('close', () => done({ kind: 'refused', sentence: complaint.trim() }));
  });
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  onTestFinished(() => kill('SIGKILL'));
  return { process: child, start, kill };
}

/** An engine that has to start. */
export async function startedEngine(
  folder: string,
  launch: EngineLaunch = {},
): Promise<EngineProcess & { url: string; pid: number }> {
  const engine = spawnEngine(folder, launch);
  const end = await engine.start;
  if (end.kind === 'refused') throw new Error(end.sentence);
  return { ...engine, url: end.url, pid: end.pid };
}

/** The sentence of an engine that must not start. */
export async function refusalOf(folder: string, launch: EngineLaunch = {}): Promise<string> {
  const end = await spawnEngine(folder, launch).start;
  if (end.kind === 'started') throw new Error('It started.');
  return end.sentence;
}

export async function ask(url: string, query: string): Promise<readonly Record<string, unknown>[]> {
  const sql = postgres({ ...toConnectionOptions(url), max: 1, fetch_types: false, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(query))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** The process in the server that holds an engine's claim on the folder. */
export async function claimSession(url: string): Promise<number> {
  const rows = await ask(url, `select pid from pg_stat_activity where application_name like 'countersign %'`);
  return Number(rows[0]?.pid);
}

export async function killNow(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until(async () => !isAlive(pid));
}

/** Waits for something that other processes bring about. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('It did not come to pass within 20 s.');
    await pause(5);
  }
}
