/** Gates at work on a real database: who is told in time, who wins a race, and what many reviewers come to. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import type { GateAct, Verdict } from '../../../engine/step/stimulus.ts';
import { head } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

const watched = `${head('watched')}
context: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 100 } } }
initial: checking
states:
  checking:
    gate:
      meaning: consider
      reviewers: { role: member }
      quorum: { approve: 2 }
      due: { workingDays: 3 }
      onOverdue: { escalate: { role: head }, remind: { workingDays: 1 } }
    on:
      approved: carried
      rejected: lost
      edit:
        allow: { role: officer }
        input: { type: object, required: [note], properties: { note: { type: string, maxLength: 100 } } }
        assign: { note: event.note }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;
const timed = `${head('timed')}
context: { type: object, additionalProperties: false, properties: { note: { type: string, maxLength: 100 } } }
initial: voting
states:
  voting:
    gate:
      meaning: approve
      reviewers: { role: member }
      quorum: { approve: more-than-half, of: votes-cast, present: 3 }
      due: PT1H
      onOverdue: { target: late }
    on: { approved: carried, rejected: lost, returned: late }
  late: { type: final, output: { result: "'withdrawn'" } }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;
const members = ['one', 'two', 'three', 'four', 'five'].map((name) => `member-${name}`);

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse([watched, timed]);
});
afterAll(() => house.close());

const begin = async (process: string) =>
  done(await house.engine.start(house.as('officer'), { process, data: {} }, null)).instance;
const see = async (who: string, instance: string, state: string) =>
  done(await house.engine.readGate(house.as(who), instance, state));
async function decide(who: string, instance: string, state: string, verdict: Verdict, opened = 1) {
  const { subject } = await see('auditor', instance, state);
  const given = { instance, state, opened, subject, verdict, reason: 'As I see it.' };
  return house.engine.decide(house.as(who), given, null);
}
const inbox = async (who: string) => {
  const { items } = done(await house.engine.listGates(house.as(who), null, 200));
  return new Map(items.map((gate) => [gate.instance, gate]));
};
const hours = (count: number) => house.clock.advance(count * 3_600_000);

describe('in time', () => {
  test('P4: an overdue gate tells the others, reminds, stands in their inbox, and is as undecided as before', async () => {
    const instance = await begin('watched');
    expect(await see('member-one', instance, 'checking')).toMatchObject({
      dueAt: '2026-01-08T17:00:00.000Z',
      overdue: null,
      told: [],
    });
    expect((await inbox('head')).has(instance)).toBe(false);
    done(await decide('member-one', instance, 'checking', 'approve'));
    hours(96);
    expect(await house.engine.fireDueTimers()).toBe(1);
    expect(await house.engine.fireDueTimers()).toBe(0);
    hours(36);
    expect(await house.engine.fireDueTimers()).toBe(1);
    const told = (await inbox('head')).get(instance);
    expect(told).toMatchObject({
      allowed: false,
      told: ['escalated'],
      overdue: { reminders: 1, escalatedTo: ['person:head'] },
      quorum: { approved: 1 },
    });
    const record = done(await house.engine.readRecord(house.as('auditor'), instance, 0, 10));
    expect(record.items.map(({ entry }) => `${entry.kind} ${entry.event}`)).toEqual([
      'start start',
      'decision checking',
      'timer due:checking',
      'timer remind:checking',
    ]);
    expect(record.items[2]?.data).toMatchObject({
      calendar: 'vietnam-1',
      body: {
        told: { escalated: ['person:head'], reminded: expect.not.arrayContaining(['person:member-one']) },
      },
    });
    expect(codeOf(await decide('head', instance, 'checking', 'approve'))).toBe('not-allowed');
    expect(done(await decide('member-two', instance, 'checking', 'approve')).outcome).toBe('approved');
    expect((await inbox('head')).has(instance)).toBe(false);
  });
});

describe('races', () => {
  test('P4: a vote racing the deadline has one outcome, and what the record says is what happened', async () => {
    const instances = await Promise.all(Array.from({ length: 12 }, () => begin('timed')));
    for (const instance of instances) {
      for (const who of ['member-one', 'member-two']) done(await decide(who, instance, 'voting', 'approve'));
    }
    const subjects = await Promise.all(instances.map((instance) => see('auditor', instance, 'voting')));
    hours(1);
    const last = async ({ instance, subject }: (typeof subjects)[number]) =>
      house.engine.decide(
        house.as('member-three'),
        { instance, state: 'voting', opened: 1, subject, verdict: 'approve', reason: null },
        null,
      );
    const early = subjects.slice(0, 6).map(last);
    const fired = house.engine.fireDueTimers();
    const answers = await Promise.all([...early, ...subjects.slice(6).map(last)]);
    await fired;
    for (const [index, instance] of instances.entries()) {
      const { states, seq } = done(await house.engine.readInstance(house.as('auditor'), instance));
      const answer = answers[index];
      const voted = answer?.kind === 'done';
      expect(states.map(({ state }) => state)).toEqual([voted ? 'carried' : 'late']);
      expect(seq).toBe(4);
      if (!voted) expect(['stale', 'finished']).toContain(answer?.code);
    }
  });

  test('two votes racing for the last seat: one of them is counted, the other is told that the gate closed', async () => {
    const instances = await Promise.all(Array.from({ length: 8 }, () => begin('timed')));
    for (const instance of instances) {
      done(await decide('member-one', instance, 'voting', 'approve'));
      done(await decide('member-two', instance, 'voting', 'reject'));
      const { subject } = await see('auditor', instance, 'voting');
      const vote = (who: string, verdict: Verdict) =>
        house.engine.decide(
          house.as(who),
          { instance, state: 'voting', opened: 1, subject, verdict, reason: 'Now.' },
          null,
        );
      const answers = await Promise.all([vote('member-three', 'approve'), vote('member-four', 'reject')]);
      const counted = answers.filter(({ kind }) => kind === 'done');
      expect(counted).toHaveLength(1);
      expect(answers.map(codeOf).filter((code) => code !== 'done')).toEqual(['finished']);
      const { states } = done(await house.engine.readInstance(house.as('auditor'), instance));
      expect(states[0]?.state).toBe(answers[0]?.kind === 'done' ? 'carried' : 'lost');
    }
  });
});

describe('what was decided', () => {
  test('who decided before what is decided was edited sees what changed, and others see nothing of it', async () => {
    const instance = done(
      await house.engine.start(house.as('officer'), { process: 'watched', data: { note: 'A' } }, null),
    ).instance;
    done(await decide('member-one', instance, 'checking', 'approve'));
    const edit = { instance, type: 'edit', data: { note: 'B' }, seen: null };
    done(await house.engine.postEvent(house.as('officer'), edit, null));
    const seen = await see('member-one', instance, 'checking');
    expect(seen).toMatchObject({ allowed: true, decisions: [] });
    expect(seen.changed).toEqual({
      since: { seq: 2, verdict: 'approve', time: expect.any(String) },
      fields: [{ name: 'note', before: 'A', after: 'B' }],
      proposal: [],
    });
    expect((await see('member-two', instance, 'checking')).changed).toBeNull();
    done(await decide('member-one', instance, 'checking', 'approve'));
    expect((await see('member-one', instance, 'checking')).changed).toMatchObject({ fields: [] });
  });

  test('dissent stays to be read after the gate has closed, and void decisions too', async () => {
    const instance = await begin('timed');
    done(await decide('member-one', instance, 'voting', 'reject'));
    done(await decide('member-two', instance, 'voting', 'approve'));
    done(await decide('member-three', instance, 'voting', 'approve'));
    const { items } = done(await house.engine.readDecisions(house.as('auditor'), instance, 0, 50));
    expect(
      items.map(({ principal, verdict, reason, outcome }) => ({ principal, verdict, reason, outcome })),
    ).toEqual([
      { principal: 'person:member-one', verdict: 'reject', reason: 'As I see it.', outcome: null },
      { principal: 'person:member-two', verdict: 'approve', reason: 'As I see it.', outcome: null },
      { principal: 'person:member-three', verdict: 'approve', reason: 'As I see it.', outcome: 'approved' },
    ]);
  });
});

describe('besides deciding', () => {
  const attend = (
    who: string,
    instance: string,
    act: GateAct,
    more: { person?: string; text?: string } = {},
  ) => {
    const { person = null, text = null } = more;
    const input = { instance, state: 'checking', act, person, text };
    return house.engine.attendGate(house.as(who), input, null);
  };

  test('who is asked for an opinion reads the case, gives it, and neither decides nor reads on', async () => {
    const instance = await begin('watched');
    const asking = { person: 'person:stranger', text: 'Is it lawful?' };
    expect((await house.engine.readInstance(house.as('stranger'), instance)).kind).toBe('refusal');
    expect(codeOf(await attend('stranger', instance, 'ask', asking))).toBe('not-allowed');
    expect(codeOf(await attend('member-one', instance, 'ask', { ...asking, person: 'person:nobody' }))).toBe(
      'bad-input',
    );
    done(await attend('member-one', instance, 'ask', asking));
    const mine = (await inbox('stranger')).get(instance);
    expect(mine).toMatchObject({ told: ['opinion'], allowed: false });
    expect(codeOf(await decide('stranger', instance, 'checking', 'approve'))).toBe('not-allowed');
    done(await attend('stranger', instance, 'answer', { text: 'It is.' }));
    expect((await inbox('stranger')).has(instance)).toBe(false);
    expect((await see('member-two', instance, 'checking')).opinions).toMatchObject([
      { askedBy: 'person:member-one', person: 'person:stranger', opinion: 'It is.' },
    ]);
  });

  test('two who claim at once: one holds it, and who answers for the case hands it on', async () => {
    const instance = await begin('watched');
    const answers = await Promise.all([
      attend('member-one', instance, 'claim'),
      attend('member-two', instance, 'claim'),
    ]);
    expect(answers.map(codeOf).sort()).toEqual(['already-claimed', 'done']);
    const to = { person: 'person:member-three', text: 'They know the matter.' };
    expect(codeOf(await attend('member-four', instance, 'reassign', to))).toBe('not-allowed');
    done(await attend('head', instance, 'reassign', to));
    expect((await see('head', instance, 'checking')).claim?.person).toBe('person:member-three');
  });
});

test('P3: many reviewers on many gates at once: each comes to exactly its legal outcome', async () => {
  const instances = await Promise.all(Array.from({ length: 40 }, () => begin('timed')));
  const verdicts: readonly Verdict[] = ['approve', 'reject', 'abstain', 'approve', 'recuse', 'approve'];
  const subjects = await Promise.all(instances.map((instance) => see('auditor', instance, 'voting')));
  const answers = await Promise.all(
    subjects.flatMap(({ instance, subject }, place) =>
      [...members, ...members, 'leader', 'agent:drafter'].map((who, index) =>
        house.engine.decide(
          house.as(who),
          {
            instance,
            state: 'voting',
            opened: 1,
            subject,
            verdict: verdicts[(index * 7 + place) % verdicts.length] ?? 'approve',
            reason: 'As I see it.',
          },
          null,
        ),
      ),
    ),
  );
  expect(answers.filter(({ kind }) => kind === 'done').length).toBeGreaterThan(100);
  for (const instance of instances) {
    const record = done(await house.engine.readRecord(house.as('auditor'), instance, 1, 50));
    const votes = record.items.map(({ entry }) => entry);
    const cast = votes.filter(({ gate }) => gate?.verdict !== 'recuse');
    const approvals = cast.filter(({ gate }) => gate?.verdict === 'approve').length;
    const returned = votes.at(-1)?.gate?.outcome;
    // Five members, three of whom must be present: it is counted at the third vote, or when three cannot come.
    expect(cast.length).toBeLessThanOrEqual(3);
    const carried = cast.length === 3 && approvals >= 2;
    expect(returned === 'approved').toBe(carried);
    expect(new Set(votes.map(({ actor }) => actor.principal)).size).toBe(votes.length);
    expect(votes.every(({ actor }) => members.includes(actor.principal.replace('person:', '')))).toBe(true);
    expect(votes.slice(0, -1).every(({ gate }) => gate?.outcome === undefined)).toBe(true);
  }
});

test('P5, P7: all of that verifies', async () => {
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
});
