/**
 * Starts the PostgreSQL that comes with Countersign in a data folder, or takes over the one that an
 * earlier engine left running there. Nothing ever has to be cleaned up by hand: whatever an earlier
 * start, engine or server left behind is either used or removed.
 * It decides who may use the folder; it must not know what is stored in the database.
 */
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { type DatabaseAddress, toConnectionOptions, toDatabaseUrl } from '../../ledger/database-address.ts';
import {
  checkWritable,
  type DataFolder,
  hasCluster,
  openDataFolder,
  readPassword,
  sweep,
} from './data-folder.ts';
import { EmbeddedProblem, explained, lastLines } from './embedded-problem.ts';
import { type ClaimHolder, claimFolder, type FolderClaim, isClaim } from './folder-claim.ts';
import { adminUser, makeCluster } from './make-cluster.ts';
import { findPostmaster, startPostmaster, stopPostmaster } from './postmaster.ts';
import { endOrphans, isAlive } from './process-life.ts';
import { type ServerPrograms, shippedPrograms } from './server-programs.ts';
import { leaveSocketFolder, openSocketFolder } from './socket-folder.ts';

export interface EmbeddedOptions {
  /** Where this engine serves, to tell a second engine. `announce` says it later. */
  readonly url?: string;
  /** The database's name; it is made when it is not there. */
  readonly database?: string;
  /** Other server programs than those that come with Countersign. */
  readonly programs?: ServerPrograms;
  /** Server settings beside or instead of the usual ones; for tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Told about anything that takes longer than two seconds. */
  readonly report?: (sentence: string) => void;
}

export interface EmbeddedDatabase {
  /** As the server's administrator. */
  readonly address: DatabaseAddress;
  /** The same as a URL. */
  readonly url: string;
  /** The server's first process. */
  readonly pid: number;
  announce(url: string): Promise<void>;
  /** Calls back once when the server, or the claim on the folder, is lost; not after `stop`. */
  onExit(listener: () => void): void;
  /** Stops the server in good order. */
  stop(): Promise<void>;
}

/** Throws an `EmbeddedProblem` where the folder, the machine or another engine does not let it start. */
export async function startEmbedded(
  dataFolder: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedDatabase> {
  const late = setTimeout(() => options.report?.('The database is starting.'), 2000);
  try {
    return await explained(dataFolder, async () => {
      const folder = await openDataFolder(dataFolder);
      const programs = options.programs ?? (await shippedPrograms());
      return await serve(folder, programs, options);
    });
  } finally {
    clearTimeout(late);
  }
}

const patienceMs = 30_000;

async function serve(
  folder: DataFolder,
  programs: ServerPrograms,
  options: EmbeddedOptions,
): Promise<EmbeddedDatabase> {
  let giveUpAt = performance.now() + patienceMs;
  for (let turn = 0; ; turn++) {
    if (turn > 0) await pause(10);
    const outcome = await connectOrStart(folder, programs, options);
    if (outcome.kind === 'serving') return outcome.database;
    // A server that another engine started may have much to recover: it is at work, so it gets its time.
    if (outcome.kind === 'recovering') giveUpAt = performance.now() + patienceMs;
    else if (performance.now() > giveUpAt) throw new EmbeddedProblem('not-started', outcome.why);
  }
}

type Turn =
  | { readonly kind: 'recovering' }
  | { readonly kind: 'serving'; readonly database: EmbeddedDatabase }
  /** Something is on its way up or down: look again. `why` is the sentence if it stays so. */
  | { readonly kind: 'again'; readonly why: string };

async function connectOrStart(
  folder: DataFolder,
  programs: ServerPrograms,
  options: EmbeddedOptions,
): Promise<Turn> {
  if (!(await hasCluster(folder, programs.major))) {
    await prepare(folder);
    await makeCluster(folder, programs, await openSocketFolder(folder));
    return again(`The database in ${folder.path} vanished while it was made: start again.`);
  }
  const running = await findPostmaster(folder);
  if (running === null) return start(folder, programs, options);
  if (running.status === 'starting') return { kind: 'recovering' };
  if (running.status === 'stopping') {
    return again(
      `The database in ${folder.path} (process ${running.pid}) is stopping and does not come to an end: see ${folder.logFile}.`,
    );
  }
  return claim(folder, running.pid, running.socketFolder, options);
}

async function start(folder: DataFolder, programs: ServerPrograms, options: EmbeddedOptions): Promise<Turn> {
  await prepare(folder);
  const socketFolder = await openSocketFolder(folder);
  const outcome = await startPostmaster(folder, programs, socketFolder, options.settings ?? {});
  if (outcome.kind === 'ready') return claim(folder, outcome.pid, socketFolder, options);
  const complaint = outcome.complaint.trim();
  if (/shared memory block .* is still in use/.test(complaint)) {
    await endOrphans(folder.cluster);
    return again(
      `The database in ${folder.path} does not start, for sessions of a killed server do not end: ${lastLines(complaint)}`,
    );
  }
  // Another start was faster, or another engine's stop took the socket's folder away.
  if (/lock file ".*" already exists|could not create lock file ".*": No such file/.test(complaint)) {
    return again(
      `The database in ${folder.path} does not start, for another server uses it: ${lastLines(complaint)}`,
    );
  }
  // If the disk has become full or read-only in the meantime, say that and not what the server made of it.
  await checkWritable(folder);
  throw new EmbeddedProblem(
    'not-started',
    `The database in ${folder.path} does not start; its log ${folder.logFile} ends with: ${lastLines(complaint)}`,
  );
}

async function prepare(folder: DataFolder): Promise<void> {
  await checkWritable(folder);
  await sweep(folder);
}

async function claim(
  folder: DataFolder,
  pid: number,
  socketFolder: string,
  options: EmbeddedOptions,
): Promise<Turn> {
  const database = options.database ?? 'countersign';
  const address: DatabaseAddress = {
    host: socketFolder,
    port: 5432,
    user: adminUser,
    password: await readPassword(folder),
    database,
    sslMode: 'disable',
  };
  let answer: FolderClaim | ClaimHolder;
  try {
    answer = await claimFolder({ ...address, database: 'postgres' }, options.url ?? null);
  } catch (error) {
    return again(
      `The database in ${folder.path} runs (process ${pid}) but lets nobody in: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (!isClaim(answer)) {
    const refusal = secondEngine(folder, answer);
    // Of an engine that was killed a moment ago, the server may not have noticed the end.
    if (answer.pid !== null && isAlive(answer.pid)) throw refusal;
    return again(refusal.message);
  }
  try {
    await ensureDatabase(address);
  } catch (error) {
    await answer.release();
    throw error;
  }
  return { kind: 'serving', database: toEmbedded(folder, pid, address, answer) };
}

function toEmbedded(
  folder: DataFolder,
  pid: number,
  address: DatabaseAddress,
  held: FolderClaim,
): EmbeddedDatabase {
  const listeners: (() => void)[] = [];
  let lost = false;
  let stopping: Promise<void> | null = null;
  held.onLost(() => {
    lost = true;
    if (stopping === null) for (const listener of listeners) listener();
  });
  return {
    address,
    url: toDatabaseUrl(address),
    pid,
    announce: (url) => held.announce(url),
    onExit: (listener) => {
      if (lost) queueMicrotask(listener);
      else listeners.push(listener);
    },
    stop: () => {
      // Without the claim the server may be another engine's by now. With it, it is kept to the end.
      if (lost) return Promise.resolve();
      stopping ??= stopPostmaster(folder, pid, patienceMs)
        .then(() => leaveSocketFolder(address.host))
        .then(() => held.release());
      return stopping;
    },
  };
}

async function ensureDatabase(address: DatabaseAddress): Promise<void> {
  const sql = postgres({
    ...toConnectionOptions({ ...address, database: 'postgres' }),
    max: 1,
    fetch_types: false,
    backoff: false,
  });
  try {
    const found = await sql`select 1 from pg_database where datname = ${address.database}`;
    if (found.length === 0) await sql`create database ${sql(address.database)}`;
  } finally {
    await sql.end();
  }
}

function secondEngine(folder: DataFolder, holder: ClaimHolder): EmbeddedProblem {
  const who =
    holder.pid === null
      ? 'Another engine'
      : `Another engine (process ${holder.pid}${holder.url === null ? '' : `, ${holder.url}`})`;
  return new EmbeddedProblem(
    'second-engine',
    `${who} already uses the data folder ${folder.path}: stop that one first, or set COUNTERSIGN_DATA to another folder.`,
    holder.url,
  );
}

function again(why: string): Turn {
  return { kind: 'again', why };
}
