/** Answers that were given before, for requests that come again. */
import type { Sql } from 'postgres';
import type { StoredAnswer } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** By principal and key, joined by one space. */
export async function loadAnswers(
  sql: Sql,
  wanted: readonly { readonly principal: string; readonly key: string }[],
): Promise<ReadonlyMap<string, StoredAnswer>> {
  if (wanted.length === 0) return new Map();
  const rows = await reachDatabase(
    sql.unsafe<(StoredAnswer & { principal: string; key: string })[]>(
      statement,
      [
        JSON.stringify(wanted.map(({ principal }) => principal)),
        JSON.stringify(wanted.map(({ key }) => key)),
      ],
      { prepare: true },
    ),
  );
  return new Map(
    rows.map(({ principal, key, bodyHash, answer }) => [`${principal} ${key}`, { bodyHash, answer }]),
  );
}

const statement = `select a.principal, a.key, a.body_hash as "bodyHash", a.answer
  from rows from (json_array_elements_text($1::text::json), json_array_elements_text($2::text::json)) w(principal, key)
  join ledger.answers a on a.principal = w.principal and a.key = w.key`;
