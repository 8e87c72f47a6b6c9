import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Effect } from '../../../engine/step/step.ts';
import {
  commit,
  copyOf,
  deploy,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  pictureOf,
  sha256,
  steps,
} from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

describe('commitSteps', () => {
  test('P1: a step is one entry, with the new state, in one go', async () => {
    const { ledger } = house;
    const chain = newChain();
    const start = nextStep(chain, { time: '2026-03-02T08:00:00.000Z' });
    expect(await commit(ledger, [start])).toEqual(['committed']);
    const second = nextStep(chain, {
      time: '2026-03-02T08:00:00.001Z',
      status: 'done',
      states: ['a.b', 'c'],
    });
    expect(await commit(ledger, [second])).toEqual(['committed']);

    const stored = (await ledger.loadInstances([chain.id])).get(chain.id);
    expect(stored).toEqual({
      id: chain.id,
      process: 'leave-request',
      definition: start.definition,
      seq: 2,
      head: second.sealed.hash,
      state: second.state,
      startedAt: '2026-03-02T08:00:00.000Z',
      updatedAt: '2026-03-02T08:00:00.001Z',
    });
    const { text, hash, data, dataSalt, changedSalt } = second.sealed;
    expect(await ledger.readEntries(chain.id, 1, 10)).toEqual([
      { instance: chain.id, seq: 2, text, hash, data, dataSalt, changedSalt },
    ]);
    expect((await ledger.findEntry(chain.id, 1))?.changedSalt).toBeNull();
    expect(await ledger.findEntry(chain.id, 3)).toBeNull();
  });

  test('P1: several steps of one instance chain within a batch, and the last state stays', async () => {
    const { ledger } = house;
    const [one, two] = [newChain(), newChain()];
    const ones = steps(one, 3);
    const twos = steps(two, 2);
    const mixed = [ones[0], twos[0], ones[1], ones[2], twos[1]].flatMap((step) => step ?? []);
    expect(await commit(ledger, mixed)).toEqual(Array(5).fill('committed'));
    const stored = await ledger.loadInstances([one.id, two.id]);
    expect([stored.get(one.id)?.seq, stored.get(two.id)?.seq]).toEqual([3, 2]);
    expect(stored.get(one.id)?.state).toBe(ones[2]?.state);
    expect((await ledger.readEntries(one.id, 0, 10)).map(({ hash }) => hash)).toEqual(
      ones.map(({ sealed }) => sealed.hash),
    );
  });

  test('P1: a conflict costs its own instance all of its steps, and the others none', async () => {
    const { ledger } = house;
    const [behind, well, fresh] = [newChain(), newChain(), newChain()];
    await commit(ledger, [nextStep(behind), nextStep(well)]);
    const late = copyOf(behind);
    await commit(ledger, [nextStep(behind)]);
    const before = await ledger.loadInstances([behind.id]);
    const outcomes = await commit(ledger, [...steps(late, 2), ...steps(well, 2), nextStep(fresh)]);
    expect(outcomes).toEqual(['conflict', 'conflict', 'committed', 'committed', 'committed']);
    expect(await ledger.loadInstances([behind.id])).toEqual(before);
    expect(await ledger.readEntries(behind.id, 0, 10)).toHaveLength(2);
  });

  test('starting an instance that is there already is a conflict', async () => {
    const chain = newChain();
    const other = copyOf(chain);
    expect(await commit(house.ledger, [nextStep(chain)])).toEqual(['committed']);
    expect(await commit(house.ledger, [nextStep(other, { time: '2026-03-02T09:00:00.000Z' })])).toEqual([
      'conflict',
    ]);
  });

  test('continuing an instance that is not there is a conflict', async () => {
    const chain = { ...newChain(), seq: 4, head: sha256('elsewhere') };
    expect(await commit(house.ledger, [nextStep(chain)])).toEqual(['conflict']);
  });

  test('a decision made by an older directory is not committed', async () => {
    const { ledger, admin } = house;
    const version = await ledger.directoryVersion();
    await ledger.replaceDirectory([], [], 'person:a');
    const before = await pictureOf(admin);
    expect(await ledger.commitSteps(steps(newChain(), 2), version)).toEqual([
      { kind: 'directory-changed' },
      { kind: 'directory-changed' },
    ]);
    expect(await pictureOf(admin)).toBe(before);
  });

  test('one broken step sends its instance back and spares its company; alone it throws', async () => {
    const { ledger } = house;
    const [broken, well] = [newChain(), newChain()];
    const step = nextStep(broken, { entry: { seq: 7 } });
    expect(await commit(ledger, [step, nextStep(well)])).toEqual(['conflict', 'committed']);
    await expect(commit(ledger, [step])).rejects.toThrow(/refused entry 1 of .* does not fit/);
    await expect(
      commit(ledger, [nextStep(newChain(), { definition: sha256('not deployed') })]),
    ).rejects.toThrow(/not deployed/);
  });

  test('a text that the database cannot take spares its company as well', async () => {
    const { ledger } = house;
    const odd = (key: string) => ({ principal: 'person:an', key, bodyHash: 'b', answer: '{}' });
    const chains = Array.from({ length: 7 }, newChain);
    const batch = chains.map((chain, index) =>
      nextStep(chain, {
        ...(index === 2 ? { entry: { event: 'a\u0000b' } } : {}),
        ...(index === 5 ? { idempotency: odd('key\u001fkey') } : {}),
      }),
    );
    const outcomes = await commit(ledger, batch);
    expect(outcomes).toEqual(chains.map((_, index) => (index === 2 || index === 5 ? 'failed' : 'committed')));
  });

  test('an instance may be in no state, and a lone text may be short', async () => {
    const { ledger } = house;
    const chain = newChain();
    const idempotency = { principal: 'p', key: '~', bodyHash: 'b', answer: '""' };
    expect(await commit(ledger, [nextStep(chain, { states: [], idempotency })])).toEqual(['committed']);
    expect(await commit(ledger, [nextStep(chain, { states: [] })])).toEqual(['committed']);
    const [found] = await ledger
      .searchInstances({ visible: null, limit: 100 })
      .then((all) => all.filter(({ id }) => id === chain.id));
    expect(found?.states).toEqual([]);
    const empty = { ...idempotency, key: '' };
    await expect(commit(ledger, [nextStep(newChain(), { idempotency: empty })])).rejects.toThrow('is empty');
  });

  test('texts come back as they went in, whatever they hold', async () => {
    const { ledger } = house;
    const chain = newChain();
    const odd = '~ \\x00 {"a":"b,c"} \\ \' " \u2028 ế 🖋 \\u0000';
    const step = nextStep(chain, {
      states: ['a', 'b.c'],
      idempotency: { principal: 'person:an', key: `~${odd}`, bodyHash: odd, answer: JSON.stringify({ odd }) },
      indexed: { post: odd },
    });
    const long = { ...step, state: JSON.stringify({ odd, long: 'dài '.repeat(20_000) }) };
    expect(await commit(ledger, [long])).toEqual(['committed']);
    expect((await ledger.loadInstances([chain.id])).get(chain.id)?.state).toBe(long.state);
    const answers = await ledger.loadAnswers([{ principal: 'person:an', key: `~${odd}` }]);
    expect([...answers.values()]).toEqual([{ bodyHash: odd, answer: JSON.stringify({ odd }) }]);
    const found = await ledger.searchInstances({ fields: { post: odd }, visible: null, limit: 5 });
    expect(found.map(({ id, states, indexed }) => ({ id, states, indexed }))).toEqual([
      { id: chain.id, states: ['a', 'b.c'], indexed: { post: odd } },
    ]);
  });
});

describe('idempotency keys', () => {
  const used = (key: string) => ({
    principal: 'person:an',
    key,
    bodyHash: 'body',
    answer: `{"key":"${key}"}`,
  });

  test('P6: a key that was answered is repeated, and nothing of its instance is applied', async () => {
    const { ledger } = house;
    const [first, again, bystander] = [newChain(), newChain(), newChain()];
    await commit(ledger, [nextStep(first, { idempotency: used('once') })]);
    const batch = [
      nextStep(again, { idempotency: used('fresh') }),
      nextStep(again, { idempotency: used('once') }),
      nextStep(bystander, { idempotency: used('other') }),
    ];
    expect(await commit(ledger, batch)).toEqual(['conflict', 'repeated', 'committed']);
    expect((await ledger.loadInstances([again.id])).size).toBe(0);
    expect(await ledger.readEntries(again.id, 0, 5)).toEqual([]);
    const keys = ['once', 'fresh', 'other'].map((key) => ({ principal: 'person:an', key }));
    expect([...(await ledger.loadAnswers(keys))]).toEqual([
      ['person:an once', { bodyHash: 'body', answer: '{"key":"once"}' }],
      ['person:an other', { bodyHash: 'body', answer: '{"key":"other"}' }],
    ]);
  });

  test('P6: of two instances with one key in one batch only one is applied', async () => {
    const { ledger } = house;
    const twins = [newChain(), newChain()];
    const outcomes = await commit(
      ledger,
      twins.map((chain) => nextStep(chain, { idempotency: used('twin') })),
    );
    expect([...outcomes].sort()).toEqual(['committed', 'conflict']);
    expect((await ledger.loadInstances(twins.map(({ id }) => id))).size).toBe(1);
  });

  test('the same key of another principal is another key', async () => {
    const idempotency = { ...used('once'), principal: 'person:chi' };
    expect(await commit(house.ledger, [nextStep(newChain(), { idempotency })])).toEqual(['committed']);
  });

  test('an instance that conflicts leaves no answer behind', async () => {
    const { ledger } = house;
    const chain = newChain();
    const late = copyOf(chain);
    await commit(ledger, [nextStep(chain)]);
    expect(await commit(ledger, [nextStep(late, { idempotency: used('late') })])).toEqual(['conflict']);
    expect((await ledger.loadAnswers([{ principal: 'person:an', key: 'late' }])).size).toBe(0);
  });
});

describe('what a step schedules', () => {
  test('P1: gates, requests and timers appear and go with their steps', async () => {
    const { ledger } = house;
    const hash = await deploy(ledger, 'id: scheduled', 'scheduled');
    const chain = newChain();
    const opening: Effect[] = [
      { kind: 'gate-opened', state: 'voting', opened: 1 },
      { kind: 'proposal-requested', state: 'drafting', opened: 1, decision: 'summary' },
      { kind: 'timer-set', timer: 'xstate.after.1.a', set: 1, dueAt: '2026-03-05T00:00:00.000Z' },
    ];
    await commit(ledger, [nextStep(chain, { definition: hash, effects: opening })]);
    const places = [{ hash, state: 'voting' }];
    expect(await ledger.listOpenGates(places, 'person:nobody', null, 5)).toEqual([
      {
        instance: chain.id,
        process: 'scheduled',
        definition: hash,
        state: 'voting',
        opened: 1,
        openedAt: '2026-03-02T08:00:00.000Z',
      },
    ]);
    expect(await ledger.listDueTimers('2026-03-04T23:59:59.999Z', 5)).toEqual([]);
    expect(await ledger.listDueTimers('2026-03-05T00:00:00.000Z', 5)).toEqual([
      { instance: chain.id, timer: 'xstate.after.1.a', set: 1, dueAt: '2026-03-05T00:00:00.000Z' },
    ]);

    // Left and entered again within one batch: what stays is the last.
    const again: Effect[] = [
      { kind: 'gate-closed', state: 'voting', opened: 1 },
      { kind: 'gate-opened', state: 'voting', opened: 2 },
      { kind: 'timer-cleared', timer: 'xstate.after.1.a' },
      { kind: 'timer-set', timer: 'timeout:drafting', set: 2, dueAt: '2026-03-06T00:00:00.000Z' },
    ];
    const off: Effect[] = [
      { kind: 'timer-cleared', timer: 'timeout:drafting' },
      { kind: 'proposal-request-closed', state: 'drafting', opened: 1 },
    ];
    const batch = [
      nextStep(chain, { definition: hash, effects: again }),
      nextStep(chain, { definition: hash, effects: off }),
    ];
    expect(await commit(ledger, batch)).toEqual(['committed', 'committed']);
    expect(
      (await ledger.listOpenGates(places, 'person:nobody', null, 5)).map(({ opened }) => opened),
    ).toEqual([2]);
    expect(await ledger.listDueTimers('2030-01-01T00:00:00.000Z', 5)).toEqual([]);
    expect(await ledger.claimRequest([{ hash, state: 'drafting' }], 'agent:a', 1000)).toBeNull();
  });

  test('nothing is scheduled by a step that was not applied', async () => {
    const { ledger, admin } = house;
    const chain = newChain();
    const late = copyOf(chain);
    await commit(ledger, [nextStep(chain)]);
    const before = await pictureOf(admin);
    const effects: Effect[] = [
      { kind: 'gate-opened', state: 'voting', opened: 1 },
      { kind: 'proposal-requested', state: 'drafting', opened: 1, decision: 'summary' },
      { kind: 'timer-set', timer: 't', set: 1, dueAt: '2026-03-05T00:00:00.000Z' },
    ];
    await commit(ledger, [nextStep(late, { effects, indexed: { post: 'clerk' } })]);
    expect(await pictureOf(admin)).toBe(before);
  });

  test('indexed fields follow their last values, and an unset one goes', async () => {
    const { ledger } = house;
    const chain = newChain();
    await commit(ledger, [nextStep(chain, { indexed: { post: 'clerk', pages: 12, urgent: true } })]);
    await commit(ledger, [
      nextStep(chain, { indexed: { post: 'chief' } }),
      nextStep(chain, { indexed: { urgent: null } }),
    ]);
    const [found] = await ledger.searchInstances({
      fields: { post: 'chief', pages: '12' },
      visible: null,
      limit: 1,
    });
    expect(found?.indexed).toEqual({ pages: 12, post: 'chief' });
    expect(await ledger.searchInstances({ fields: { post: 'clerk' }, visible: null, limit: 5 })).toEqual([]);
  });
});
