/**
 * The floor under a durable transition: what the same PostgreSQL needs for the same rows when
 * nothing but rows is wanted. Tables alike (columns, indexes, storage), no ledger function, no
 * trigger, no check; plain `unnest` statements through the same client, in batches of the sizes that
 * the engine itself made, as many under way as it has. What lies between this and the engine is
 * what the promises cost.
 */
import postgres from 'postgres';
import { type DatabaseAddress, toConnectionOptions } from '../engine/index.ts';
import type { AtEnd } from './clean-up.ts';
import type { Side } from './rounds.ts';

export interface SqlFloor {
  readonly side: Side;
  /** Does the work, and keeps what the engine committed meanwhile, batch by batch, for a later measurement. */
  recording<T>(work: () => Promise<T>): Promise<T>;
}

/** As many as the engine has with 512 commands under way, never with the same instance in two of them. */
const underWay = 3;

export async function prepareSqlFloor(address: DatabaseAddress, atEnd: AtEnd): Promise<SqlFloor> {
  const sql = postgres({ ...toConnectionOptions(address), max: underWay, onnotice: () => {} });
  atEnd(() => sql.end());
  await makeTables(sql);
  const recordings: Batch[][] = [];
  return {
    async recording(work) {
      const before = await newestTransaction(sql);
      const answer = await work();
      recordings.push(await readBatches(sql, before));
      return answer;
    },
    side: {
      name: 'sql-floor',
      async measure() {
        const batches = recordings.shift();
        if (batches === undefined)
          throw new Error('The engine has committed nothing for the floor to repeat.');
        const steps = batches.reduce((sum, batch) => sum + batch.seqs.length, 0);
        const start = performance.now();
        await writeAll(sql, batches);
        return { 'sql-floor': steps / ((performance.now() - start) / 1000) };
      },
    },
  };
}

/** One batch as columns: the steps, and the instances they leave behind. Bytes are hexadecimal text. */
interface Batch {
  readonly ids: string[];
  readonly seqs: number[];
  readonly hashes: string[];
  readonly texts: string[];
  readonly data: (string | null)[];
  readonly dataSalts: (string | null)[];
  readonly changedSalts: (string | null)[];
  readonly moved: Map<string, { seq: number; head: string; states: string; state: string; at: string }>;
}

/** Replays batches in their order; one that shares an instance with one under way waits for it. */
async function writeAll(sql: postgres.Sql, batches: readonly Batch[]): Promise<void> {
  const waiting = [...batches];
  const running = new Map<Batch, Promise<void>>();
  while (waiting.length > 0) {
    const at = waiting.findIndex(
      (batch) => ![...running.keys()].some((other) => shareInstance(batch, other)),
    );
    const next = running.size < underWay && at >= 0 && at < underWay ? waiting.splice(at, 1)[0] : undefined;
    if (next === undefined) await Promise.race(running.values());
    else
      running.set(
        next,
        writeBatch(sql, next).finally(() => running.delete(next)),
      );
  }
  await Promise.all(running.values());
}

function shareInstance(one: Batch, other: Batch): boolean {
  return [...one.moved.keys()].some((id) => other.moved.has(id));
}

/** One statement, one transaction, one sync to disk. */
async function writeBatch(sql: postgres.Sql, batch: Batch): Promise<void> {
  const moved = [...batch.moved.entries()];
  await sql`
    with new_entries as (
      insert into floor.entries (instance, seq, hash, text)
      select * from (
        select given.id, given.seq, decode(given.hash, 'hex'), given.text
        from unnest(${batch.ids}::uuid[], ${batch.seqs}::integer[], ${batch.hashes}::text[],
          ${batch.texts}::text[]) as given (id, seq, hash, text)) as row
    ), new_contents as (
      insert into floor.contents (instance, seq, data, data_salt, changed_salt)
      select given.id, given.seq, given.data, decode(given.data_salt, 'hex'), decode(given.changed_salt, 'hex')
      from unnest(${batch.ids}::uuid[], ${batch.seqs}::integer[], ${batch.data}::text[],
        ${batch.dataSalts}::text[], ${batch.changedSalts}::text[])
        as given (id, seq, data, data_salt, changed_salt)
    )
    update floor.instances as instance
    set seq = given.seq, head = decode(given.head, 'hex'), updated_at = given.at::timestamptz,
      states = given.states::text[], state = given.state
    from unnest(${moved.map(([id]) => id)}::uuid[], ${moved.map(([, to]) => to.seq)}::integer[],
      ${moved.map(([, to]) => to.head)}::text[], ${moved.map(([, to]) => to.at)}::text[],
      ${moved.map(([, to]) => to.states)}::text[], ${moved.map(([, to]) => to.state)}::text[])
      as given (id, seq, head, at, states, state)
    where instance.id = given.id`;
}

/** The ledger's hot tables without its triggers and functions, the instances already in them. */
async function makeTables(sql: postgres.Sql): Promise<void> {
  await sql`create schema floor`;
  for (const table of ['instances', 'entries', 'contents']) {
    await sql`create table floor.${sql(table)} (like ledger.${sql(table)} including all)`;
    const [stored] = await sql<{ options: string | null }[]>`
      select array_to_string(reloptions, ', ') as options from pg_class
      where oid = ${`ledger.${table}`}::regclass`;
    if (stored?.options) await sql.unsafe(`alter table floor.${table} set (${stored.options})`);
  }
  await sql`insert into floor.instances select * from ledger.instances`;
  await sql`analyze floor.instances, floor.entries, floor.contents`;
}

async function newestTransaction(sql: postgres.Sql): Promise<string> {
  const [row] = await sql<{ newest: string | null }[]>`
    select max(xmin::text::bigint)::text as newest from ledger.entries`;
  return row?.newest ?? '0';
}

interface RecordedRow {
  readonly transaction: string;
  readonly id: string;
  readonly seq: number;
  readonly hash: string;
  readonly text: string;
  readonly data: string | null;
  readonly dataSalt: string | null;
  readonly changedSalt: string | null;
  readonly states: string;
  readonly state: string;
  readonly at: string;
}

/**
 * What was committed after that transaction. Rows written by one transaction were one batch. The
 * ledger keeps an instance's latest state only, so that stands in for the ones between: they differ
 * by a digit of the counter.
 */
async function readBatches(sql: postgres.Sql, afterTransaction: string): Promise<Batch[]> {
  const batches = new Map<string, Batch>();
  const rows = sql<RecordedRow[]>`
    select entry.xmin::text as transaction, entry.instance as id, entry.seq,
      encode(entry.hash, 'hex') as hash, entry.text, content.data,
      encode(content.data_salt, 'hex') as "dataSalt", encode(content.changed_salt, 'hex') as "changedSalt",
      instance.states::text as states, instance.state, instance.updated_at::text as at
    from ledger.entries as entry
    join ledger.contents as content using (instance, seq)
    join ledger.instances as instance on instance.id = entry.instance
    where entry.xmin::text::bigint > ${afterTransaction}::bigint and entry.seq > 1
    order by entry.xmin::text::bigint, entry.instance, entry.seq`.cursor(5000);
  for await (const page of rows) {
    for (const row of page) addToBatch(batches, row);
  }
  return [...batches.values()];
}

function addToBatch(batches: Map<string, Batch>, row: RecordedRow): void {
  let batch = batches.get(row.transaction);
  if (batch === undefined) {
    batch = {
      ids: [],
      seqs: [],
      hashes: [],
      texts: [],
      data: [],
      dataSalts: [],
      changedSalts: [],
      moved: new Map(),
    };
    batches.set(row.transaction, batch);
  }
  batch.ids.push(row.id);
  batch.seqs.push(row.seq);
  batch.hashes.push(row.hash);
  batch.texts.push(row.text);
  batch.data.push(row.data);
  batch.dataSalts.push(row.dataSalt);
  batch.changedSalts.push(row.changedSalt);
  const { seq, hash: head, states, state, at } = row;
  batch.moved.set(row.id, { seq, head, states, state, at });
}
