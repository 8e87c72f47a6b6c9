/**
 * Where a bench stores: a fresh database on the server in DATABASE_URL, or an embedded one of its own
 * in a throwaway folder on a real disk. Durability is the server's own; nothing is switched off, and
 * the report says what was on.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import {
  type DatabaseAddress,
  fromDatabaseUrl,
  toConnectionOptions,
  toDatabaseUrl,
} from '../engine/index.ts';
import type { AtEnd } from './clean-up.ts';

export interface BenchPlace {
  /** A folder of this run's own, on a real disk. */
  readonly folder: string;
  /** An empty database on a running server, as its administrator; null for an embedded one in the folder. */
  readonly databaseUrl: string | null;
}

export async function openBenchPlace(atEnd: AtEnd): Promise<BenchPlace> {
  const folder = await mkdtemp(join(await findDisk(), 'countersign-bench-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const given = process.env.DATABASE_URL;
  if (given === undefined || given === '') return { folder, databaseUrl: null };
  return { folder, databaseUrl: await createDatabaseBeside(fromDatabaseUrl(given), atEnd) };
}

/** Makes an empty database on the same server, for the same login; it is dropped at the end. */
export async function createDatabaseBeside(address: DatabaseAddress, atEnd: AtEnd): Promise<string> {
  const database = `bench_${randomBytes(6).toString('hex')}`;
  const server = postgres({ ...toConnectionOptions(address), max: 1, onnotice: () => {} });
  atEnd(async () => {
    await server`drop database if exists ${server(database)} with (force)`;
    await server.end();
  });
  await server`create database ${server(database)} template template0`;
  return toDatabaseUrl({ ...address, database });
}

export interface ServerFacts {
  readonly version: string;
  /** fsync, synchronous_commit and full_page_writes, as the server has them. */
  readonly durability: string;
}

export async function readServerFacts(address: DatabaseAddress): Promise<ServerFacts> {
  const server = postgres({ ...toConnectionOptions(address), max: 1 });
  try {
    const [facts] = await server<ServerFacts[]>`
      select split_part(current_setting('server_version'), ' ', 1) as version,
             format('fsync %s, synchronous_commit %s, full_page_writes %s', current_setting('fsync'),
               current_setting('synchronous_commit'), current_setting('full_page_writes')) as durability`;
    if (facts === undefined) throw new Error('The database did not tell its version.');
    return facts;
  } finally {
    await server.end();
  }
}

const tmpfsType = 0x01021994;

/** The folder for temporary files, unless that is only memory: then syncing it would measure nothing. */
async function findDisk(): Promise<string> {
  const temporary = tmpdir();
  if ((await statfs(temporary)).type !== tmpfsType) return temporary;
  const beside = join(import.meta.dirname, '..', 'node_modules', '.cache');
  await mkdir(beside, { recursive: true });
  return beside;
}
