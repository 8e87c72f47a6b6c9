/**
 * A database of its own for a test file, on the server that the whole run shares. The tables are
 * made once, in a template, and copied.
 */
import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { inject } from 'vitest';
import { fromDatabaseUrl, toConnectionOptions, toDatabaseUrl } from '../../engine/ledger/database-address.ts';
import { engineAddress } from '../../engine/ledger/engine-address.ts';
import { migrate } from '../../engine/ledger/migrate.ts';

export interface TestDatabase {
  /** The server's administrator, who owns everything. */
  readonly adminUrl: string;
  /** The engine's login, which may only execute the ledger's functions and read. */
  readonly engineUrl: string;
  drop(): Promise<void>;
}

/** A migrated database that nobody else uses. Call it in `beforeAll`, and `drop` in `afterAll`. */
export async function freshDatabase(): Promise<TestDatabase> {
  const database = await copyOf(await ensureTemplate());
  // A copy has the tables but not the rights on the database itself: those the migration gives again.
  await migrate(database.adminUrl);
  return { ...database, engineUrl: toDatabaseUrl(engineAddress(database.adminUrl)) };
}

/** A database with nothing in it, for testing the migration itself. */
export async function emptyDatabase(): Promise<Omit<TestDatabase, 'engineUrl'>> {
  return copyOf('template0');
}

async function ensureTemplate(): Promise<string> {
  const { prefix } = inject('testServer');
  const template = `${prefix}template`;
  await onServer(async (sql) => {
    await sql`select pg_advisory_lock(hashtext(${template}))`;
    const ready = await sql`select 1 from pg_database where datname = ${template} and datistemplate`;
    if (ready.length > 0) return;
    await sql`drop database if exists ${sql(template)} with (force)`;
    await sql`create database ${sql(template)} template template0`;
    await migrate(urlOf(template));
    // Marked only now: a migration that failed leaves nothing that looks like a template.
    await sql`alter database ${sql(template)} with is_template true allow_connections false`;
  });
  return template;
}

async function copyOf(template: string): Promise<Omit<TestDatabase, 'engineUrl'>> {
  const name = `${inject('testServer').prefix}${randomBytes(6).toString('hex')}`;
  await onServer((sql) => sql`create database ${sql(name)} template ${sql(template)}`);
  return {
    adminUrl: urlOf(name),
    drop: () => onServer((sql) => sql`drop database if exists ${sql(name)} with (force)`),
  };
}

function urlOf(database: string): string {
  return toDatabaseUrl({ ...fromDatabaseUrl(inject('testServer').url), database });
}

async function onServer(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const options = toConnectionOptions(inject('testServer').url);
  const sql = postgres({ ...options, max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
