/** A page of the chain of acts: what was done to the ledger itself, in order. */
import type { Sql, TransactionSql } from 'postgres';
import { reachDatabase } from './reach-database.ts';
import type { StoredAct } from './record-reader.ts';

/** At most `limit` acts after the one numbered `after`. */
export function listActs(
  sql: Sql | TransactionSql,
  after: number,
  limit: number,
): Promise<readonly StoredAct[]> {
  return reachDatabase(
    sql<StoredAct[]>`select seq, encode(hash, 'hex') as hash, text from ledger.acts
      where seq > ${after} order by seq limit ${limit}`,
  );
}
