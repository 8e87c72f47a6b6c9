/** An engine that lies about the stop switch, or somebody with its login: the database holds it by itself. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Principal } from '../../../engine/index.ts';
import { toBatchColumns } from '../../../engine/ledger/batch-columns.ts';
import { commitStatement } from '../../../engine/ledger/commit-steps.ts';
import type { StepToCommit } from '../../../engine/ledger/ledger.ts';
import type { ControlMode, ControlScope } from '../../../engine/oversight/controls.ts';
import { deploySource } from '../../../engine/run/deploy-definition.ts';
import { newId } from '../../../engine/run/new-id.ts';
import { proposalDefinition, waitDefinition } from '../../support/definitions.ts';
import { addTestKeys, people, shownBy, units } from '../../support/test-people.ts';
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

const agents: readonly Principal[] = people.filter(({ kind }) => kind === 'agent');
let house: LedgerHouse;
let definition: string;
let wait: string;

beforeAll(async () => {
  house = await openLedgerHouse();
  await house.ledger.replaceDirectory(people, units, 'person:designer');
  await addTestKeys(house.ledger);
  definition = await deploy(proposalDefinition);
  wait = await deploy(waitDefinition);
  expect(agents.length).toBeGreaterThan(1);
});
afterAll(() => house.close());
afterEach(async () => {
  for (const { id } of await house.ledger.loadControls()) {
    expect(await house.ledger.askToLift(id, 'Over.', shown('controller'))).toBe(null);
    expect(await house.ledger.liftControl(id, shown('second-controller'))).toBe(null);
  }
});

async function deploy(source: string): Promise<string> {
  const answer = await deploySource(house, source, 'x.yaml', 'person:designer');
  if (answer.kind === 'refusal') throw new Error(answer.message);
  return answer.value.definition.hash;
}

const shown = (name: string) => ({ by: `person:${name}`, proof: shownBy(`person:${name}`).proof });
const set = async (scope: ControlScope, mode: ControlMode) => {
  const id = newId(Date.now());
  const control = { id, scope, mode, drill: false, reason: 'It errs.' };
  expect(await house.ledger.setControl(control, shown('controller'))).toEqual({ id, isNew: true });
  return id;
};

/** The next entry of a chain, as the liar words it. */
function step(chain: Chain, to: string, entry: object = {}, more: Partial<StepToCommit> = {}) {
  const made = nextStep(chain, {
    definition,
    states: [to],
    entry: { actor: { principal: 'person:officer', kind: 'person' }, ...entry },
  });
  return { ...made, ...more };
}
const requests = (chain: Chain) => ({
  effects: [
    { kind: 'proposal-requested' as const, state: 'drafting', opened: chain.seq + 1, decision: 'wording' },
  ],
});
const propose = (chain: Chain, to = 'approving') =>
  step(chain, to, {
    kind: 'proposal',
    event: 'drafting',
    actor: { principal: 'agent:drafter', kind: 'agent' },
    proposal: { decision: 'wording', digest: 'e'.repeat(64) },
  });
const start = (chain: Chain) => step(chain, 'drafting', { kind: 'start' }, requests(chain));

async function standing(...steps: ((chain: Chain) => StepToCommit)[]): Promise<Chain> {
  const chain = newChain();
  const batch = steps.map((make) => make(chain));
  expect(await commit(house.ledger, batch)).toEqual(batch.map(() => 'committed'));
  return chain;
}

const everyScope = (instance: string): readonly ControlScope[] => [
  { kind: 'everything' },
  { kind: 'process', process: 'proposal' },
  { kind: 'decision', process: 'proposal', decision: 'wording' },
  { kind: 'step', process: 'proposal', state: 'drafting' },
  { kind: 'agent', agent: 'agent:drafter' },
  { kind: 'instance', instance },
];
const places = [0, 1, 2, 3, 4, 5] as const;
const scopeAt = (instance: string, place: number) => everyScope(instance)[place] ?? { kind: 'everything' };

describe.each(['paused', 'stopped'] as const)('P2: %s', (mode) => {
  test.each(places)('no proposal is taken, whatever the engine believes (scope %d)', async (place) => {
    const chain = await standing(start);
    await set(scopeAt(chain.id, place), mode);
    await expect(commit(house.ledger, [propose(copyOf(chain))])).rejects.toThrow('The switch is off');
    // In one batch with what leads there, too.
    if (place === 5) return;
    const fresh = newChain();
    await expect(commit(house.ledger, [start(fresh), propose(fresh)])).rejects.toThrow('The switch is off');
  });
});

describe('P4: while it is stopped', () => {
  const kinds: readonly [string, object][] = [
    ['an event', {}],
    ['a timer', { kind: 'timer', actor: { principal: 'countersign', kind: 'engine' } }],
    ['an override', { kind: 'override' }],
  ];
  test.each(places.flatMap((place) => kinds.map(([name, entry]) => [name, place, entry] as const)))(
    '%s moves nothing (scope %d)',
    async (_, place, entry) => {
      const chain = place === 3 ? await standing(start) : await standing(start, propose);
      await set(scopeAt(chain.id, place), 'stopped');
      await expect(commit(house.ledger, [step(copyOf(chain), 'stuck', entry)])).rejects.toThrow(
        'The switch is off',
      );
      expect((await house.ledger.loadInstances([chain.id])).get(chain.id)?.seq).toBe(chain.seq);
    },
  );

  test('whoever was overtaken is told that, and not that what overtook them is stopped', async () => {
    const chain = await standing((begun) => step(begun, 'stuck', { kind: 'start' }));
    await set({ kind: 'step', process: 'proposal', state: 'drafting' }, 'stopped');
    const late = step(copyOf(chain), 'stuck');
    let outcomes: Promise<readonly string[]> = Promise.resolve([]);
    await house.engine.begin(async (session) => {
      const { columns } = toBatchColumns([start(chain)]);
      const version = String(await house.ledger.directoryVersion());
      const [row] = await session.unsafe(commitStatement, [version, ...columns]);
      expect(row?.verdicts).toBe('c');
      outcomes = commit(house.ledger, [late]);
      await untilEngineWaits(house.admin);
    });
    expect(await outcomes).toEqual(['conflict']);
  });

  test('nothing starts, and what else is in the batch is committed', async () => {
    const elsewhere = nextStep(newChain(), { definition: wait, states: ['waiting'] });
    await set({ kind: 'process', process: 'proposal' }, 'stopped');
    await expect(commit(house.ledger, [start(newChain())])).rejects.toThrow('The switch is off');
    const begun = newChain();
    const both = [{ ...elsewhere, definition: wait }, start(begun)];
    expect(await commit(house.ledger, both)).toEqual(['committed', 'failed']);
    expect((await house.ledger.loadInstances([begun.id])).size).toBe(0);
  });

  test('an AI step is not entered and left within one batch', async () => {
    const chain = await standing(start, (one) => step(one, 'stuck'));
    await set({ kind: 'step', process: 'proposal', state: 'drafting' }, 'stopped');
    const liar = copyOf(chain);
    const around = [step(liar, 'drafting'), step(liar, 'stuck')];
    await expect(commit(house.ledger, around)).rejects.toThrow('The switch is off');
    expect(await commit(house.ledger, [step(copyOf(chain), 'drafting')])).toEqual(['committed']);
  });
});

test('a pause lets people go on, and another agent', async () => {
  const chain = await standing(start);
  await set({ kind: 'agent', agent: 'agent:drafter' }, 'paused');
  const second = step(copyOf(chain), 'approving', {
    kind: 'proposal',
    event: 'drafting',
    actor: { principal: 'agent:second', kind: 'agent' },
    proposal: { decision: 'wording', digest: 'e'.repeat(64) },
  });
  expect(await commit(house.ledger, [second])).toEqual(['committed']);
  await set({ kind: 'everything' }, 'paused');
  const by = await standing(start, (one) => step(one, 'stuck'));
  expect(by.seq).toBe(2);
});

describe('an override', () => {
  const override = (chain: Chain, by: string, kind: string, proof: string | null) => ({
    ...step(chain, 'stuck', { kind: 'override', event: 'drafting', actor: { principal: by, kind } }),
    proof,
  });
  test.each([
    ['of nobody who was there', 'person:head', 'person', null],
    ['with the key of another', 'person:head', 'person', 'person:leader'],
    ['of a service', 'service:intake', 'service', 'service:intake'],
    ['of an agent that calls itself a person', 'agent:drafter', 'person', 'agent:drafter'],
  ])('%s is refused', async (_, by, kind, whose) => {
    const chain = await standing(start);
    const forged = override(copyOf(chain), by, kind, whose === null ? null : shownBy(whose).proof);
    expect(await commit(house.ledger, [forged])).toEqual(['actor-left']);
    const honest = override(chain, 'person:head', 'person', shownBy('person:head').proof);
    expect(await commit(house.ledger, [honest])).toEqual(['committed']);
  });
});

describe('P3, P9: with the login of the engine', () => {
  test('nobody is made to stop or restart whose key was not there', async () => {
    const id = await set({ kind: 'everything' }, 'paused');
    const { ledger } = house;
    const control = {
      id: newId(Date.now()),
      scope: { kind: 'everything' },
      mode: 'stopped',
      drill: false,
      reason: 'x',
    } as const;
    const proof = shownBy('person:controller').proof;
    for (const forged of [
      { by: 'person:controller', proof: null },
      { by: 'person:controller', proof: 'x' },
      { by: 'person:second-controller', proof },
      { by: 'service:intake', proof: shownBy('service:intake').proof },
      { by: 'agent:drafter', proof: shownBy('agent:drafter').proof },
    ]) {
      expect(await ledger.setControl(control, forged)).toBe('unshown');
      expect(await ledger.askToLift(id, 'x', forged)).toBe('unshown');
      expect(await ledger.liftControl(id, forged)).toBe('unshown');
    }
    expect(await ledger.askToLift(id, 'x', shown('controller'))).toBe(null);
    expect(await ledger.liftControl(id, shown('controller'))).toBe('same-person');
    expect(await ledger.liftControl(id, shown('controller-again'))).toBe('same-person');
    // Calling the second account somebody else for a moment does not help: the request remembers the person.
    const renamed = people.map((one) =>
      one.id === 'person:controller' ? { ...one, person: 'person:nobody' } : one,
    );
    await ledger.replaceDirectory(renamed, units, 'x');
    expect(await ledger.liftControl(id, shown('controller-again'))).toBe('same-person');
    await ledger.replaceDirectory(people, units, 'x');
    expect(await ledger.liftControl(id, shown('second-controller'))).toBe(null);
  });

  test.each([
    `update ledger.controls set lifted_at = now()`,
    `delete from ledger.controls`,
    `insert into ledger.controls (id, scope, mode, drill, reason, set_by, set_at) values (gen_random_uuid(), 'everything', 'paused', false, 'x', 'y', now())`,
    `truncate ledger.controls`,
    `select ledger.hold_controls('{}', '{}', '{}', '{}', '{}', '{}')`,
    `select ledger.record_act('control-lifted', 'x', now(), '{}')`,
  ])('%s is refused', async (statement) => {
    await expect(house.engine.unsafe(statement)).rejects.toThrow(/permission denied/);
  });
});
