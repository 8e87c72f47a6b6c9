/** What the database itself allows of a migration: it believes no caller about definitions. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import {
  type Chain,
  commit,
  copyOf,
  definition,
  deploy,
  type LedgerHouse,
  newChain,
  nextStep,
  openLedgerHouse,
  type StepParts,
  sha256,
  steps,
} from './ledger-house.ts';

let house: LedgerHouse;
let second: string;
let foreign: string;
beforeAll(async () => {
  house = await openLedgerHouse();
  second = await deploy(house.ledger, 'id: leave-request # second', 'leave-request');
  foreign = await deploy(house.ledger, 'id: other', 'other');
});
afterAll(() => house.close());

const migration = (from: string, to: string, parts: StepParts = {}): StepParts => ({
  ...parts,
  definition: to,
  entry: { kind: 'migration', event: 'migration', migration: { from }, ...parts.entry },
});

async function begun(count = 2): Promise<Chain> {
  const chain = newChain();
  expect(await commit(house.ledger, steps(chain, count))).toEqual(Array(count).fill('committed'));
  return chain;
}

async function definitionOf(chain: Chain): Promise<string | undefined> {
  return (await house.ledger.loadInstances([chain.id])).get(chain.id)?.definition;
}

/** Alone in its batch: what does not fit is then a fault that is thrown. */
async function refused(...batch: readonly StepToCommit[]): Promise<void> {
  await expect(commit(house.ledger, batch)).rejects.toThrow(/refused entry/);
}

test('P7: a migration takes the instance, its gates and its requests to the definition its entry names', async () => {
  const chain = newChain();
  await commit(house.ledger, [
    nextStep(chain, {
      effects: [
        { kind: 'gate-opened', state: 'a', opened: 1 },
        { kind: 'proposal-requested', state: 'b', opened: 1, decision: 'k' },
        { kind: 'timer-set', timer: 't', set: 1, dueAt: '2026-03-03T08:00:00.000Z' },
      ],
    }),
  ]);
  const step = nextStep(
    chain,
    migration(definition, second, {
      effects: [
        { kind: 'gate-closed', state: 'a', opened: 1 },
        { kind: 'proposal-request-closed', state: 'b', opened: 1 },
        { kind: 'gate-opened', state: 'a', opened: 2 },
        { kind: 'proposal-requested', state: 'b', opened: 2, decision: 'k' },
      ],
    }),
  );
  expect(await commit(house.ledger, [step])).toEqual(['committed']);
  expect(await definitionOf(chain)).toBe(second);
  const rows = await house.admin`
    select 'gate' as what, encode(definition, 'hex') as definition, opened from ledger.gates where instance = ${chain.id}
    union all
    select 'request', encode(definition, 'hex'), opened from ledger.proposal_requests where instance = ${chain.id}`;
  expect([...rows]).toEqual([
    { what: 'gate', definition: second, opened: 2 },
    { what: 'request', definition: second, opened: 2 },
  ]);
  // And it goes on there, and only there.
  expect(await commit(house.ledger, [nextStep(chain, { definition: second })])).toEqual(['committed']);
  await refused(nextStep(copyOf(chain), { definition }));
});

test('a migration may be followed by steps of its definition in the same batch, beside instances that stay', async () => {
  const chain = await begun();
  const staying = await begun();
  const batch = [
    nextStep(staying),
    nextStep(chain, migration(definition, second)),
    nextStep(chain, { definition: second }),
    nextStep(newChain()),
  ];
  expect(await commit(house.ledger, batch)).toEqual(Array(4).fill('committed'));
  expect(await definitionOf(chain)).toBe(second);
  expect(await definitionOf(staying)).toBe(definition);
});

test('P1: the definition changes by an entry of a migration and by nothing else', async () => {
  const chain = await begun();
  await refused(nextStep(copyOf(chain), { definition: second }));
  await refused(nextStep(copyOf(chain), migration(definition, second, { entry: { kind: 'event' } })));
  await refused(nextStep(copyOf(chain), { entry: { kind: 'migration', event: 'migration' } }));
  expect(await definitionOf(chain)).toBe(definition);
});

test('a migration names the definition that the instance is on, and another one that is deployed for its process', async () => {
  const chain = await begun();
  await refused(nextStep(copyOf(chain), migration(foreign, second)));
  await refused(nextStep(copyOf(chain), migration(second, second)));
  await refused(nextStep(copyOf(chain), migration(definition, definition)));
  await refused(nextStep(copyOf(chain), migration(definition, foreign)));
  await refused(nextStep(copyOf(chain), migration(definition, sha256('nobody deployed this'))));
  await refused(nextStep(newChain(), migration(definition, second)));
  expect(await definitionOf(chain)).toBe(definition);
});

test('a migration is the first step of its instance in a batch, and the only migration', async () => {
  const chain = await begun();
  const after = copyOf(chain);
  await refused(nextStep(after), nextStep(after, migration(definition, second)));
  const twice = copyOf(chain);
  await refused(
    nextStep(twice, migration(definition, second)),
    nextStep(twice, migration(second, definition)),
  );
  expect(await definitionOf(chain)).toBe(definition);
});

test('of a migration and an event from the same place one takes effect', async () => {
  const chain = await begun();
  const other = copyOf(chain);
  const outcomes = await Promise.all([
    commit(house.ledger, [nextStep(chain, migration(definition, second))]),
    commit(house.ledger, [nextStep(other)]),
  ]);
  expect(outcomes.flat().sort()).toEqual(['committed', 'conflict']);
});
