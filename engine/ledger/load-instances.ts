/** Instances by id, as the step needs them. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { StoredInstance } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** Those that exist, by id. A text that is no instance id is simply not found. */
export async function loadInstances(
  sql: Sql,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredInstance>> {
  const wanted = ids.filter(isInstanceId);
  if (wanted.length === 0) return new Map();
  const rows = await reachDatabase(
    sql.unsafe<StoredInstance[]>(statement, [wanted.join(',')], { prepare: true }),
  );
  return new Map(rows.map((row) => [row.id, row]));
}

export const storedInstanceColumns = `i.id, i.process, encode(i.definition, 'hex') as definition, i.seq,
  encode(i.head, 'hex') as head, i.state, ${instant('i.started_at')} as "startedAt", ${instant('i.updated_at')} as "updatedAt"`;

const statement = `select ${storedInstanceColumns}
  from unnest(string_to_array($1, ',')::uuid[]) w(id) join ledger.instances i on i.id = w.id`;
