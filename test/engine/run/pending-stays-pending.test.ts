/** What happens to whoever runs the engine, and to the database behind it: none of it decides anything. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LedgerUnavailable, openEngine } from '../../../engine/index.ts';
import { proposalDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
let instance: string;
const proposal = {
  payload: { text: 'A proposed wording.' },
  model: 'test-model',
  modelVersion: '1',
  promptHash: '0'.repeat(64),
  rationale: 'Because the test asks for it.',
  confidence: null,
  inputs: [],
  evidence: [],
  operator: null,
};

beforeAll(async () => {
  house = await openTestHouse([proposalDefinition]);
  const { engine } = house;
  const started = await engine.start(
    house.as('officer'),
    { process: 'proposal', data: { topic: 'Roads' } },
    null,
  );
  instance = done(started).instance;
  const submission = { instance, state: 'drafting', opened: 1, claim: null, proposal };
  done(await engine.submitProposal(house.as('agent:drafter'), submission, null));
});
afterAll(() => house?.close());

const readGate = async (engine = house.engine) =>
  done(await engine.readGate(house.as('leader'), instance, 'approving'));
const approve = async (engine = house.engine) => {
  const { opened, subject } = await readGate();
  const input = { instance, state: 'approving', opened, subject, verdict: 'approve', reason: null } as const;
  return engine.decide(house.as('leader'), input, null);
};

test('P4: a restart, and years of silence, leave what waits for people waiting', async () => {
  const before = await readGate();
  // Nothing is remembered but what the database holds: as after a restart, and as on another node.
  const restarted = openEngine({
    ledger: house.ledger,
    clock: { now: () => Date.parse('2036-01-05T08:00:00.000Z') },
  });
  await restarted.fireDueTimers();
  const after = await readGate(restarted);
  expect({ ...after, why: '' }).toEqual({ ...before, why: '' });
  expect(after).toMatchObject({ decisions: [], proposal: { status: 'live', acts: [] } });
  const view = done(await restarted.readInstance(house.as('auditor'), instance));
  expect(view.context).toEqual({ topic: 'Roads' });
});

test('P4: while the database is away an approval is answered as unknown, and approves nothing by itself', async () => {
  const away = async () => {
    throw new LedgerUnavailable('away');
  };
  const cut = openEngine({
    ledger: { ...house.ledger, commitSteps: away, findEntry: away },
    clock: house.clock,
  });
  expect(codeOf(await approve(cut))).toBe('unavailable');
  expect(await readGate()).toMatchObject({ decisions: [], proposal: { status: 'live' } });
  expect(done(await house.engine.readInstance(house.as('auditor'), instance)).seq).toBe(2);
});

test('P2: afterwards the people decide as before, and only then it takes effect', async () => {
  expect(done(await approve())).toMatchObject({ status: 'done', outcome: 'approved' });
  const view = done(await house.engine.readInstance(house.as('auditor'), instance));
  expect(view.context).toEqual({ topic: 'Roads', wording: 'A proposed wording.' });
});
