/**
 * One PostgreSQL for the whole test run: the embedded one in a temporary folder, or the one that
 * TEST_DATABASE_URL names (as an administrator who may make databases and roles), or with
 * TEST_POSTGRES_PROGRAMS the one whose programs lie in that folder, started like the embedded one.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { toConnectionOptions } from '../../engine/ledger/database-address.ts';
import { isAlive } from '../../engine/run/embedded/process-life.ts';
import { type EmbeddedDatabase, startEmbedded } from '../../engine/run/embedded/start-embedded.ts';
import { installedPrograms } from './installed-programs.ts';

export interface TestServer {
  /** The administrator's URL of a database to connect to for making others. */
  readonly url: string;
  /** Begins the name of every database of this run. */
  readonly prefix: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const prefix = `test_${randomBytes(4).toString('hex')}_`;
  const url = process.env.TEST_DATABASE_URL;
  if (url !== undefined && url !== '') {
    project.provide('testServer', { url, prefix });
    return () => dropDatabases(url, prefix);
  }
  await sweepEarlierRuns();
  const folder = await mkdtemp(join(tmpdir(), `countersign-tests-${process.pid}-`));
  // PostgreSQL 15 walks down to its folder by name, so the user root runs it as must be able to enter.
  await chmod(folder, 0o711);
  const database = await startServer(folder).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  project.provide('testServer', { url: database.url, prefix });
  return async () => {
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

async function startServer(folder: string): Promise<EmbeddedDatabase> {
  const programs = await installedPrograms(process.env.TEST_POSTGRES_PROGRAMS);
  return startEmbedded(folder, {
    ...(programs === null ? {} : { programs }),
    // Nothing in a test run needs to survive the machine.
    settings: { max_connections: '200', fsync: 'off', full_page_writes: 'off' },
    report: (sentence) => console.log(sentence),
  });
}

/** A run that was killed leaves its server behind: stop it, and remove its folder. */
async function sweepEarlierRuns(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^countersign-tests-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    try {
      const left = await startServer(folder);
      await left.stop();
      await rm(folder, { recursive: true, force: true });
    } catch {
      // Somebody else's run, or another version's: it does no harm here.
    }
  }
}

async function dropDatabases(url: string, prefix: string): Promise<void> {
  const sql = postgres({ ...toConnectionOptions(url), max: 1, fetch_types: false });
  try {
    const rows = await sql<
      { name: string }[]
    >`select datname as name from pg_database where starts_with(datname, ${prefix})`;
    for (const { name } of rows) {
      await sql`alter database ${sql(name)} is_template false`;
      await sql`drop database ${sql(name)} with (force)`;
    }
  } finally {
    await sql.end();
  }
}
