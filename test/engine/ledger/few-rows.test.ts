/** How PostgreSQL finds rows by their key while there are few of them: a plan made then is kept for long. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { definition, type LedgerHouse, openLedgerHouse } from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

const hash = `decode('${definition}', 'hex')`;
const head = "decode(repeat('00', 32), 'hex')";

test.each([
  [
    'instances',
    'id, definition, seq, head, started_at, updated_at, status, process, initiator, states, state',
    `gen_random_uuid(), ${hash}, 1, ${head}, now(), now(), 'active', 'p', 'person:an', '{}', repeat('x', 300)`,
    'r.id = w.id',
  ],
  [
    'gates',
    'instance, state, definition, opened, opened_at',
    `gen_random_uuid(), 'approving', ${hash}, 1, now()`,
    'r.instance = w.id and r.state = w.name',
  ],
  [
    'proposal_requests',
    'instance, state, definition, opened, decision, requested_at',
    `gen_random_uuid(), 'drafting', ${hash}, 1, 'wording', now()`,
    'r.instance = w.id and r.state = w.name',
  ],
  [
    'timers',
    'instance, timer, set, due_at',
    "gen_random_uuid(), 't', 1, now()",
    'r.instance = w.id and r.timer = w.name',
  ],
  [
    'instance_fields',
    'instance, field, process, value',
    "gen_random_uuid(), 'f', 'p', '1'",
    'r.instance = w.id and r.field = w.name',
  ],
])(
  '%s are found by their key, and by no index that begins with something else',
  async (table, columns, row, same) => {
    const plan = await house.admin.begin(async (sql) => {
      await sql.unsafe(`insert into ledger.${table} (${columns}) select ${row} from generate_series(1, 100)`);
      await sql.unsafe(`analyze ledger.${table}`);
      for (const way of ['seqscan', 'bitmapscan', 'hashjoin', 'mergejoin'])
        await sql.unsafe(`set local enable_${way} = off`);
      return sql.unsafe<{ 'QUERY PLAN': string }[]>(
        `explain select r.* from unnest('{}'::uuid[], '{}'::text[]) as w(id, name) join ledger.${table} r on ${same}`,
      );
    });
    const indexes = plan.flatMap((line) => /Index.* using (\S+)/.exec(line['QUERY PLAN'])?.[1] ?? []);
    expect(indexes).toEqual([`${table}_pkey`]);
  },
);
