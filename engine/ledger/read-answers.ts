/** Answers kept for repeated requests, with what the record says of the entries they name: for verification. */
import type { Sql, TransactionSql } from 'postgres';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import { atOneInstant } from './one-instant.ts';
import { reachDatabase } from './reach-database.ts';
import type { AnswerOnTrial, AnswerPlace } from './record-reader.ts';

/** In order of principal and key, after the one given. */
export async function readAnswers(
  sql: Sql,
  after: AnswerPlace | null,
  limit: number,
): Promise<readonly AnswerOnTrial[]> {
  return atOneInstant(sql, async (transaction) => {
    const rows = await reachDatabase(
      transaction.unsafe<(AnswerPlace & { text: string; answeredAt: string })[]>(
        `select principal, key, answer as text, ${instant('answered_at')} as "answeredAt" from ledger.answers
         where $1::text is null or (principal, key) > ($1::text, $2::text) order by principal, key limit $3::int`,
        [after?.principal ?? null, after?.key ?? null, limit],
      ),
    );
    const parsed = rows.map(({ text, ...rest }) => ({ ...rest, answer: objectIn(text) }));
    const named = parsed.map(({ answer }) => placeIn(answer));
    const found = await findPlaces(transaction, named);
    return parsed.map((row, index) => {
      const place = found.get(index);
      return {
        ...row,
        entry: place?.hash == null ? null : { text: place.text, hash: place.hash },
        process: place?.process ?? null,
        lastState: place?.lastState ?? null,
      };
    });
  });
}

interface Place {
  readonly at: number;
  readonly text: string;
  readonly hash: string;
  readonly process: string | null;
  readonly lastState: string | null;
}

async function findPlaces(
  sql: TransactionSql,
  named: readonly ({ readonly instance: string; readonly seq: number } | null)[],
): Promise<ReadonlyMap<number, Place>> {
  const wanted = named.flatMap((place, at) => (place === null ? [] : [[at, place.instance, place.seq]]));
  if (wanted.length === 0) return new Map();
  const rows = await reachDatabase(
    sql.unsafe<Place[]>(
      `select (w.value ->> 0)::int as at, e.text, encode(e.hash, 'hex') as hash, i.process,
        case when i.seq = e.seq then i.state end as "lastState"
      from json_array_elements($1::text::json) w(value)
      join ledger.entries e on e.instance = (w.value ->> 1)::uuid and e.seq = (w.value ->> 2)::int
      left join ledger.instances i on i.id = e.instance`,
      [JSON.stringify(wanted)],
    ),
  );
  return new Map(rows.map((row) => [row.at, row]));
}

function objectIn(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as Json;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

function placeIn(answer: JsonObject | null): { readonly instance: string; readonly seq: number } | null {
  const { instance, seq } = answer ?? {};
  if (typeof instance !== 'string' || !isInstanceId(instance)) return null;
  return typeof seq === 'number' && Number.isInteger(seq) && seq > 0 && seq < 2 ** 31
    ? { instance, seq }
    : null;
}
