import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../../engine/index.ts';
import { fromDatabaseUrl, toConnectionOptions } from '../../../engine/ledger/database-address.ts';
import { LedgerUnavailable, type StepToCommit } from '../../../engine/ledger/ledger.ts';
import { openLedger } from '../../../engine/ledger/open-ledger.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import {
  brokenReviewersDefinition,
  counterDefinition,
  head,
  proposalDefinition,
  redirectDefinition,
  voteDefinition,
  waitDefinition,
} from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { keyed, people, units } from '../../support/test-people.ts';
import { openTestSession } from '../../support/test-sessions.ts';

let house: TestHouse;

beforeAll(async () => {
  house = await openTestHouse([
    brokenReviewersDefinition,
    counterDefinition,
    proposalDefinition,
    redirectDefinition,
    voteDefinition,
    waitDefinition,
  ]);
});
afterAll(() => house.close());

const startCounter = async (limit: number) =>
  done(await house.engine.start(house.as('officer'), { process: 'counter', data: { limit } }, null)).instance;
const step = (instance: string, key: string | null = null, who = 'officer') =>
  house.engine.postEvent(
    house.as(who),
    { instance, type: 'step', data: {}, seen: null },
    key === null ? null : keyed(key),
  );

describe('many at once', () => {
  test('P1: of 64 writers on one instance exactly as many step as the guard lets through, one entry each', async () => {
    const instance = await startCounter(40);
    const answers = await Promise.all(Array.from({ length: 64 }, () => step(instance)));
    expect(answers.map(codeOf).filter((code) => code === 'done')).toHaveLength(40);
    expect(answers.map(codeOf).filter((code) => code === 'guard-failed')).toHaveLength(24);
    const record = done(await house.engine.readRecord(house.as('auditor'), instance, 0, 200));
    expect(record.items.map(({ entry }) => entry.seq)).toEqual(
      Array.from({ length: 41 }, (_, index) => index + 1),
    );
  });

  test('P1: two engines on one database take turns on one instance and lose nothing', async () => {
    const other = openEngine({
      ledger: await openLedger(fromDatabaseUrl(house.database.engineUrl)),
      clock: house.clock,
    });
    const instance = await startCounter(50);
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        (index % 2 === 0 ? house.engine : other).postEvent(
          house.as('officer'),
          { instance, type: 'step', data: {}, seen: null },
          null,
        ),
      ),
    );
    expect(answers.map(codeOf).filter((code) => code === 'done')).toHaveLength(50);
    const view = done(await other.readInstance(house.as('auditor'), instance));
    expect(view.context.count).toBe(50);
    expect(view.seq).toBe(51);
    await other.close();
  });

  test('P1: a batch over many instances moves each by its own events only', async () => {
    const instances = await Promise.all(Array.from({ length: 30 }, (_, index) => startCounter(index)));
    await Promise.all(
      instances.flatMap((instance, index) => Array.from({ length: index }, () => step(instance))),
    );
    for (const [index, instance] of instances.entries()) {
      const view = done(await house.engine.readInstance(house.as('auditor'), instance));
      expect(view.context.count ?? 0).toBe(index);
    }
  });
});

describe('the same request again', () => {
  test('P6: sent ten times at once with one key, it has one effect and one answer', async () => {
    const instance = await startCounter(100);
    const answers = await Promise.all(Array.from({ length: 10 }, () => step(instance, 'ten-times')));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view.context.count).toBe(1);
  });

  test('P6: sent again after the instance moved on, it still gets its first answer', async () => {
    const instance = await startCounter(1);
    const first = done(await step(instance, 'first'));
    expect(codeOf(await step(instance))).toBe('guard-failed');
    expect(done(await step(instance, 'first'))).toEqual(first);
  });

  test('P6: a start that is repeated starts one instance', async () => {
    const start = () =>
      house.engine.start(
        house.as('officer'),
        { process: 'counter', data: { limit: 77 } },
        keyed('start-once'),
      );
    const answers = await Promise.all([start(), start(), start()]);
    expect(new Set(answers.map((answer) => done(answer).instance)).size).toBe(1);
    const found = done(
      await house.engine.search(house.as('auditor'), { process: 'counter', fields: { limit: '77' } }),
    );
    expect(found.items).toHaveLength(1);
  });

  test('the same key with another body is refused, and changes nothing', async () => {
    const instance = await startCounter(9);
    done(await step(instance, 'mine'));
    const other = await house.engine.postEvent(
      house.as('officer'),
      { instance, type: 'step', data: {}, seen: null },
      keyed('mine', 'something else'),
    );
    expect(codeOf(other)).toBe('idempotency-conflict');
  });

  test('a key belongs to its principal: another one may use the same word', async () => {
    const instance = await startCounter(9);
    done(await step(instance, 'shared', 'officer'));
    done(await step(instance, 'shared', 'second-officer'));
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view.context.count).toBe(2);
  });
});

describe('a directory that changes', () => {
  test('P9: a role that was taken away no longer moves anything, on the very next request', async () => {
    const instance = await startCounter(9);
    done(await step(instance, null, 'second-officer'));
    const withoutRole = people.map((one) =>
      one.id === 'person:second-officer' ? { ...one, roles: [] } : one,
    );
    await house.ledger.replaceDirectory(withoutRole, units, 'test');
    expect(codeOf(await step(instance, null, 'second-officer'))).toBe('not-allowed');
    await house.ledger.replaceDirectory(people, units, 'test');
    expect(codeOf(await step(instance, null, 'second-officer'))).toBe('done');
  });

  test('P9: a revoked key is refused at once, for moving and for reading', async () => {
    const administrator = house.as('designer');
    const key = done(
      await house.engine.issueKey(administrator, {
        principal: 'person:officer',
        scopes: ['start', 'read', 'event'],
        expiresAt: null,
      }),
    );
    const caller = await house.engine.authenticate(key.secret, 'test', true);
    if (caller === null) throw new Error('The new key is not honoured.');
    const start = () => house.engine.start(caller, { process: 'counter', data: { limit: 1 } }, null);
    expect(codeOf(await start())).toBe('done');
    done(await house.engine.revokeKey(administrator, key.id));
    expect(codeOf(await start())).toBe('unauthenticated');
    const read = await house.engine.search(caller, {});
    expect(read.kind === 'refusal' && read.code).toBe('unauthenticated');
    expect(await house.engine.authenticate(key.secret, 'test', true)).toBeNull();
  });

  test('P2: nobody can issue an agent a key for anything but proposing', async () => {
    const answer = await house.engine.issueKey(house.as('designer'), {
      principal: 'agent:drafter',
      scopes: ['propose', 'decide'],
      expiresAt: null,
    });
    expect(answer.kind === 'refusal' && answer.code).toBe('not-allowed');
  });
});

describe('a proposal and its countersignature', () => {
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
  const startCase = async () =>
    done(
      await house.engine.start(house.as('officer'), { process: 'proposal', data: { topic: 'Roads' } }, null),
    ).instance;
  const propose = async (operator: string | null = null, agent = 'agent:drafter') => {
    const claimed = done(await house.engine.claimProposal(house.as(agent), 60_000));
    if (claimed === null) throw new Error('There was nothing to claim.');
    const { instance, state, opened, claim } = claimed;
    return house.engine.submitProposal(
      house.as(agent),
      { instance, state, opened, claim, proposal: { ...proposal, operator } },
      null,
    );
  };
  const gateOf = async (who: string, instance: string) =>
    done(await house.engine.readGate(house.as(who), instance, 'approving'));
  const decide = async (
    who: string,
    instance: string,
    verdict: 'approve' | 'reject' | 'return',
    reason?: string,
  ) => {
    const { opened, subject } = await gateOf('leader', instance);
    return house.engine.decide(
      { ...house.as(who), scopes: ['decide'] },
      { instance, state: 'approving', opened, subject, verdict, reason: reason ?? null },
      null,
    );
  };

  test('P2: the proposal reaches the context only when a leader approved it', async () => {
    const instance = await startCase();
    done(await propose());
    const before = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(before.context.wording).toBeUndefined();
    const moved = done(await decide('leader', instance, 'approve'));
    expect(moved).toMatchObject({ status: 'done', states: ['issued'], outcome: 'approved' });
    const after = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(after.context.wording).toBe('A proposed wording.');
  });

  test('P3: neither an agent nor a service decides, whatever their roles and scopes', async () => {
    const instance = await startCase();
    done(await propose());
    expect(codeOf(await decide('agent:drafter', instance, 'approve'))).toBe('people-only');
    expect(codeOf(await decide('service:intake', instance, 'approve'))).toBe('people-only');
    expect((await gateOf('leader', instance)).decisions).toEqual([]);
    done(await decide('leader', instance, 'reject', 'Not needed any more.'));
  });

  test('P3: who operates the agent does not decide, named by whatever account', async () => {
    for (const operator of ['person:leader', 'person:leader-second-account']) {
      const instance = await startCase();
      done(await propose(operator, 'agent:second'));
      expect(codeOf(await decide('leader', instance, 'approve'))).toBe('own-proposal');
      const view = await gateOf('leader', instance);
      expect(view).toMatchObject({ allowed: false, decisions: [] });
      done(await decide('head', instance, 'reject', 'Closed by the test.'));
    }
    // Whom the directory does not name, an agent cannot keep from the gate by naming them.
    await startCase();
    expect(codeOf(await propose('person:leader'))).toBe('bad-input');
  });

  test('P3: the directory says who operates an agent, whatever the agent says or leaves out', async () => {
    const instance = await startCase();
    const claimed = done(await house.engine.claimProposal(house.as('agent:second'), 60_000));
    if (claimed === null) throw new Error('There was nothing to claim.');
    const { state, opened, claim } = claimed;
    const named = (operator: string | null) =>
      house.engine.submitProposal(
        house.as('agent:second'),
        { instance, state, opened, claim, proposal: { ...proposal, operator } },
        null,
      );
    expect(codeOf(await named('person:head'))).toBe('bad-input');
    done(await named(null));
    expect((await gateOf('head', instance)).proposal?.operator).toBe('person:leader');
    expect(codeOf(await decide('leader', instance, 'approve'))).toBe('own-proposal');
    done(await decide('head', instance, 'reject', 'Closed by the test.'));
  });

  test('P2: what surrounds the proposal may not be exchanged under the hands of who approves', async () => {
    const { instance } = done(
      await house.engine.start(
        house.as('officer'),
        { process: 'redirect', data: { recipient: 'Hue' } },
        null,
      ),
    );
    done(await propose());
    const seen = await gateOf('leader', instance);
    house.clock.advance(2 * 3_600_000);
    await house.engine.fireDueTimers();
    const marked = await gateOf('leader', instance);
    expect(marked.context.overdue).toBe(true);
    expect(marked.subject).toBe(seen.subject);
    const redirected = { instance, type: 'redirect', data: { recipient: 'Vinh' }, seen: null };
    done(await house.engine.postEvent(house.as('officer'), redirected, null));
    const { opened, subject } = seen;
    const late = { instance, state: 'approving', opened, subject, verdict: 'approve' as const, reason: null };
    expect(codeOf(await house.engine.decide(house.as('leader'), late, null))).toBe('stale');
    done(await decide('leader', instance, 'approve'));
  });

  test('P2: an agent sends no events', async () => {
    const instance = await startCase();
    const caller = { ...house.as('agent:drafter'), scopes: ['event' as const] };
    const answer = await house.engine.postEvent(
      caller,
      { instance, type: 'retry', data: {}, seen: null },
      null,
    );
    expect(codeOf(answer)).toBe('people-only');
    done(await propose());
    done(await decide('leader', instance, 'reject', 'Closed by the test.'));
  });

  test('P3: a gate left and entered again is another gate: what was seen before is stale', async () => {
    const instance = await startCase();
    done(await propose());
    const seen = await gateOf('leader', instance);
    done(await decide('leader', instance, 'return', 'Shorter, please.'));
    done(await propose());
    const late = await house.engine.decide(
      house.as('head'),
      {
        instance,
        state: 'approving',
        opened: seen.opened,
        subject: seen.subject,
        verdict: 'approve',
        reason: null,
      },
      null,
    );
    expect(codeOf(late)).toBe('stale');
    done(await decide('leader', instance, 'approve'));
  });

  test('P4: a request that no agent answers in time leads to the failure path, never to approval', async () => {
    const instance = await startCase();
    house.clock.advance(11 * 60_000);
    expect(await house.engine.fireDueTimers()).toBeGreaterThan(0);
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view.states.map(({ state }) => state)).toEqual(['stuck']);
    expect(done(await house.engine.claimProposal(house.as('agent:drafter'), 60_000))).toBeNull();
  });

  test('two agents claiming at once get the one request once', async () => {
    const instance = await startCase();
    const claims = await Promise.all(
      [1, 2, 3].map(() => house.engine.claimProposal(house.as('agent:drafter'), 60_000)),
    );
    const got = claims.map(done).filter((claimed) => claimed?.instance === instance);
    expect(got).toHaveLength(1);
  });
});

describe('a collective vote', () => {
  test('P3: five members voting at once, twice each, count once each and carry the question', async () => {
    const instance = done(
      await house.engine.start(
        house.as('officer'),
        { process: 'vote', data: { question: 'Build it?' } },
        null,
      ),
    ).instance;
    const { opened, subject, quorum } = done(
      await house.engine.readGate(house.as('member-one'), instance, 'voting'),
    );
    expect(quorum).toMatchObject({ needed: 3, approved: 0, members: 5 });
    const members = ['one', 'two', 'three', 'four', 'five'].map((name) => `member-${name}`);
    const answers = await Promise.all(
      [...members, ...members].map((member) =>
        house.engine.decide(
          house.as(member),
          { instance, state: 'voting', opened, subject, verdict: 'approve', reason: null },
          null,
        ),
      ),
    );
    const codes = answers.map(codeOf);
    expect(codes.filter((code) => code === 'done')).toHaveLength(3);
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view.output).toEqual({ result: 'carried' });
    expect(view.seq).toBe(4);
  });
});

test('P2: what was edited and edited back is another subject: who had decided decides again', async () => {
  await house.deploy(`${head('edited')}
context: { type: object, required: [text], additionalProperties: false, properties: { text: { type: string, maxLength: 100 } } }
initial: deciding
states:
  deciding:
    gate: { meaning: approve, reviewers: { role: member }, quorum: { approve: 2 } }
    on:
      edit:
        allow: { initiator: true }
        input: { type: object, required: [text], additionalProperties: false, properties: { text: { type: string, maxLength: 100 } } }
        assign: { text: event.text }
      approved: approved
      rejected: lost
  approved: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`);
  const officer = house.as('officer');
  const { instance } = done(
    await house.engine.start(officer, { process: 'edited', data: { text: 'One.' } }, null),
  );
  const decide = async (member: string) => {
    const { opened, subject } = done(await house.engine.readGate(house.as(member), instance, 'deciding'));
    const wanted = {
      instance,
      state: 'deciding',
      opened,
      subject,
      verdict: 'approve',
      reason: null,
    } as const;
    return { subject, answer: await house.engine.decide(house.as(member), wanted, null) };
  };
  const edit = async (text: string) =>
    done(await house.engine.postEvent(officer, { instance, type: 'edit', data: { text }, seen: null }, null));
  const first = await decide('member-one');
  await edit('Another.');
  await edit('One.');
  const again = await decide('member-one');
  expect([first, again].map(({ answer }) => codeOf(answer))).toEqual(['done', 'done']);
  expect(again.subject).not.toBe(first.subject);
  expect(done((await decide('member-two')).answer)).toMatchObject({ outcome: 'approved' });
});

test('P3: a session that ends while its owner decides decides nothing, and nobody else is held up', async () => {
  const { ledger, clock } = house;
  const { instance } = done(
    await house.engine.start(house.as('officer'), { process: 'vote', data: { question: 'Build it?' } }, null),
  );
  const other = await startCounter(9);
  const gate = done(await house.engine.readGate(house.as('member-one'), instance, 'voting'));
  const wanted = { instance, state: 'voting', opened: gate.opened, subject: gate.subject } as const;
  const approval = { ...wanted, verdict: 'approve', reason: null } as const;
  const shown = await openTestSession(ledger, 'ends-in-between', 'person:member-one');
  const slow = new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'commitSteps') return typeof member === 'function' ? member.bind(target) : member;
      return async (...batch: Parameters<typeof ledger.commitSteps>) => {
        await target.endSessions('person:member-one', 'ends-in-between', 'person:member-one');
        return target.commitSteps(...batch);
      };
    },
  });
  const engine = openEngine({ ledger: slow, clock });
  const [gone, second, moved] = await Promise.all([
    engine.decide({ ...house.as('member-one'), ...shown }, approval, null),
    engine.decide(house.as('member-two'), approval, null),
    engine.postEvent(house.as('officer'), { instance: other, type: 'step', data: {}, seen: null }, null),
  ]);
  expect([gone, second, moved].map(codeOf)).toEqual(['unauthenticated', 'done', 'done']);
  const { decisions } = done(await house.engine.readGate(house.as('member-three'), instance, 'voting'));
  expect(decisions.map(({ person }) => person)).toEqual(['person:member-two']);
});

describe('timers', () => {
  test('P4: a timer fires once when it is due and not before, whoever asks', async () => {
    const { instance } = done(
      await house.engine.start(house.as('officer'), { process: 'wait', data: {} }, null),
    );
    await house.engine.fireDueTimers();
    const before = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(before.states.map(({ state }) => state)).toEqual(['waiting']);
    house.clock.advance(2 * 3_600_000);
    await Promise.all([house.engine.fireDueTimers(), house.engine.fireDueTimers()]);
    const after = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(after).toMatchObject({ status: 'done', seq: 2 });
    expect(await house.engine.fireDueTimers()).toBe(0);
  });

  test('a timer of a state that was left does not fire', async () => {
    const { instance } = done(
      await house.engine.start(house.as('officer'), { process: 'wait', data: {} }, null),
    );
    done(
      await house.engine.postEvent(
        house.as('officer'),
        { instance, type: 'note', data: {}, seen: null },
        null,
      ),
    );
    house.clock.advance(5 * 3_600_000);
    await house.engine.fireDueTimers();
    const view = done(await house.engine.readInstance(house.as('auditor'), instance));
    expect(view.states.map(({ state }) => state)).toEqual(['noted']);
  });
});

test('a step that the database takes from nobody fails alone: neither its instance nor its batch goes with it', async () => {
  const [poisoned, other] = [await startCounter(3), await startCounter(3)];
  const { ledger, clock } = house;
  const cursed = new Proxy(ledger, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'commitSteps') return typeof member === 'function' ? member.bind(target) : member;
      const wrong = { kind: 'timer-set', timer: 'never', set: 1, dueAt: 'no time at all' } as const;
      return (steps: readonly StepToCommit[], version: number) =>
        target.commitSteps(
          steps.map((step) =>
            step.sealed.text.includes('"request":"cursed"') ? { ...step, effects: [wrong] } : step,
          ),
          version,
        );
    },
  });
  const engine = openEngine({ ledger: cursed, clock });
  const post = (instance: string, request: string) =>
    engine.postEvent(
      { ...house.as('officer'), request },
      { instance, type: 'step', data: {}, seen: null },
      keyed(`of ${request}`),
    );
  const settled = await Promise.allSettled([
    post(poisoned, 'before'),
    post(poisoned, 'cursed'),
    post(poisoned, 'after'),
    post(other, 'beside'),
    engine.postEvent(
      house.as('officer'),
      { instance: other, type: 'no-such-event', data: {}, seen: null },
      null,
    ),
  ]);
  expect(settled.map((one) => (one.status === 'fulfilled' ? codeOf(one.value) : 'failed'))).toEqual([
    'done',
    'failed',
    'done',
    'done',
    'not-possible-here',
  ]);
});

describe('an instance that cannot be read', () => {
  test('fails alone: the others of its batch, and all timers, go on', async () => {
    const [sound, broken] = [await startCounter(3), await startCounter(3)];
    const { instance: waiting } = done(
      await house.engine.start(house.as('officer'), { process: 'wait', data: {} }, null),
    );
    const admin = postgres({ ...toConnectionOptions(house.database.adminUrl), max: 1 });
    const [kept] = await admin`select state from ledger.instances where id = ${broken}`;
    await admin`update ledger.instances set state = 'no state' where id = ${broken}`;
    const fresh = openEngine({
      ledger: await openLedger(fromDatabaseUrl(house.database.engineUrl)),
      clock: house.clock,
    });
    const post = (instance: string) =>
      fresh.postEvent(house.as('officer'), { instance, type: 'step', data: {}, seen: null }, null);
    const [moved, failed] = await Promise.allSettled([post(sound), post(broken)]);
    expect(moved).toMatchObject({ status: 'fulfilled', value: { kind: 'done' } });
    expect(failed.status).toBe('rejected');
    house.clock.advance(3 * 3_600_000);
    expect(await fresh.fireDueTimers()).toBeGreaterThan(0);
    const view = done(await fresh.readInstance(house.as('auditor'), waiting));
    expect(view.status).toBe('done');
    await admin`update ledger.instances set state = ${kept?.state} where id = ${broken}`;
    await admin.end();
    await fresh.close();
  });
});

test('P6: where a repetition cannot be looked up, it is told so, and the others of its batch have their answers', async () => {
  const [repeated, other] = [await startCounter(9), await startCounter(9)];
  const first = done(await step(repeated, 'lost-for-a-moment'));
  const { ledger, clock } = house;
  let isCut = true;
  const cut = new Proxy(ledger, {
    get(target, name) {
      if (name === 'loadAnswers' && isCut)
        return () => Promise.reject(new LedgerUnavailable('the connection was cut'));
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const engine = openEngine({ ledger: cut, clock });
  const post = (instance: string, key: string | null) =>
    engine.postEvent(
      house.as('officer'),
      { instance, type: 'step', data: {}, seen: null },
      key === null ? null : keyed(key),
    );
  const [again, moved] = await Promise.all([post(repeated, 'lost-for-a-moment'), post(other, null)]);
  expect([codeOf(again), codeOf(moved)]).toEqual(['unavailable', 'done']);
  isCut = false;
  expect(done(await post(repeated, 'lost-for-a-moment'))).toEqual(first);
});

test('P5: the record of a server under load verifies, too', async () => {
  const instance = await startCounter(400);
  let isRunning = true;
  const load = (async () => {
    while (isRunning) await Promise.all([step(instance), step(instance), step(instance)]);
  })();
  for (let round = 0; round < 5; round += 1) {
    expect((await verifyRecord(house.ledger)).problems).toEqual([]);
  }
  isRunning = false;
  await load;
});

describe('a definition whose expression fails', () => {
  test('P9: its gate says why nobody may decide, and the other instances of the batch move on', async () => {
    const broken = done(
      await house.engine.start(house.as('officer'), { process: 'broken-reviewers', data: {} }, null),
    ).instance;
    const view = done(await house.engine.readGate(house.as('leader'), broken, 'deciding'));
    expect(view).toMatchObject({ allowed: false, why: expect.stringContaining('context.board') });
    const counter = await startCounter(3);
    const { opened, subject } = view;
    const [decision, moved] = await Promise.all([
      house.engine.decide(
        house.as('leader'),
        { instance: broken, state: 'deciding', opened, subject, verdict: 'approve', reason: null },
        null,
      ),
      step(counter),
    ]);
    expect(codeOf(decision)).toBe('expression-failed');
    expect(codeOf(moved)).toBe('done');
  });
});

test('P5, P7: after all this the whole record verifies, and every state is what its record replays to', async () => {
  const report = await verifyRecord(house.ledger);
  expect(report.problems).toEqual([]);
  expect(report.instances).toBeGreaterThan(40);
});
