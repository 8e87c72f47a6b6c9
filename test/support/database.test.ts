import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toConnectionOptions } from '../../engine/ledger/database-address.ts';
import { emptyDatabase, freshDatabase } from './database.ts';

let database: Awaited<ReturnType<typeof emptyDatabase>>;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());

test('a test database is there for its file alone, and its administrator owns it', async () => {
  const other = await emptyDatabase();
  const sql = postgres({ ...toConnectionOptions(database.adminUrl), max: 1 });
  await sql`create table only_here (id int)`;
  await sql.end();
  const elsewhere = postgres({ ...toConnectionOptions(other.adminUrl), max: 1 });
  await expect(elsewhere`select * from only_here`).rejects.toThrow('only_here');
  await elsewhere.end();
  await other.drop();
});

test('a fresh database is migrated, and the engine can log in to it', async () => {
  const fresh = await freshDatabase();
  const sql = postgres({ ...toConnectionOptions(fresh.engineUrl), max: 1 });
  const [row] =
    await sql`select current_user as role, has_database_privilege(current_database(), 'temporary') as temporary`;
  await sql.end();
  await fresh.drop();
  expect(row).toEqual({ role: 'countersign_engine', temporary: false });
});
