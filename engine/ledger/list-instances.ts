/** Every instance, a page at a time. */
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
