/**
 * Brings a database to the schema this program was written for: the roles, then each numbered migration in
 * a transaction of its own. A migration that was applied must still be the file it was.
 */

import postgres, { type Sql } from 'postgres';
import { type DatabaseAddress, toConnectionOptions } from './database-address.ts';
import { engineAddress, ownerRole } from './engine-address.ts';
import { LedgerProblem } from './ledger.ts';
import { loadMigrations, type Migration } from './load-migrations.ts';
import { prepareRoles } from './prepare-roles.ts';
import { reachDatabase } from './reach-database.ts';

export { engineAddress };

/** Any number of programs may migrate one database at once: the first does it, the others wait and find it done. */
export async function migrate(admin: DatabaseAddress | string): Promise<void> {
  const sql = postgres({
    ...toConnectionOptions(admin),
    max: 1,
    connect_timeout: 10,
    fetch_types: false,
    onnotice: () => {},
  });
  try {
    await reachDatabase(migrateOver(sql, engineAddress(admin)));
  } finally {
    await sql.end({ timeout: 0 });
  }
}

async function migrateOver(sql: Sql, engine: DatabaseAddress): Promise<void> {
  const migrations = await loadMigrations();
  await checkServerVersion(sql);
  // Held by the session, so it is gone with the connection whatever happens.
  await sql`select pg_advisory_lock(hashtext('countersign'), hashtext('migrate'))`;
  await prepareRoles(sql, engine);
  const applied = await loadApplied(sql);
  const unsuitable = checkApplied(migrations, applied);
  if (unsuitable !== null) throw new LedgerProblem(unsuitable);
  for (const migration of migrations.slice(applied.length)) await apply(sql, migration);
}

export interface AppliedMigration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/** Whether the applied migrations are the beginning of this program's; a sentence when not. */
export function checkApplied(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): string | null {
  for (const [index, { number, name, sha256 }] of applied.entries()) {
    const own = migrations[index];
    if (own === undefined || own.number !== number) {
      return `The database has migration ${number} (${name}), which this version of Countersign does not know: it was migrated by a newer one.`;
    }
    if (own.sha256 !== sha256) {
      return `Migration ${own.file} was changed after it was applied to this database: restore the file, and put the change into a new migration.`;
    }
  }
  return null;
}

export async function loadApplied(sql: Sql): Promise<readonly AppliedMigration[]> {
  const [found] = await sql`select to_regclass('ledger.migrations') is not null as exists`;
  if (found?.exists !== true) return [];
  return sql<AppliedMigration[]>`select number, name, sha256 from ledger.migrations order by number`;
}

async function apply(sql: Sql, migration: Migration): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction.unsafe(
      `set local role ${ownerRole}; set local search_path = ledger, pg_temp; set local check_function_bodies = on`,
    );
    await transaction.unsafe(migration.source);
    await transaction`insert into ledger.migrations (number, name, sha256)
      values (${migration.number}, ${migration.name}, ${migration.sha256})`;
  });
}

async function checkServerVersion(sql: Sql): Promise<void> {
  const [row] = await sql`select current_setting('server_version_num')::int / 10000 as major,
    current_setting('server_encoding') as encoding`;
  if (Number(row?.major) < 15)
    throw new LedgerProblem(`Countersign needs PostgreSQL 15 or newer; this server is ${row?.major}.`);
  if (row?.encoding !== 'UTF8')
    throw new LedgerProblem(`Countersign needs a database in UTF8; this one is ${row?.encoding}.`);
}
