/** The stop switch on a real database: two engines are two nodes, each with what it remembers. */
import { randomUUID } from 'node:crypto';
import type { Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Engine, Moved } from '../../../engine/index.ts';
import { openEngine } from '../../../engine/index.ts';
import type { ControlMode, ControlScope } from '../../../engine/oversight/controls.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import {
  counterDefinition,
  proposalDefinition,
  voteDefinition,
  waitDefinition,
} from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { people, units } from '../../support/test-people.ts';
import { connect } from '../ledger/ledger-house.ts';

let house: TestHouse;
/** Another node on the same database. */
let other: Engine;
let admin: Sql;

beforeAll(async () => {
  house = await openTestHouse([counterDefinition, proposalDefinition, voteDefinition, waitDefinition]);
  other = openEngine({ ledger: house.ledger, clock: house.clock });
  admin = connect(house.database.adminUrl);
});
afterAll(async () => {
  await admin.end();
  await house.close();
});
/** Whatever a test stopped goes on for the next one. */
afterEach(async () => {
  for (const { id, asked } of done(await house.engine.listControls(house.as('controller'), false))) {
    if (asked === null) done(await house.engine.askToLift(house.as('controller'), id, 'The test is over.'));
    const by = asked?.by === 'person:second-controller' ? 'controller' : 'second-controller';
    done(await house.engine.confirmLift(house.as(by), id));
  }
});

const officer = () => house.as('officer');
const code = (answer: Answer<unknown>) => codeOf(answer as Answer<Moved>);
const set = async (scope: ControlScope, mode: ControlMode = 'stopped', by = 'controller') =>
  done(await house.engine.setControl(house.as(by), { scope, mode, reason: 'It errs.', drill: false })).id;
const startCounter = async (engine = house.engine) =>
  done(await engine.start(officer(), { process: 'counter', data: { limit: 1000 } }, null)).instance;
const stepOn = (engine: Engine, instance: string) =>
  engine.postEvent(officer(), { instance, type: 'step', data: {}, seen: null }, null);
const startProposal = async () =>
  done(await house.engine.start(officer(), { process: 'proposal', data: { topic: 'Roads' } }, null)).instance;
const drafter = () => house.as('agent:drafter');
const claim = () => house.engine.claimProposal(drafter(), 60_000);
const proposed = {
  payload: { text: 'A wording.' },
  model: 'm',
  modelVersion: '1',
  promptHash: 'a'.repeat(64),
  rationale: 'Because.',
  confidence: null,
  inputs: [],
  evidence: [],
  operator: null,
};
/** Claims until the request of this instance is handed out. */
async function claimOf(instance: string) {
  for (;;) {
    const claimed = done(await claim());
    if (claimed === null || claimed.instance === instance) return claimed;
  }
}
const propose = async (instance: string) => {
  const claimed = await claimOf(instance);
  if (claimed === null) throw new Error('Nothing was handed out.');
  const { state, opened, claim: held } = claimed;
  return house.engine.submitProposal(
    drafter(),
    { instance, state, opened, claim: held, proposal: proposed },
    null,
  );
};
const approve = async (instance: string, state: string, by: string) => {
  const { opened, subject } = done(await house.engine.readGate(house.as(by), instance, state));
  const input = { instance, state, opened, subject, verdict: 'approve', reason: null } as const;
  return house.engine.decide(house.as(by), input, null);
};

describe('a stop', () => {
  test('set on one node holds back the next step on the other, and names who, why and how it is lifted', async () => {
    const instance = await startCounter();
    done(await stepOn(other, instance));
    const id = await set({ kind: 'process', process: 'counter' });
    const refused = await stepOn(other, instance);
    expect(refused).toMatchObject({ kind: 'refusal', code: 'stopped' });
    if (refused.kind !== 'refusal') return;
    expect(refused.message).toContain('person:controller');
    expect(refused.message).toContain('It errs.');
    expect(refused.next).toContain(id);
    expect(code(await other.start(officer(), { process: 'counter', data: { limit: 5 } }, null))).toBe(
      'stopped',
    );
    expect(code(await house.engine.start(officer(), { process: 'wait', data: {} }, null))).toBe('done');
    // Looking is free.
    done(await other.readInstance(officer(), instance));
  });

  test('of one instance holds back that one alone, and of everything all of them', async () => {
    const [one, another] = [await startCounter(), await startCounter()];
    await set({ kind: 'instance', instance: one });
    expect([code(await stepOn(other, one)), code(await stepOn(other, another))]).toEqual(['stopped', 'done']);
    await set({ kind: 'everything' });
    expect(code(await stepOn(other, another))).toBe('stopped');
    expect(await claim()).toMatchObject({ kind: 'refusal', code: 'stopped' });
  });

  test('reaches an instance from when a proposal of its kind is asked for, and past its approval', async () => {
    const instance = await startProposal();
    done(await propose(instance));
    const before = await startProposal();
    await set({ kind: 'decision', process: 'proposal', decision: 'wording' });
    expect(code(await approve(instance, 'approving', 'leader'))).toBe('stopped');
    expect(
      code(
        await house.engine.migrate(
          house.as('operator'),
          {
            ...{ from: 'a'.repeat(64), to: 'b'.repeat(64), map: {}, dryRun: true, instances: [before] },
            ...{ reason: null, cursor: null, limit: 1 },
          },
          null,
        ),
      ),
    ).not.toBe('done');
    const vote = done(
      await house.engine.start(officer(), { process: 'vote', data: { question: 'Shall we?' } }, null),
    );
    expect(code(await approve(vote.instance, 'voting', 'member-one'))).toBe('done');
  });

  test('of an agent reaches every instance that holds a proposal of its', async () => {
    const instance = await startProposal();
    done(await propose(instance));
    await set({ kind: 'agent', agent: 'agent:drafter' });
    expect(code(await approve(instance, 'approving', 'leader'))).toBe('stopped');
    expect(await claim()).toMatchObject({ kind: 'refusal', code: 'stopped' });
    expect(
      code(await house.engine.start(officer(), { process: 'proposal', data: { topic: 'x' } }, null)),
    ).toBe('done');
  });

  test('P4: what comes due while stopped stays due, and comes as silence once two have lifted it', async () => {
    const waiting = done(await house.engine.start(officer(), { process: 'wait', data: {} }, null)).instance;
    const asking = await startProposal();
    const ids = [
      await set({ kind: 'process', process: 'wait' }),
      await set({ kind: 'step', process: 'proposal', state: 'drafting' }),
    ];
    house.clock.advance(3 * 3_600_000);
    // They are not even looked at, however many there are.
    const due = await house.ledger.listDueTimers(new Date(house.clock.now()).toISOString(), 1000);
    const looked = due.map(({ instance }) => instance);
    expect([looked.includes(waiting), looked.includes(asking)]).toEqual([false, false]);
    await house.engine.fireDueTimers();
    const statesOf = async (instance: string) =>
      done(await house.engine.readInstance(officer(), instance)).states.map(({ state }) => state);
    expect([await statesOf(waiting), await statesOf(asking)]).toEqual([['waiting'], ['drafting']]);
    for (const id of ids) {
      done(await house.engine.askToLift(house.as('controller'), id, 'Mended.'));
      await house.engine.fireDueTimers();
      expect(await statesOf(waiting)).toEqual(id === ids[0] ? ['waiting'] : ['late']);
      done(await house.engine.confirmLift(house.as('second-controller'), id));
      await house.engine.fireDueTimers();
    }
    expect([await statesOf(waiting), await statesOf(asking)]).toEqual([['late'], ['stuck']]);
  });
});

describe('a pause', () => {
  test.each<[string, ControlScope]>([
    ['everything', { kind: 'everything' }],
    ['the process', { kind: 'process', process: 'proposal' }],
    ['the kind of decision', { kind: 'decision', process: 'proposal', decision: 'wording' }],
    ['the AI step', { kind: 'step', process: 'proposal', state: 'drafting' }],
    ['the agent', { kind: 'agent', agent: 'agent:drafter' }],
  ])('of %s hands no request out and takes no proposal, and people go on', async (_, scope) => {
    const instance = await startProposal();
    const claimed = await claimOf(instance);
    if (claimed === null) throw new Error('Nothing was handed out.');
    await set(scope, 'paused');
    const again = await claim();
    expect(again.kind === 'refusal' ? again.code : again.value).toBeOneOf(['paused', null]);
    const { state, opened, claim: held } = claimed;
    const handIn = { instance, state, opened, claim: held, proposal: proposed };
    expect(code(await other.submitProposal(drafter(), handIn, null))).toBe('paused');
    const why = done(await house.engine.why(house.as('auditor'), { instance, principal: 'agent:drafter' }));
    expect(why.answers.find(({ kind }) => kind === 'proposal')).toMatchObject({
      allowed: false,
      code: 'paused',
    });
    expect(code(await house.engine.start(officer(), { process: 'counter', data: { limit: 1 } }, null))).toBe(
      'done',
    );
  });

  test('of one instance lets the agent work on the others', async () => {
    const [one, another] = [await startProposal(), await startProposal()];
    await set({ kind: 'instance', instance: one }, 'paused');
    const handed = new Set<string | undefined>();
    for (let claimed = done(await claim()); claimed !== null; claimed = done(await claim()))
      handed.add(claimed.instance);
    expect([handed.has(one), handed.has(another)]).toEqual([false, true]);
  });
});

describe('lifting', () => {
  test('P3: takes two natural persons: the one who asked confirms by no account', async () => {
    const instance = await startCounter();
    const id = await set({ kind: 'process', process: 'counter' });
    expect(code(await house.engine.confirmLift(house.as('controller'), id))).toBe('not-possible-here');
    done(await house.engine.askToLift(house.as('controller'), id, 'Mended.'));
    expect(code(await house.engine.askToLift(house.as('second-controller'), id, 'Mended.'))).toBe(
      'not-possible-here',
    );
    for (const same of ['controller', 'controller-again']) {
      expect(code(await house.engine.confirmLift(house.as(same), id))).toBe('already-decided');
    }
    for (const stranger of ['officer', 'auditor', 'designer', 'stranger']) {
      expect(code(await house.engine.confirmLift(house.as(stranger), id))).toBe('not-allowed');
    }
    expect(code(await stepOn(other, instance))).toBe('stopped');
    const lifted = done(await house.engine.confirmLift(house.as('head'), id));
    expect(lifted.lifted?.by).toBe('person:head');
    expect(code(await stepOn(other, instance))).toBe('done');
    expect(code(await house.engine.confirmLift(house.as('head'), id))).toBe('not-possible-here');
  });

  test('the same stop set again withdraws what was asked for', async () => {
    const id = await set({ kind: 'process', process: 'counter' });
    done(await house.engine.askToLift(house.as('controller'), id, 'Mended.'));
    expect(await set({ kind: 'process', process: 'counter' }, 'stopped', 'head')).toBe(id);
    expect(code(await house.engine.confirmLift(house.as('second-controller'), id))).toBe('not-possible-here');
  });

  test('whoever asked and has left counts no more', async () => {
    const id = await set({ kind: 'process', process: 'counter' });
    done(await house.engine.askToLift(house.as('head'), id, 'Mended.'));
    const without = people.map((one) => (one.id === 'person:head' ? { ...one, active: false } : one));
    await house.ledger.replaceDirectory(without, units, 'test');
    expect(code(await house.engine.confirmLift(house.as('second-controller'), id))).toBe('not-possible-here');
    await house.ledger.replaceDirectory(people, units, 'test');
  });
});

test('P9: who answers for a process controls that process; services, agents and others control nothing', async () => {
  const { engine } = house;
  const wanted = { mode: 'paused', reason: 'It errs.', drill: false } as const;
  const counter = { kind: 'process', process: 'counter' } as const;
  expect(code(await engine.setControl(house.as('head'), { ...wanted, scope: counter }))).toBe('done');
  expect(code(await engine.setControl(house.as('head'), { ...wanted, scope: { kind: 'everything' } }))).toBe(
    'not-allowed',
  );
  for (const one of ['officer', 'leader', 'auditor', 'designer', 'service:intake', 'agent:drafter']) {
    expect(code(await engine.setControl(house.as(one), { ...wanted, scope: counter }))).toBe('not-allowed');
  }
  expect(
    code(
      await engine.setControl(
        { ...house.as('service:intake'), scopes: ['control'] },
        { ...wanted, scope: counter },
      ),
    ),
  ).toBe('people-only');
  const by = house.as('controller');
  for (const scope of [
    { kind: 'process', process: 'none' },
    { kind: 'decision', process: 'proposal', decision: 'none' },
    { kind: 'step', process: 'proposal', state: 'approving' },
    { kind: 'agent', agent: 'person:officer' },
    { kind: 'instance', instance: randomUUID() },
  ] as const) {
    expect(code(await engine.setControl(by, { ...wanted, scope }))).toBeOneOf([
      'not-found',
      'definition-unknown',
    ]);
  }
  expect(code(await engine.setControl(by, { ...wanted, scope: counter, reason: ' ' }))).toBe(
    'reason-required',
  );
});

describe('an override', () => {
  const override = (instance: string, by: string, state = 'drafting', reason = 'By hand.') =>
    house.engine.override(house.as(by), { instance, state, reason, seen: null }, null);

  test('P4: leads by onError to where people work, names who did it, and approves nothing', async () => {
    const instance = await startProposal();
    await set({ kind: 'step', process: 'proposal', state: 'drafting' }, 'paused');
    for (const one of ['officer', 'stranger'])
      expect(code(await override(instance, one))).toBe('not-allowed');
    expect(code(await override(instance, 'head', 'drafting', ' '))).toBe('reason-required');
    expect(code(await override(instance, 'head', 'approving'))).toBe('stale');
    const moved = done(await override(instance, 'head'));
    expect(moved.states).toEqual(['stuck']);
    expect(code(await override(instance, 'head'))).toBe('stale');
    const { items } = done(await house.engine.readRecord(house.as('auditor'), instance, moved.seq - 1, 1));
    expect(items[0]).toMatchObject({
      entry: { kind: 'override', event: 'drafting', actor: { principal: 'person:head' }, to: ['stuck'] },
      data: { body: { reason: 'By hand.' } },
    });
    const { context, timers } = done(await house.engine.readInstance(officer(), instance));
    expect(context).not.toHaveProperty('wording');
    expect(timers).toEqual([]);
  });

  test('is held back by a stop as everything is', async () => {
    const instance = await startProposal();
    await set({ kind: 'step', process: 'proposal', state: 'drafting' });
    expect(code(await override(instance, 'head'))).toBe('stopped');
  });
});

test('a vote that races the stop switch has one outcome, and the record has it', async () => {
  const { engine } = house;
  for (let round = 0; round < 5; round += 1) {
    const { instance } = done(
      await engine.start(officer(), { process: 'vote', data: { question: 'Now?' } }, null),
    );
    for (const one of ['one', 'two']) done(await approve(instance, 'voting', `member-${one}`));
    const [voted, id] = await Promise.all([
      approve(instance, 'voting', 'member-three'),
      set({ kind: 'instance', instance }),
    ]);
    const { seq, states } = done(await engine.readInstance(officer(), instance));
    expect([code(voted), seq, states[0]?.state]).toEqual(
      voted.kind === 'done' ? ['done', 4, 'carried'] : ['stopped', 3, 'voting'],
    );
    // Whatever came first: from the answer on nothing moves.
    if (voted.kind !== 'done') expect(code(await approve(instance, 'voting', 'member-four'))).toBe('stopped');
    expect((await admin`select 1 from ledger.acts where text like ${`%"${id}"%`}`).length).toBe(1);
  }
});

test('P5: the controls are what the chain of acts makes of them, and whoever tampers is named', async () => {
  await set({ kind: 'process', process: 'counter' });
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
  const [row] = await admin`select id from ledger.controls where lifted_at is null limit 1`;
  const id = String(row?.id);
  const lies = [
    `update ledger.controls set mode = 'paused' where id = '${id}'`,
    `update ledger.controls set reason = 'Nothing.' where id = '${id}'`,
    `update ledger.controls set process = 'wait' where id = '${id}'`,
    `update ledger.controls set asked_by = 'x', asked_person = 'x', asked_at = now(), asked_reason = 'x', lifted_by = 'y', lifted_at = now() where id = '${id}'`,
    `alter table ledger.controls disable trigger user; delete from ledger.controls where id = '${id}'; alter table ledger.controls enable trigger user`,
    `insert into ledger.controls (id, scope, mode, drill, reason, set_by, set_at) values (gen_random_uuid(), 'everything', 'paused', false, 'x', 'y', now())`,
  ];
  await admin.unsafe('create table public.kept as select * from ledger.controls');
  for (const lie of lies) {
    await admin.unsafe(lie);
    const { problems } = await verifyRecord(house.ledger);
    expect(
      problems.map(({ code: kind }) => kind),
      lie,
    ).toEqual(['control-differs']);
    await admin.unsafe(
      `alter table ledger.controls disable trigger user; delete from ledger.controls;
       alter table ledger.controls enable trigger user; insert into ledger.controls select * from public.kept`,
    );
  }
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
});
