/** Timers that are due. Reading one claims nothing: whoever delivers it wins by the instance's version. Those of a stopped instance wait. */
import type { Sql } from 'postgres';
import { instant } from './instant.ts';
import type { DueTimer } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** The longest overdue first, and at the same instant by name, as everywhere else. `now` is ISO 8601. */
export async function listDueTimers(sql: Sql, now: string, limit: number): Promise<readonly DueTimer[]> {
  return reachDatabase(
    sql.unsafe<DueTimer[]>(
      `select t.instance, t.timer, t.set, ${instant('t.due_at')} as "dueAt" from ledger.timers t
       where t.due_at <= $1::timestamptz
         and not exists (select from ledger.controls c
           where c.lifted_at is null and c.mode = 'stopped' and c.scope = 'everything')
         and (not exists (select from ledger.controls c where c.lifted_at is null and c.mode = 'stopped')
           or not ledger.is_stopped(t.instance))
       order by t.due_at, t.instance, t.timer collate "C" limit $2::int`,
      [now, limit],
      { prepare: true },
    ),
  );
}
