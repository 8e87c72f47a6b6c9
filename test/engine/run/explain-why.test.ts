import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WhyAnswer } from '../../../engine/index.ts';
import { counterDefinition, proposalDefinition } from '../../support/definitions.ts';
import { done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse([counterDefinition, proposalDefinition]);
});
afterAll(() => house.close());

async function ask(asker: string, instance: string, more: { principal?: string; event?: string } = {}) {
  return done(await house.engine.why(house.as(asker), { instance, ...more }));
}

const named = (answers: readonly WhyAnswer[], name: string) => answers.find((one) => one.name === name);

async function start(process: string, data: object): Promise<string> {
  return done(await house.engine.start(house.as('officer'), { process, data: { ...data } }, null)).instance;
}

async function propose(instance: string): Promise<void> {
  const claimed = done(await house.engine.claimProposal(house.as('agent:drafter'), 60_000));
  if (claimed === null) throw new Error('Nothing to claim.');
  const { state, opened, claim } = claimed;
  const proposal = {
    payload: { text: 'Proposed' },
    model: 'm',
    modelVersion: '1',
    promptHash: '0'.repeat(64),
    rationale: 'Because.',
    confidence: null,
    inputs: [],
    evidence: [],
    operator: null,
  };
  const submission = { instance, state, opened, claim, proposal };
  done(await house.engine.submitProposal(house.as('agent:drafter'), submission, null));
}

test('who may is told by which rule; who may not, what is missing and who could', async () => {
  const instance = await start('counter', { limit: 0 });
  const own = await ask('officer', instance);
  expect(own.principal).toMatchObject({ id: 'person:officer', roles: ['officer'], active: true });
  expect(named(own.answers, 'finish')).toMatchObject({
    kind: 'event',
    allowed: true,
    code: null,
    rule: 'role officer',
    why: 'Open to role officer.',
    missing: [],
    who: [
      { principal: 'person:second-officer', name: 'person:second-officer' },
      { principal: 'service:intake', name: 'service:intake' },
    ],
    moreMayFollow: false,
  });
  const step = named(own.answers, 'step');
  expect(step).toMatchObject({ allowed: false, code: 'guard-failed', who: [] });
  expect(step?.missing).toEqual([
    expect.stringMatching(/^The guard has\(context\.count\) .* has to hold \(line \d+\)\.$/),
  ]);
  expect(step?.considered).toMatchObject([{ from: 'counting', reason: 'guard-failed' }]);
});

test('P9: about others only auditors and whoever is responsible may ask', async () => {
  const instance = await start('counter', { limit: 1 });
  const about = { instance, principal: 'person:stranger' };
  const refused = await house.engine.why(house.as('officer'), about);
  expect(refused).toMatchObject({ kind: 'refusal', code: 'not-allowed' });
  for (const asker of ['auditor', 'head']) {
    const { answers } = await ask(asker, instance, about);
    expect(named(answers, 'step')).toMatchObject({
      allowed: false,
      code: 'not-allowed',
      missing: [expect.stringMatching(/^To be role officer \(line \d+\)\.$/)],
    });
    expect(named(answers, 'step')?.who.map(({ principal }) => principal)).toContain('person:officer');
  }
  // Who may not read the instance is told that there is none.
  expect(await house.engine.why(house.as('stranger'), { instance })).toMatchObject({
    kind: 'refusal',
    code: 'not-found',
  });
  expect(await house.engine.why(house.as('auditor'), { instance, principal: 'person:nobody' })).toMatchObject(
    {
      kind: 'refusal',
      code: 'not-found',
    },
  );
});

test('P3: at a gate the reviewer may, the initiator may not, and neither do an agent and a stranger', async () => {
  const instance = await start('proposal', { topic: 'Seals' });
  const asked = await ask('auditor', instance, { principal: 'agent:drafter' });
  expect(named(asked.answers, 'drafting')).toMatchObject({ kind: 'proposal', allowed: true });
  expect(
    named((await ask('auditor', instance, { principal: 'person:leader' })).answers, 'drafting'),
  ).toMatchObject({
    allowed: false,
    who: [{ principal: 'agent:drafter' }, { principal: 'agent:second' }],
  });

  await propose(instance);
  const at = async (principal: string) =>
    named((await ask('auditor', instance, { principal })).answers, 'approving');
  expect(await at('person:leader')).toMatchObject({
    kind: 'gate',
    allowed: true,
    rule: 'role leader',
    missing: [],
  });
  const officer = await at('person:officer');
  expect(officer).toMatchObject({ allowed: false, code: 'not-allowed' });
  expect(officer?.missing).toEqual(['1 more approval of the 1 that the gate asks for.']);
  expect(officer?.who.map(({ principal }) => principal)).toEqual(['person:head', 'person:leader']);
  expect(await at('agent:drafter')).toMatchObject({ allowed: false, code: 'people-only' });
  // Agents read nothing, so they do not ask either.
  expect(await house.engine.why(house.as('agent:drafter'), { instance })).toMatchObject({
    code: 'not-allowed',
  });
});

test('an event that no state takes is explained when it is asked for, and a finished instance has no answers', async () => {
  const instance = await start('counter', { limit: 1 });
  const { answers } = await ask('officer', instance, { event: 'fly' });
  expect(answers).toMatchObject([
    { name: 'fly', allowed: false, code: 'not-possible-here', rule: '', who: [] },
  ]);
  done(
    await house.engine.postEvent(
      house.as('officer'),
      { instance, type: 'finish', data: {}, seen: null },
      null,
    ),
  );
  expect((await ask('officer', instance)).answers).toEqual([]);
  expect((await ask('officer', instance, { event: 'finish' })).answers).toMatchObject([{ code: 'finished' }]);
});

test('asking changes nothing: what is allowed is what then happens', async () => {
  const instance = await start('counter', { limit: 1 });
  for (const event of ['step', 'step', 'finish', 'finish']) {
    const before = done(await house.engine.readInstance(house.as('officer'), instance)).seq;
    const [said] = (await ask('officer', instance, { event })).answers;
    expect(done(await house.engine.readInstance(house.as('officer'), instance)).seq).toBe(before);
    const answer = await house.engine.postEvent(
      house.as('officer'),
      { instance, type: event, data: {}, seen: null },
      null,
    );
    expect(said?.allowed).toBe(answer.kind === 'done');
    expect(said?.code).toBe(answer.kind === 'done' ? null : answer.code);
  }
});
