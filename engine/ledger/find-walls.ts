/** What the last door would say to migrations, asked before they are tried: for whoever is told why they are blocked. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import type { MigrationMove, WallInTheWay } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** One wall an instance, by the instance's id; nothing for those that may pass. */
export async function findWalls(
  sql: Sql,
  from: string,
  to: string,
  moves: readonly MigrationMove[],
): Promise<ReadonlyMap<string, WallInTheWay>> {
  const asked = moves.filter(({ instance }) => isInstanceId(instance));
  if (asked.length === 0) return new Map();
  const rows = await reachDatabase(
    sql.unsafe<(WallInTheWay & { instance: string })[]>(statement, [from, to, JSON.stringify(asked)]),
  );
  return new Map(rows.map(({ instance, ...wall }) => [instance, wall]));
}

const statement = `select distinct on (m.instance) m.instance, w.state, w.gates
  from json_to_recordset($3::text::json) as m(instance uuid, "from" text[], "to" text[])
  cross join lateral ledger.walls_in_the_way(
    m.instance, decode($1, 'hex'), decode($2, 'hex'), m."from", m."to") w
  order by m.instance, w.state, w.gates`;
