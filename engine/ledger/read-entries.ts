/** Entries of the record with their contents. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import type { StoredEntry } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** An instance's entries after a seq, in order. */
export async function readEntries(
  sql: Sql,
  instance: string,
  afterSeq: number,
  limit: number,
): Promise<readonly StoredEntry[]> {
  if (!isInstanceId(instance)) return [];
  return reachDatabase(
    sql.unsafe<StoredEntry[]>(
      `${select} where e.instance = $1::uuid and e.seq > $2::int order by e.seq limit $3::int`,
      [instance, afterSeq, limit],
      { prepare: true },
    ),
  );
}

export async function findEntry(sql: Sql, instance: string, seq: number): Promise<StoredEntry | null> {
  const [entry] = await readEntries(sql, instance, seq - 1, 1);
  return entry?.seq === seq ? entry : null;
}

const entryColumns = `e.instance, e.seq, e.text, encode(e.hash, 'hex') as hash, c.data,
    encode(c.data_salt, 'hex') as "dataSalt", encode(c.changed_salt, 'hex') as "changedSalt"`;

// Joined from the left: an entry whose content is gone is still an entry.
const select = `select ${entryColumns}
  from ledger.entries e left join ledger.contents c on c.instance = e.instance and c.seq = e.seq`;
