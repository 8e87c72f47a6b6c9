import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import { type Engine, type Ledger, openEngine } from '../../../engine/index.ts';
import { RecentMap } from '../../../engine/run/recent-map.ts';
import { counterDefinition, proposalDefinition, voteDefinition } from '../../support/definitions.ts';
import { done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
const hashes = { counter: '', proposal: '', vote: '' };

beforeAll(async () => {
  house = await openTestHouse();
  const { ledger, engine } = house;
  // None of these has an instance, and the engine has no business with them.
  for (let number = 1; number <= 300; number += 1) {
    const source = `${voteDefinition}# ${number}\n`;
    const hash = sha256Hex(source);
    const certificate = JSON.stringify({ definition: hash });
    const head = { hash, process: 'vote', version: `${number}`, deployedBy: 'x' };
    const deployed = { ...head, source, certificate, doorRules: { gates: [], walls: [] } };
    await ledger.deployDefinition(deployed);
  }
  hashes.counter = await house.deploy(counterDefinition);
  hashes.proposal = await house.deploy(proposalDefinition);
  hashes.vote = await house.deploy(voteDefinition);
  const officer = house.as('officer');
  const start = async (process: string, data: { readonly [field: string]: string | number }) =>
    done(await engine.start(officer, { process, data }, null));
  await start('counter', { limit: 3 });
  await start('proposal', { topic: 'Roads' });
  await start('vote', { question: 'Shall we?' });
}, 60_000);
afterAll(() => house.close());

/** An engine that knows nothing yet, and the definitions it asks for. */
function watched(): { readonly engine: Engine; readonly loaded: string[] } {
  const loaded: string[] = [];
  const ledger: Ledger = {
    ...house.ledger,
    loadDefinition: (hash) => {
      loaded.push(hash);
      return house.ledger.loadDefinition(hash);
    },
    listDefinitions: () => Promise.reject(new Error('All definitions were asked for.')),
    readDefinitions: () => Promise.reject(new Error('All definitions were asked for.')),
  };
  return { engine: openEngine({ ledger, clock: house.clock }), loaded };
}

test('with 300 definitions deployed an inbox loads only those with an open gate, and each once', async () => {
  const { engine, loaded } = watched();
  const member = house.as('member-one');
  expect(done(await engine.listGates(member, null, 50)).items).toHaveLength(1);
  expect(loaded).toEqual([hashes.vote]);
  expect(done(await engine.listGates(house.as('member-two'), null, 50)).items).toHaveLength(1);
  expect(loaded).toEqual([hashes.vote]);
});

test('an agent that asks for work has only those loaded that ask for a proposal', async () => {
  const { engine, loaded } = watched();
  const claimed = done(await engine.claimProposal(house.as('agent:drafter'), 60_000));
  expect(claimed?.process).toBe('proposal');
  expect(loaded).toEqual([hashes.proposal]);
});

test('a search loads only those that have instances, and of one process when it asks for one', async () => {
  const { engine, loaded } = watched();
  const officer = house.as('second-officer');
  expect(done(await engine.search(officer, { process: 'counter' })).items).toHaveLength(1);
  expect(loaded).toEqual([hashes.counter]);
  // Officers start votes, and have no part in those that others started.
  expect(done(await engine.search(officer, {})).items).toHaveLength(2);
  expect([...loaded].sort()).toEqual([hashes.counter, hashes.proposal, hashes.vote].sort());
});

test('what was used lately is remembered, and what was not is forgotten', () => {
  const map = new RecentMap<number, string>(10);
  for (let key = 0; key < 10; key += 1) map.set(key, `value ${key}`);
  for (let key = 10; key < 1000; key += 1) {
    map.set(key, `value ${key}`);
    // Used again and again, so it stays, however many others come.
    expect(map.get(3)).toBe('value 3');
    // With it, the last ten are always there.
    for (let recent = key - 8; recent <= key; recent += 1)
      if (recent > 9) expect(map.get(recent)).toBe(`value ${recent}`);
  }
  const kept = Array.from({ length: 1000 }, (_, key) => map.get(key)).filter((value) => value !== undefined);
  expect(kept.length).toBeLessThanOrEqual(20);
});
