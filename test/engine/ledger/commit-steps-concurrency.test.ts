import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ledger, LedgerUnavailable } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import {
  type Chain,
  commit,
  copyOf,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  steps,
} from './ledger-house.ts';

let house: LedgerHouse;
let second: Ledger;
beforeAll(async () => {
  house = await openLedgerHouse();
  second = await openLedger(house.database.engineUrl);
});
afterAll(async () => {
  await second.close();
  await house.close();
});

/** The chain as it is stored now, to try a step from. */
async function reload(ledger: Ledger, id: string): Promise<Chain> {
  const stored = (await ledger.loadInstances([id])).get(id);
  return { id, seq: stored?.seq ?? 0, head: stored?.head ?? '0'.repeat(64) };
}

/** The stored chain holds together, ends where the instance says, and is this long. */
async function expectChain(id: string, length: number) {
  const entries = await house.ledger.readEntries(id, 0, 10_000);
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length }, (_, index) => index + 1));
  let previous = '0'.repeat(64);
  for (const { text, hash } of entries) {
    expect((JSON.parse(text) as { previous: string }).previous).toBe(previous);
    previous = hash;
  }
  expect(await reload(house.ledger, id)).toEqual({ id, seq: length, head: previous });
}

describe('P1: many writers', () => {
  test('64 writers on one instance make exactly the legal chain', async () => {
    const chain = newChain();
    await commit(house.ledger, [nextStep(chain)]);
    let committed = 0;
    const writers = Array.from({ length: 64 }, async (_, writer) => {
      const ledger = writer % 2 === 0 ? house.ledger : second;
      for (;;) {
        const [outcome] = await commit(ledger, [nextStep(await reload(ledger, chain.id))]);
        if (outcome === 'committed') break;
        expect(outcome).toBe('conflict');
      }
      committed += 1;
    });
    await Promise.all(writers);
    expect(committed).toBe(64);
    await expectChain(chain.id, 65);
  });

  test('64 writers with one step from the same place: one is committed', async () => {
    const chain = newChain();
    await commit(house.ledger, [nextStep(chain)]);
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, writer) =>
        commit(writer % 2 === 0 ? house.ledger : second, [
          nextStep(copyOf(chain), { states: [`w-${writer}`] }),
        ]),
      ),
    );
    expect(outcomes.filter(([outcome]) => outcome === 'committed')).toHaveLength(1);
    await expectChain(chain.id, 2);
  });

  test('64 writers start the same instance: one does', async () => {
    const chain = newChain();
    const outcomes = await Promise.all(
      Array.from({ length: 64 }, (_, writer) =>
        commit(writer % 2 === 0 ? house.ledger : second, [
          nextStep(copyOf(chain), { states: [`w-${writer}`] }),
        ]),
      ),
    );
    expect(outcomes.flat().sort()).toEqual(['committed', ...Array(63).fill('conflict')]);
    await expectChain(chain.id, 1);
  });

  test('batches with the same instances in opposite order do not deadlock', async () => {
    const chains = Array.from({ length: 40 }, newChain);
    await commit(
      house.ledger,
      chains.map((chain) => nextStep(chain)),
    );
    for (let round = 0; round < 10; round += 1) {
      const places = await Promise.all(chains.map(({ id }) => reload(house.ledger, id)));
      const batch = (ledger: Ledger, order: readonly Chain[]) =>
        commit(
          ledger,
          order.map((chain) => nextStep(copyOf(chain))),
        );
      const [forward = [], backward = []] = await Promise.all([
        batch(house.ledger, places),
        batch(second, places.toReversed()),
      ]);
      for (const [index, outcome] of forward.entries()) {
        expect([outcome, backward.toReversed()[index]].sort()).toEqual(['committed', 'conflict']);
      }
    }
    await Promise.all(chains.map(({ id }) => expectChain(id, 11)));
  });
});

describe('P6: many repeats', () => {
  test('one key sent by 32 writers for 32 new instances takes effect once', async () => {
    const idempotency = { principal: 'person:an', key: 'storm', bodyHash: 'b', answer: '{}' };
    const chains = Array.from({ length: 32 }, newChain);
    const outcomes = await Promise.all(
      chains.map((chain, writer) =>
        commit(writer % 2 === 0 ? house.ledger : second, [
          nextStep(chain, { idempotency }),
          nextStep(newChain()),
        ]),
      ),
    );
    expect(outcomes.map(([own]) => own).sort()).toEqual(['committed', ...Array(31).fill('repeated')]);
    expect(outcomes.every(([, company]) => company === 'committed')).toBe(true);
    expect((await house.ledger.loadInstances(chains.map(({ id }) => id))).size).toBe(1);
  });

  test('batches that share keys in opposite order do not deadlock', async () => {
    const keyed = (key: number) =>
      nextStep(newChain(), {
        idempotency: { principal: 'person:an', key: `k-${key}`, bodyHash: 'b', answer: '{}' },
      });
    const keys = Array.from({ length: 50 }, (_, key) => key);
    const outcomes = await Promise.all([
      commit(house.ledger, keys.map(keyed)),
      commit(second, keys.toReversed().map(keyed)),
    ]);
    expect(outcomes.flat().filter((outcome) => outcome === 'committed')).toHaveLength(50);
    expect(outcomes.flat().filter((outcome) => outcome === 'repeated')).toHaveLength(50);
  });
});

describe('P1: a connection that breaks in the middle of a commit', () => {
  test('after everything was written but not committed, leaves nothing', async () => {
    const { ledger, admin } = house;
    const chains = Array.from({ length: 20 }, newChain);
    const late = chains[7]?.id ?? '';
    const batch = chains.map((chain) =>
      nextStep(chain, {
        effects: [{ kind: 'timer-set', timer: 't', set: 1, dueAt: '2026-03-05T00:00:00.000Z' }],
      }),
    );
    await admin
      .begin(async (sql) => {
        // Timers come last: at this row the commit waits, with all the rest done.
        await sql`insert into ledger.timers values (${late}, 't', 1, now())`;
        const attempt = commitOrBreak(ledger, batch);
        for (;;) {
          const killed = await admin`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and usename = 'countersign_engine' and wait_event_type = 'Lock'`;
          if (killed.length > 0) break;
        }
        expect(await attempt).toBe('unavailable');
        throw new Error('undo');
      })
      .catch((error: unknown) => expect(String(error)).toContain('undo'));
    expect(await countOf(batch.map(({ instance }) => instance))).toEqual({
      instances: 0,
      entries: 0,
      contents: 0,
    });
    expect(await commit(ledger, batch)).toEqual(Array(20).fill('committed'));
  });

  test('at any other moment, leaves all of a batch or nothing, and the ledger goes on', async () => {
    const { ledger, admin } = house;
    let broken = 0;
    for (let round = 0; round < 25; round += 1) {
      const chains = Array.from({ length: 60 }, newChain);
      const attempt = commitOrBreak(
        ledger,
        chains.flatMap((chain) => steps(chain, 2)),
      );
      // The moment differs from round to round, by how often something else is asked first.
      for (let asked = 0; asked < round; asked += 1) await admin`select 1`;
      await admin`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and usename = 'countersign_engine'`;
      broken += (await attempt) === 'unavailable' ? 1 : 0;
      const all = { instances: 60, entries: 120, contents: 120 };
      expect([all, { instances: 0, entries: 0, contents: 0 }]).toContainEqual(
        await countOf(chains.map(({ id }) => id)),
      );
    }
    expect(broken).toBeGreaterThan(0);
    const after = newChain();
    while ((await commitOrBreak(ledger, [nextStep(copyOf(after))])) === 'unavailable');
    await expectChain(after.id, 1);
  });
});

async function countOf(ids: readonly string[]) {
  const [row] = await house.admin.unsafe(
    `select (select count(*)::int from ledger.instances where id = any (string_to_array($1, ',')::uuid[])) as instances,
      (select count(*)::int from ledger.entries where instance = any (string_to_array($1, ',')::uuid[])) as entries,
      (select count(*)::int from ledger.contents where instance = any (string_to_array($1, ',')::uuid[])) as contents`,
    [ids.join(',')],
  );
  return { ...row };
}

async function commitOrBreak(
  ledger: Ledger,
  batch: Parameters<Ledger['commitSteps']>[0],
): Promise<'done' | 'unavailable'> {
  try {
    await commit(ledger, batch);
    return 'done';
  } catch (error) {
    expect(error).toBeInstanceOf(LedgerUnavailable);
    return 'unavailable';
  }
}
