import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Ledger } from '../../../engine/ledger/ledger.ts';
import {
  commit,
  connect,
  definition,
  deploy,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  sha256,
  source,
  steps,
} from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

const noInstance = ['', 'x', '0193E7A8-0000-7000-8000-000000000001', "' or true --", '{"a":1}'];

describe('instances and entries', () => {
  test('a text that is no instance id is simply not there', async () => {
    const { ledger } = house;
    expect((await ledger.loadInstances(noInstance)).size).toBe(0);
    for (const id of noInstance) {
      expect(await ledger.readEntries(id, 0, 5)).toEqual([]);
      expect(await ledger.findEntry(id, 1)).toBeNull();
      const request = { instance: id, state: 's', opened: 1 };
      expect(await ledger.heldByAnother(request, 'agent:a', 'c')).toBeNull();
      expect(await ledger.claimOneRequest(request, 'agent:a', 1000)).toEqual({ kind: 'gone' });
      expect(await ledger.renewClaim(request, 'agent:a', 'c', 1000)).toBeNull();
    }
  });

  test('entries come in order, a page at a time', async () => {
    const { ledger } = house;
    const chain = newChain();
    await commit(ledger, steps(chain, 5));
    const seqs = async (after: number, limit: number) =>
      (await ledger.readEntries(chain.id, after, limit)).map(({ seq }) => seq);
    expect(await seqs(0, 2)).toEqual([1, 2]);
    expect(await seqs(2, 10)).toEqual([3, 4, 5]);
    expect(await seqs(5, 10)).toEqual([]);
  });

  test('P5: every instance is listed in order of id, and what is left of a removed one is found', async () => {
    const { ledger, admin } = house;
    await commit(
      ledger,
      Array.from({ length: 7 }, () => nextStep(newChain())),
    );
    const all = (await admin<{ id: string }[]>`select id from ledger.instances order by id`).map(
      ({ id }) => id,
    );
    const first = await ledger.listInstances(null, 4);
    const rest = await ledger.listInstances(first.at(-1)?.id ?? null, 100);
    expect([...first, ...rest].map(({ id }) => id)).toEqual(all);
    expect(await listExtents(ledger)).toEqual({ instances: all, withoutInstance: [] });
    await admin`alter table ledger.instances disable trigger all`;
    await admin`delete from ledger.instances where id = ${all[3] ?? ''}`;
    await admin`alter table ledger.instances enable trigger all`;
    expect(await listExtents(ledger)).toEqual({
      instances: all.toSpliced(3, 1),
      withoutInstance: [all[3]],
    });
  });
});

describe('definitions', () => {
  test('stay loadable by hash when a newer one is current, and can be made current again', async () => {
    const { ledger } = house;
    const newer = await deploy(ledger, 'id: leave-request # 2', 'leave-request');
    expect(await ledger.currentDefinition('leave-request')).toMatchObject({ hash: newer, current: true });
    expect(await ledger.loadDefinition(definition)).toMatchObject({
      source,
      process: 'leave-request',
      current: false,
    });
    await deploy(ledger, source, 'leave-request');
    expect(await ledger.currentDefinition('leave-request')).toMatchObject({ hash: definition });
    const listed = (await ledger.listDefinitions()).map(({ hash, current }) => [hash, current]);
    expect(listed).toEqual([
      [newer, false],
      [definition, true],
    ]);
  });

  test('that are not there are null', async () => {
    expect(await house.ledger.loadDefinition(sha256('x'))).toBeNull();
    expect(await house.ledger.loadDefinition('x')).toBeNull();
    expect(await house.ledger.currentDefinition('x')).toBeNull();
  });

  test('are not deployed under the name of another process', async () => {
    await expect(deploy(house.ledger, source, 'other')).rejects.toThrow('as another process');
  });
});

describe('the inbox', () => {
  test('lists open gates of the given states, the oldest instances first, a page at a time', async () => {
    const { ledger } = house;
    const other = await deploy(ledger, 'id: other', 'other');
    const id = (number: number) => `0193e7a8-0000-7000-8000-${String(number).padStart(12, '0')}`;
    const open = (number: number, hash: string, states: readonly string[]) =>
      nextStep(
        { id: id(number), seq: 0, head: '0'.repeat(64) },
        { definition: hash, effects: states.map((state) => ({ kind: 'gate-opened', state, opened: 1 })) },
      );
    await commit(ledger, [
      open(3, definition, ['b', 'a']),
      open(1, other, ['a']),
      open(2, definition, ['a', 'c']),
      open(4, other, ['b']),
    ]);
    const places = [
      { hash: definition, state: 'a' },
      { hash: definition, state: 'b' },
      { hash: other, state: 'a' },
    ];
    const seen: string[] = [];
    for (let cursor: string | null = null; ; ) {
      const [row] = await ledger.listOpenGates(places, 'person:nobody', cursor, 1);
      if (row === undefined) break;
      cursor = `${row.instance} ${row.state}`;
      seen.push(`${row.instance.at(-1)} ${row.process} ${row.state}`);
    }
    expect(seen).toEqual(['1 other a', '2 leave-request a', '3 leave-request a', '3 leave-request b']);
    expect(await ledger.listOpenGates(places, 'person:nobody', null, 10)).toHaveLength(4);
    expect(await ledger.listOpenGates([], 'person:nobody', null, 10)).toEqual([]);
  });
});

describe('requests for a proposal', () => {
  test('are leased to one agent at a time, the oldest first, and again when the lease is over', async () => {
    const { ledger, admin } = house;
    const hash = await deploy(ledger, 'id: asking', 'asking');
    const places = [{ hash, state: 'drafting' }];
    const ask = (time: string) =>
      nextStep(newChain(), {
        definition: hash,
        time,
        effects: [{ kind: 'proposal-requested', state: 'drafting', opened: 1, decision: 'summary' }],
      });
    const [older, newer] = [ask('2026-03-02T08:00:00.000Z'), ask('2026-03-02T09:00:00.000Z')];
    await commit(ledger, [newer, older]);
    const first = await ledger.claimRequest(places, 'agent:a', 60_000);
    const second = await ledger.claimRequest(places, 'agent:b', 60_000);
    expect([first?.instance, second?.instance]).toEqual([older.instance, newer.instance]);
    expect(first).toMatchObject({ state: 'drafting', opened: 1, decision: 'summary', definition: hash });
    expect(await ledger.claimRequest(places, 'agent:c', 60_000)).toBeNull();
    expect(await ledger.claimRequest([], 'agent:c', 60_000)).toBeNull();

    const request = { instance: older.instance, state: 'drafting', opened: 1 };
    const holds = async (agent: string, claim: string | null = first?.claim ?? '') =>
      (await ledger.heldByAnother(request, agent, claim)) === null;
    expect(await holds('agent:a')).toBe(true);
    expect(await holds('agent:b')).toBe(false);
    expect(await holds('agent:a', null)).toBe(false);
    expect(await holds('agent:a', second?.claim)).toBe(false);
    const renew = (agent: string, opened = 1) =>
      ledger.renewClaim({ ...request, opened }, agent, first?.claim ?? '', 120_000);
    expect(await renew('agent:b')).toBeNull();
    expect(await renew('agent:a', 2)).toBeNull();
    expect((await renew('agent:a')) ?? '').toSatisfy((until: string) => until > (first?.leaseUntil ?? ''));
    expect(await ledger.claimOneRequest(request, 'agent:b', 1000)).toMatchObject({ kind: 'held' });
    expect(await ledger.claimOneRequest({ ...request, opened: 2 }, 'agent:b', 1000)).toEqual({
      kind: 'gone',
    });

    await admin`update ledger.proposal_requests set lease_until = now() - interval '1 second'
      where instance = ${older.instance}`;
    // Free again: whoever comes first may answer, with a claim that has ended or with none.
    expect([await holds('agent:a'), await holds('agent:b', null)]).toEqual([true, true]);
    expect(await renew('agent:a')).toBeNull();
    const again = await ledger.claimRequest(places, 'agent:c', 60_000);
    expect(again?.instance).toBe(older.instance);
    expect(await holds('agent:a')).toBe(false);
    expect(await holds('agent:c', again?.claim)).toBe(true);
    await ledger.releaseClaim(older.instance, 'drafting', again?.claim ?? '');
    expect(await ledger.claimOneRequest(request, 'agent:b', 1000)).toMatchObject({ kind: 'leased' });
  });

  test('are listed the oldest first, a page at a time, held or not', async () => {
    const { ledger } = house;
    const hash = await deploy(ledger, 'id: listed', 'listed');
    const places = ['one', 'two'].map((state) => ({ hash, state }));
    const asked = Array.from({ length: 5 }, (_, at) =>
      nextStep(newChain(), {
        definition: hash,
        time: `2026-03-0${9 - Math.floor(at / 2)}T08:00:00.000Z`,
        effects: [
          { kind: 'proposal-requested', state: at % 2 ? 'two' : 'one', opened: 1, decision: `d${at}` },
        ],
      }),
    );
    await commit(ledger, asked);
    const held = await ledger.claimRequest(places, 'agent:a', 60_000);
    const seen = [];
    for (let after: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof ledger.listRequests>> = await ledger.listRequests(
        places,
        'agent:b',
        after,
        2,
      );
      const last = page.at(-1);
      if (last === undefined) break;
      seen.push(...page);
      after = `${last.requestedAt} ${last.instance} ${last.state}`;
    }
    expect(new Set(seen.map(({ instance }) => instance)).size).toBe(5);
    expect(seen.map(({ requestedAt }) => requestedAt)).toEqual(seen.map((one) => one.requestedAt).sort());
    expect(seen.filter(({ claimedBy }) => claimedBy !== null)).toMatchObject([
      { instance: held?.instance, claimedBy: 'agent:a', leaseUntil: held?.leaseUntil },
    ]);
    expect(await ledger.listRequests([], 'agent:b', null, 5)).toEqual([]);
  });

  test('P1: two agents that want the same one at once: one has it', async () => {
    const { ledger } = house;
    const hash = await deploy(ledger, 'id: same', 'same');
    const asked = nextStep(newChain(), {
      definition: hash,
      effects: [{ kind: 'proposal-requested', state: 's', opened: 1, decision: 'd' }],
    });
    await commit(ledger, [asked]);
    const request = { instance: asked.instance, state: 's', opened: 1 };
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, agent) => ledger.claimOneRequest(request, `agent:${agent}`, 60_000)),
    );
    expect(claims.map(({ kind }) => kind).sort()).toEqual([...Array(7).fill('held'), 'leased']);
  });

  test('that somebody else is just taking are passed over, not waited for', async () => {
    const { ledger, admin } = house;
    const hash = await deploy(ledger, 'id: passing', 'passing');
    const ask = () =>
      nextStep(newChain(), {
        definition: hash,
        effects: [{ kind: 'proposal-requested', state: 's', opened: 1, decision: 'd' }],
      });
    const [one, other] = [ask(), ask()];
    await commit(ledger, [one, other]);
    await admin.begin(async (sql) => {
      await sql`select from ledger.proposal_requests where instance = ${one.instance} for update`;
      const claimed = await ledger.claimRequest([{ hash, state: 's' }], 'agent:a', 60_000);
      expect(claimed?.instance).toBe(other.instance);
    });
  });

  test('P1: 24 agents that ask at once get 24 different ones', async () => {
    const { ledger } = house;
    const hash = await deploy(ledger, 'id: storm', 'storm');
    const places = ['a', 'b', 'c'].map((state) => ({ hash, state }));
    await commit(
      ledger,
      Array.from({ length: 24 }, (_, index) =>
        nextStep(newChain(), {
          definition: hash,
          effects: [
            { kind: 'proposal-requested', state: places[index % 3]?.state ?? '', opened: 1, decision: 'd' },
          ],
        }),
      ),
    );
    const claims = await Promise.all(
      places.flatMap(() =>
        Array.from({ length: 8 }, (_, agent) => ledger.claimRequest(places, `agent:${agent}`, 60_000)),
      ),
    );
    expect(new Set(claims.map((claim) => claim?.instance)).size).toBe(24);
    expect(claims).not.toContain(null);
  });
});

describe('the directory', () => {
  test('comes back as it was put, with a version that grows', async () => {
    const { ledger, admin } = house;
    const before = await ledger.directoryVersion();
    const principals = [
      {
        id: 'agent:b',
        kind: 'agent' as const,
        name: 'B',
        person: 'agent:b',
        unit: null,
        roles: [],
        positions: [],
        active: true,
      },
      {
        id: 'person:a',
        kind: 'person' as const,
        name: 'Ă "A"',
        person: 'person:a',
        unit: 'unit:u',
        roles: ['r', 'q,{}'],
        positions: ['p'],
        active: false,
      },
    ];
    const units = [{ id: 'unit:u', parent: null, title: { vi: 'Đơn vị', en: 'Unit' } }];
    expect(await ledger.replaceDirectory(principals, units, 'person:admin')).toBe(before + 1);
    const loaded = await ledger.loadDirectory();
    expect(loaded.version).toBe(before + 1);
    expect([...loaded.principals.values()]).toEqual(principals);
    expect([...loaded.units.values()]).toEqual(units);
    const [change] =
      await admin`select changed_by, principals from ledger.directory_changes where version = ${before + 1}`;
    expect(change).toEqual({ changed_by: 'person:admin', principals: JSON.stringify(principals) });
  });

  test('P3: does not take a principal whose kind is not what its id says, and stays as it was', async () => {
    const { ledger } = house;
    const before = await ledger.loadDirectory();
    const disguised = {
      id: 'agent:x',
      kind: 'person' as const,
      name: 'X',
      person: 'person:x',
      unit: null,
      roles: [],
      positions: [],
      active: true,
    };
    await expect(ledger.replaceDirectory([disguised], [], 'person:admin')).rejects.toThrow(/check/);
    expect(await ledger.loadDirectory()).toEqual(before);
  });
});

describe('keys', () => {
  test('are added, found by hash, and revoked once; each change raises the version of the directory', async () => {
    const { ledger } = house;
    const before = await ledger.directoryVersion();
    const key = {
      id: 'k1',
      hash: sha256('secret'),
      principal: 'person:a',
      scopes: ['read', 'decide'],
      expiresAt: '2027-01-01T00:00:00.000Z',
      demonstration: true,
    };
    const { hash, ...shown } = key;
    const added = await ledger.addKey(key);
    expect(added).toEqual({
      ...shown,
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      revokedAt: null,
    });
    expect(await ledger.directoryVersion()).toBe(before + 1);
    expect(await ledger.findKeys()).toEqual([{ ...added, hash }]);
    await expect(ledger.addKey({ ...key, id: 'k2' })).rejects.toThrow(/unique/);
    expect(await ledger.revokeKey('k1')).toBe(true);
    expect(await ledger.revokeKey('k1')).toBe(false);
    expect(await ledger.revokeKey('none')).toBe(false);
    const [revoked] = await ledger.findKeys();
    expect(revoked?.revokedAt).toMatch(/Z$/);
    expect(await ledger.directoryVersion()).toBeGreaterThan(before + 1);
  });

  test('P9: their table is closed to the engine role', async () => {
    const sql = connect(house.database.engineUrl);
    await expect(sql`select * from ledger.keys`).rejects.toThrow(/permission denied/);
    await sql.end();
  });
});

/** Every instance by extents of three, and the instances of entries that have none. */
async function listExtents(ledger: Ledger) {
  const instances: string[] = [];
  const withoutInstance = new Set<string>();
  for (let after: string | null = null; ; ) {
    after = await ledger.withExtent({ after, limit: 3 }, async (extent) => {
      const own = new Set(extent.instances.map(({ id }) => id));
      instances.push(...own);
      for await (const page of extent.entries()) {
        for (const { instance } of page) if (!own.has(instance)) withoutInstance.add(instance);
      }
      return extent.next;
    });
    if (after === null) return { instances, withoutInstance: [...withoutInstance] };
  }
}
