/** Removes answers that are older than anybody repeats a request: a slice of the table at a time. */
import type { Sql } from 'postgres';
import type { ForgottenAnswers } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** Two megabytes of the table: some ten thousand answers at most. */
const blocksAtOnce = 256;

/** `before` is ISO 8601; `fromBlock` is 0, or what the call before answered. */
export async function forgetAnswers(sql: Sql, fromBlock: number, before: string): Promise<ForgottenAnswers> {
  const [row] = await reachDatabase(
    sql.unsafe<{ next: string | null; forgotten: string }[]>(
      `select next_block as next, forgotten
       from ledger.forget_answers($1::bigint, ${blocksAtOnce}, $2::timestamptz)`,
      [fromBlock, before],
      { prepare: true },
    ),
  );
  return { next: row?.next == null ? null : Number(row.next), forgotten: Number(row?.forgotten ?? 0) };
}
