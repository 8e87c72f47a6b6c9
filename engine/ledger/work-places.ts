/**
 * In which states of which definitions something waits. Each is found by one look into an index that begins with
 * definition and state, so it takes as long as there are different ones, however much waits in each.
 */
import type { Sql } from 'postgres';
import type { WorkPlace } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** States with an open gate, or with a request for a proposal that still stands. */
export async function listWorkPlaces(sql: Sql, kind: 'gates' | 'requests'): Promise<readonly WorkPlace[]> {
  const table = kind === 'gates' ? 'ledger.gates' : 'ledger.proposal_requests';
  return reachDatabase(
    sql.unsafe<WorkPlace[]>(
      `with recursive places as (
        (select definition, state from ${table} order by definition, state limit 1)
        union all
        select n.definition, n.state from places p cross join lateral (
          select w.definition, w.state from ${table} w where (w.definition, w.state) > (p.definition, p.state)
          order by w.definition, w.state limit 1
        ) n
      )
      select encode(definition, 'hex') as hash, state from places`,
      [],
      { prepare: true },
    ),
  );
}

/** Definitions that have instances, of one process or of all. */
export async function listUsedDefinitions(sql: Sql, process: string | null): Promise<readonly string[]> {
  const rows = await reachDatabase(
    sql.unsafe<{ hash: string }[]>(
      `select encode(d.hash, 'hex') as hash from ledger.definitions d
       where ($1::text is null or d.process = $1::text)
         and exists (select from ledger.instances i where i.definition = d.hash)`,
      [process],
      { prepare: true },
    ),
  );
  return rows.map(({ hash }) => hash);
}
