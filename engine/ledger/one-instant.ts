/** Reads several things as of one instant: a transaction that sees nothing of what is committed meanwhile. */
import type { Sql, TransactionSql } from 'postgres';
import { reachDatabase } from './reach-database.ts';

/** Reading the whole record takes as long as it is. */
const wholeRecordTimeoutMs = 24 * 3_600_000;

export async function atOneInstant<T>(
  sql: Sql,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  const result = await reachDatabase(
    sql.begin('isolation level repeatable read read only', async (transaction) => ({
      value: await work(transaction),
    })),
    wholeRecordTimeoutMs,
  );
  return result.value;
}
