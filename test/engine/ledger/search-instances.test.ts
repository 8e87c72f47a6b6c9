import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InstanceFilter } from '../../../engine/ledger/ledger.ts';
import {
  commit,
  deploy,
  type LedgerHouse,
  nextStep,
  openLedgerHouse,
  type StepParts,
} from './ledger-house.ts';

let house: LedgerHouse;
let leave: string;
let travel: string;
const id = (number: number) => `0193e7a8-0000-7000-8000-${String(number).padStart(12, '0')}`;

beforeAll(async () => {
  house = await openLedgerHouse();
  leave = await deploy(house.ledger, 'id: leave', 'leave');
  travel = await deploy(house.ledger, 'id: travel', 'travel');
  const start = (number: number, parts: StepParts) =>
    nextStep({ id: id(number), seq: 0, head: '0'.repeat(64) }, parts);
  await commit(house.ledger, [
    start(1, { definition: leave, states: ['asking'], indexed: { post: 'clerk', days: 3, urgent: true } }),
    start(2, { definition: leave, states: ['asking', 'noting'], indexed: { post: '3' } }),
    start(3, { definition: travel, states: ['done'], status: 'done', indexed: { post: 'clerk', days: 30 } }),
    start(4, {
      definition: travel,
      entry: { actor: { principal: 'person:chi', kind: 'person', unit: 'unit:office' } },
    }),
    start(5, { definition: leave, indexed: { post: 'a'.repeat(5000) } }),
  ]);
});
afterAll(() => house.close());

async function found(filter: Partial<InstanceFilter>): Promise<readonly number[]> {
  const rows = await house.ledger.searchInstances({ visible: null, limit: 10, ...filter });
  return rows.map((row) => Number(row.id.slice(-12)));
}

describe('searchInstances', () => {
  test('gives the newest first, a page at a time', async () => {
    expect(await found({})).toEqual([5, 4, 3, 2, 1]);
    expect(await found({ limit: 2 })).toEqual([5, 4]);
    expect(await found({ limit: 2, after: id(4) })).toEqual([3, 2]);
    expect(await found({ after: 'no cursor' })).toEqual([]);
  });

  test('filters by process, status and active state', async () => {
    expect(await found({ process: 'leave' })).toEqual([5, 2, 1]);
    expect(await found({ status: 'done' })).toEqual([3]);
    expect(await found({ state: 'asking' })).toEqual([2, 1]);
    expect(await found({ state: 'noting', process: 'leave', status: 'active' })).toEqual([2]);
    expect(await found({ state: "'; drop" })).toEqual([]);
  });

  test('filters by indexed fields, as text or as the value they are written as', async () => {
    expect(await found({ fields: { post: 'clerk' } })).toEqual([3, 1]);
    expect(await found({ fields: { days: '3' } })).toEqual([1]);
    expect(await found({ fields: { days: '3.0' } })).toEqual([1]);
    expect(await found({ fields: { post: '3' } })).toEqual([2]);
    expect(await found({ fields: { urgent: 'true' } })).toEqual([1]);
    expect(await found({ fields: { post: 'clerk', days: '30' } })).toEqual([3]);
    expect(await found({ fields: { post: 'a'.repeat(5000) } })).toEqual([5]);
    expect(await found({ fields: { post: 'a'.repeat(4999) } })).toEqual([]);
  });

  test('P9: shows only what is visible: instances of these definitions, or started by this principal', async () => {
    expect(
      await found({ visible: { definitions: [leave], ofUnit: null, initiator: 'person:nobody' } }),
    ).toEqual([5, 2, 1]);
    expect(await found({ visible: { definitions: [], ofUnit: null, initiator: 'person:chi' } })).toEqual([4]);
    expect(await found({ visible: { definitions: [leave], ofUnit: null, initiator: 'person:chi' } })).toEqual(
      [5, 4, 2, 1],
    );
    expect(await found({ visible: { definitions: [], ofUnit: null, initiator: 'person:nobody' } })).toEqual(
      [],
    );
    const ofUnit = (unit: string) => ({
      definitions: [],
      ofUnit: { unit, definitions: [leave, travel] },
      initiator: 'person:nobody',
    });
    expect(await found({ visible: ofUnit('unit:office') })).toEqual([4]);
    expect(await found({ visible: ofUnit('unit:other') })).toEqual([]);
  });

  test('tells everything a list shows', async () => {
    const [row] = await house.ledger.searchInstances({ fields: { days: '30' }, visible: null, limit: 1 });
    expect(row).toEqual({
      id: id(3),
      process: 'travel',
      definition: travel,
      seq: 1,
      status: 'done',
      states: ['done'],
      indexed: { days: 30, post: 'clerk' },
      startedAt: '2026-03-02T08:00:00.000Z',
      updatedAt: '2026-03-02T08:00:00.000Z',
    });
  });
});
