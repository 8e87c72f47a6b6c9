/** What a commit holds at which moment: each test stops one in the middle, and looks. */
import type { Sql, TransactionSql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toBatchColumns } from '../../../engine/ledger/batch-columns.ts';
import { commitStatement } from '../../../engine/ledger/commit-steps.ts';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import {
  type Chain,
  commit,
  copyOf,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  untilEngineWaits,
} from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

const untilWaiting = (orElse?: () => boolean) => untilEngineWaits(house.admin, orElse);

/** Runs the work inside a transaction of the administrator that is undone at the end. */
async function whileHolding(work: (sql: TransactionSql) => Promise<void>): Promise<void> {
  const undo = new Error('undo');
  const held = house.admin.begin(async (sql) => {
    await work(sql);
    throw undo;
  });
  await expect(held).rejects.toBe(undo);
}

async function callWith(sql: Sql | TransactionSql, columns: readonly string[]): Promise<string> {
  const version = await house.ledger.directoryVersion();
  const [row] = await sql.unsafe(commitStatement, [String(version), ...columns]);
  return String(row?.verdicts);
}

const timer = { kind: 'timer-set', timer: 't', set: 1, dueAt: '2026-03-05T00:00:00.000Z' } as const;

describe('a commit', () => {
  test('locks instances in order of their ids, in whatever order they come', async () => {
    const { ledger, admin } = house;
    const [first, second] = [newChain(), newChain()].sort(byId) as [Chain, Chain];
    await commit(ledger, [nextStep(first), nextStep(second)]);
    // The second before the first, in all that differs: the ids, the hashes before, and the digests.
    const columns = toBatchColumns([nextStep(first), nextStep(second)]).columns.map((column, index) => {
      if (index === 4) return column.split('\u001f').reverse().join('\u001f');
      const half = column.length / 2;
      return index === 8 || index === 15 ? column.slice(half) + column.slice(0, half) : column;
    });
    let verdicts: Promise<string> = Promise.resolve('');
    await whileHolding(async (sql) => {
      await sql`select from ledger.instances where id = ${second.id} for update`;
      verdicts = callWith(house.engine, columns);
      await untilWaiting();
      const free = await admin`select id from ledger.instances where id = ${first.id} for update skip locked`;
      expect(free).toHaveLength(0);
    });
    expect(await verdicts).toBe('cc');
  });

  test.each([
    ['alone', []],
    ['in company', [newChain()]],
  ])(
    'P1: finds what moved while it waited, %s, and keeps nothing of what it had begun',
    async (_, others) => {
      const { ledger, engine, admin } = house;
      const contended = newChain();
      await commit(
        ledger,
        [contended, ...others].map((chain) => nextStep(chain)),
      );
      const [faster, slower] = [copyOf(contended), copyOf(contended)];
      const answered = (chain: Chain) =>
        nextStep(chain, { idempotency: { principal: 'p', key: chain.id, bodyHash: 'b', answer: '{}' } });
      const first = nextStep(faster);
      let outcomes: Promise<readonly string[]> = Promise.resolve([]);
      await engine.begin(async (sql) => {
        expect(await callWith(sql, toBatchColumns([first]).columns)).toBe('c');
        outcomes = commit(ledger, [slower, ...others].map(answered));
        await untilWaiting();
      });
      expect(await outcomes).toEqual(['conflict', ...others.map(() => 'committed')]);
      const [entry] = await admin`select encode(hash, 'hex') as hash from ledger.entries
      where instance = ${contended.id} and seq = 2`;
      expect(entry?.hash).toBe(first.sealed.hash);
      const keys = [contended, ...others].map(({ id }) => id);
      const answers = await admin`select key from ledger.answers where key in ${admin(keys)}`;
      expect(answers.map(({ key }) => key)).toEqual(others.map(({ id }) => id));
    },
  );

  test('writes answers in order of their keys', async () => {
    const { ledger, admin } = house;
    const chains = [newChain(), newChain()].sort(byId);
    const batch = chains.map((chain, index) =>
      nextStep(chain, {
        idempotency: { principal: 'p', key: ['later', 'earlier'][index] ?? '', bodyHash: 'b', answer: '{}' },
      }),
    );
    let outcomes: Promise<readonly string[]> = Promise.resolve([]);
    await whileHolding(async (sql) => {
      await sql`insert into ledger.answers values ('p', 'earlier', 'b', '{}', now())`;
      outcomes = commit(ledger, batch);
      await untilWaiting();
      const free = admin.begin(async (other) => {
        await other`set local lock_timeout = '1s'`;
        await other`insert into ledger.answers values ('p', 'later', 'b', '{}', now())`;
        throw new Error('free');
      });
      await expect(free).rejects.toThrow('free');
    });
    expect(await outcomes).toEqual(['committed', 'committed']);
  });

  test('P3: holds the directory until it is done: a change waits for it, and is answered after', async () => {
    const { ledger } = house;
    const second = await openLedger(house.database.engineUrl);
    const version = await ledger.directoryVersion();
    const step = nextStep(newChain(), { effects: [timer] });
    let outcomes: Promise<unknown> = Promise.resolve();
    let change: Promise<unknown> = Promise.resolve();
    let changed = false;
    await whileHolding(async (sql) => {
      // Timers come last: at this row the commit waits, with its decision made and nothing committed.
      await sql`insert into ledger.timers values (${step.instance}, 't', 1, now())`;
      outcomes = ledger.commitSteps([step], version);
      await untilWaiting();
      change = second.replaceDirectory([], [], 'person:a').then(() => {
        changed = true;
      });
      for (;;) {
        const waiting = await sql`select from pg_locks where not granted
          and relation = 'ledger.directory_version'::regclass`;
        if (waiting.length > 0 || changed) break;
      }
      expect(changed).toBe(false);
    });
    expect(await outcomes).toEqual([{ kind: 'committed' }]);
    await change;
    expect(await ledger.commitSteps([nextStep(newChain())], version)).toEqual([
      { kind: 'directory-changed' },
    ]);
    await second.close();
  });

  test('P6: that is offered again while its first attempt still runs is a conflict, not a repetition', async () => {
    const { ledger, engine } = house;
    const chain = newChain();
    const batch: StepToCommit[] = [
      nextStep(chain, { idempotency: { principal: 'p', key: 'again', bodyHash: 'b', answer: '{}' } }),
      nextStep(chain),
    ];
    let offered: Promise<readonly string[]> = Promise.resolve([]);
    await engine.begin(async (sql) => {
      expect(await callWith(sql, toBatchColumns(batch).columns)).toBe('c');
      offered = commit(ledger, batch);
      await untilWaiting();
    });
    // Were the first step called repeated, the second would be tried again, and happen twice.
    expect(await offered).toEqual(['conflict', 'conflict']);
    expect(await commit(ledger, [nextStep(copyOf(chain))])).toEqual(['committed']);
  });
});

function byId(one: Chain, other: Chain): number {
  return one.id < other.id ? -1 : 1;
}
