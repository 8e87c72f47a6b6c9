/** Reads every instance, and finds entries that have lost theirs: for verification. */
import type { Sql } from 'postgres';
import type { StoredInstance } from './ledger.ts';
import { storedInstanceColumns } from './load-instances.ts';
import { reachDatabase } from './reach-database.ts';

/** In order of id, after the one given. */
export async function listInstances(
  sql: Sql,
  after: string | null,
  limit: number,
): Promise<readonly StoredInstance[]> {
  return reachDatabase(
    sql.unsafe<StoredInstance[]>(
      `select ${storedInstanceColumns} from ledger.instances i
       where $1::uuid is null or i.id > $1::uuid order by i.id limit $2::int`,
      [after, limit],
    ),
  );
}

/** Ids that have entries but no instance. It reads all entries, so it is nothing for the main path. */
export async function listOrphans(sql: Sql, limit: number): Promise<readonly string[]> {
  const rows = await reachDatabase(
    sql.begin('read only', async (transaction) => {
      await transaction.unsafe(`set local statement_timeout = ${wholeRecordTimeoutMs}`);
      return transaction<{ instance: string }[]>`select distinct e.instance from ledger.entries e
        where not exists (select from ledger.instances i where i.id = e.instance)
        order by e.instance limit ${limit}`;
    }),
    wholeRecordTimeoutMs + 10_000,
  );
  return rows.map(({ instance }) => instance);
}

/** Reading the whole record takes as long as it is. */
const wholeRecordTimeoutMs = 3_600_000;
