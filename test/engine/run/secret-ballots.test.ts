/** What lies beside the record of a secret ballot, changed with the superuser's rights; and votes that race with a count. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { secretVoteDefinition } from '../../support/definitions.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { connect } from '../ledger/ledger-house.ts';

const members = ['one', 'two', 'three', 'four', 'five'].map((name) => `member-${name}`);
/** Members choose one of several proposals in secret. */
const secretChoiceDefinition = severalDefinition('secret-choice').replace(
  'quorum: { approve: 2 }',
  'quorum: { approve: more-than-half, of: members }\n      ballot: secret\n      due: P3D',
);

let house: TestHouse;
let admin: Sql;
const cast: Record<'open' | 'counted', string> = { open: '', counted: '' };

const start = async () =>
  done(
    await house.engine.start(
      house.as('officer'),
      { process: 'secret-vote', data: { question: 'So?' } },
      null,
    ),
  ).instance;

async function seen(instance: string) {
  const { opened, subject } = done(await house.engine.readGate(house.as('member-one'), instance, 'voting'));
  return { instance, state: 'voting', opened, subject };
}

const vote = async (who: string, instance: string, verdict: 'approve' | 'reject' = 'approve') =>
  house.engine.decide(house.as(who), { ...(await seen(instance)), verdict, reason: 'So.' }, null);

beforeAll(async () => {
  house = await openTestHouse([secretVoteDefinition, secretChoiceDefinition]);
  admin = connect(house.database.adminUrl);
  cast.open = await start();
  cast.counted = await start();
  for (const member of members.slice(0, 3)) done(await vote(member, cast.open));
  for (const member of members)
    done(await vote(member, cast.counted, member === 'member-two' ? 'reject' : 'approve'));
  done(await house.engine.countBallots(house.as('member-one'), await seen(cast.counted), null));
  await admin.unsafe('create schema kept');
  for (const table of ['ballots', 'counts', 'decisions', 'contents', 'gates'])
    await admin.unsafe(`create table kept.${table} as select * from ledger.${table}`);
});
afterAll(async () => {
  await admin?.end();
  await house?.close();
});

const sealedAnew = `commitment = encode(sha256(salt || convert_to(replace(ballot, 'approve', 'reject'), 'UTF8')), 'hex'),
  ballot = replace(ballot, 'approve', 'reject')`;

test.each([
  [`update ballots set ${sealedAnew}`, 'ballot-differs'],
  [`delete from ballots where commitment = (select min(commitment) from ballots)`, 'ballot-differs'],
  [`update ballots set subject = 'x'`, 'ballot-differs'],
  [`update ballots set opened = 7`, 'ballot-differs'],
  [
    `insert into ballots select instance, encode(sha256(sha256('x') || convert_to(ballot, 'UTF8')), 'hex'), gate, opened,
      subject, sha256('x'), ballot from ballots limit 1`,
    'ballot-differs',
  ],
  [`update ballots set instance = '{counted}'`, 'ballot-differs'],
  [`update ballots set instance = gen_random_uuid()`, 'instance-missing'],
  [`update decisions set ballot = repeat('0', 64) where seq = 2 and instance = '{open}'`, 'decision-differs'],
  [`update counts set approved = 5, rejected = 0`, 'count-differs'],
  [`update counts set outcome = 'rejected'`, 'count-differs'],
  [`update counts set struck = 1`, 'count-differs'],
  [`delete from counts`, 'count-differs'],
  [`update gates set due_at = due_at - interval '1 day'`, 'gate-differs'],
  [
    `update contents set data = replace(data, '"verdict":"reject"', '"verdict":"approve"')
      where instance = '{counted}' and data like '%"kind":"count"%'`,
    'content-altered',
  ],
])('P5: verify finds %s: %s', async (statement, code) => {
  const table = /(ballots|decisions|counts|contents|gates)/.exec(statement)?.[1] ?? '';
  await admin.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`set local search_path = ledger`;
    const changed = await sql.unsafe(
      statement.replace(/\{(\w+)\}/g, (_, name: keyof typeof cast) => cast[name]),
    );
    expect(changed.count).toBeGreaterThan(0);
  });
  const report = await verifyRecord(house.ledger);
  await admin.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql.unsafe(`delete from ledger.${table}`);
    await sql.unsafe(`insert into ledger.${table} select * from kept.${table}`);
  });
  expect(report.problems.map((problem) => problem.code)).toContain(code);
});

test('P5: what was done is undone, and the record verifies', async () => {
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
});

test('P5: a ballot that was altered with the check taken away is found', async () => {
  const [check] = await admin`select pg_get_constraintdef(oid) as text, conname from pg_constraint
    where conrelid = 'ledger.ballots'::regclass and pg_get_constraintdef(oid) like '%commitment = encode%'`;
  await admin.unsafe(`alter table ledger.ballots drop constraint ${check?.conname}`);
  await admin.unsafe(`update ledger.ballots set ballot = replace(ballot, 'approve', 'reject')`);
  const { problems } = await verifyRecord(house.ledger);
  await admin.unsafe(`update ledger.ballots set ballot = replace(ballot, 'reject', 'approve')`);
  await admin.unsafe(`alter table ledger.ballots add constraint ${check?.conname} ${check?.text}`);
  expect(problems.map(({ code }) => code)).toEqual(
    expect.arrayContaining(['ballot-differs', 'schema-differs']),
  );
});

test.each([0, 2])(
  'where the database still waits for votes a count is told so, with %s votes in the box',
  async (cast) => {
    const instance = await start();
    for (const member of members.slice(0, cast)) done(await vote(member, instance));
    await admin`update ledger.gates set due_at = null where instance = ${instance}`;
    house.clock.advance(3 * 86_400_000);
    const refused = await house.engine.countBallots(house.as('member-one'), await seen(instance), null);
    expect(refused).toMatchObject({
      code: 'not-possible-here',
      message: 'The database keeps the ballots back: members could still vote, and have the time to.',
    });
    await admin`update ledger.gates set due_at = opened_at + interval '3 days' where instance = ${instance}`;
    const counted = await house.engine.countBallots(house.as('member-one'), await seen(instance), null);
    expect(done(counted).outcome).toBe('rejected');
  },
);

test('P3, P4: after a migration that renames an earlier gate whoever acted there is not waited for, and may not vote', async () => {
  const source = (gate: string) =>
    secretVoteDefinition
      .replace('id: secret-vote', 'id: renamed-vote')
      // Without a time, so that the database waits as long as anybody could vote.
      .replace('      due: P3D\n', '')
      .replace('exclude: [initiator]', `exclude: [initiator, "gate:${gate}"]`)
      .replace(
        'initial: voting\nstates:\n',
        `initial: ${gate}\nstates:\n  ${gate}:
    gate: { meaning: consider, reviewers: { role: member } }
    on: { approved: voting, rejected: lost }\n`,
      );
  const from = await house.deploy(source('first'));
  const data = { question: 'So?' };
  const { instance } = done(
    await house.engine.start(house.as('officer'), { process: 'renamed-vote', data }, null),
  );
  const { opened, subject } = done(await house.engine.readGate(house.as('member-one'), instance, 'first'));
  const first = { instance, state: 'first', opened, subject, verdict: 'approve', reason: null } as const;
  done(await house.engine.decide(house.as('member-one'), first, null));
  done(await vote('member-two', instance));
  const to = await house.deploy(source('early'));
  const map = { first: 'early' };
  const migration = { process: 'renamed-vote', from, to, map, instances: [instance], cursor: null, limit: 1 };
  done(
    await house.engine.migrate(house.as('operator'), { ...migration, dryRun: false, reason: 'So.' }, null),
  );

  expect(codeOf(await vote('member-one', instance))).toBe('own-proposal');
  // The migration opened the gate anew, so whoever had voted votes again.
  for (const member of members.slice(1, 4)) done(await vote(member, instance));
  const at = await seen(instance);
  const early = await house.engine.countBallots(house.as('member-two'), at, null);
  expect(early).toMatchObject({ message: expect.stringContaining('One member has not voted yet') });
  done(await vote('member-five', instance));
  const counted = done(await house.engine.countBallots(house.as('member-two'), at, null));
  expect(counted).toMatchObject({ outcome: 'approved', states: ['carried'] });
});

test('P3, P4: votes and counts that race come to one count, with every vote in it', async () => {
  const instance = await start();
  const counting = async (who: string) =>
    house.engine.countBallots(house.as(who), await seen(instance), null);
  const voted = Promise.all(members.map((member) => vote(member, instance)));
  const counts = await Promise.all([counting('member-one'), counting('member-two')]);
  expect((await voted).map(codeOf)).toEqual(members.map(() => 'done'));
  const last = await Promise.all(
    counts.some(({ kind }) => kind === 'done')
      ? []
      : ['member-one', 'member-two', 'member-three'].map(counting),
  );
  const codes = [...counts, ...last].map(codeOf);
  expect(codes.filter((code) => code === 'done')).toHaveLength(1);
  const page = done(await house.engine.readDecisions(house.as('officer'), instance, 0, 100));
  expect(page.counts).toHaveLength(1);
  expect(page.counts[0]?.ballots).toHaveLength(5);
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
});

async function proposedBySeveral(): Promise<{ instance: string; digests: readonly string[] }> {
  const data = { topic: 'Roads' };
  const { instance } = done(
    await house.engine.start(house.as('officer'), { process: 'secret-choice', data }, null),
  );
  for (const agent of ['agent:drafter', 'agent:second']) {
    const proposal = {
      ...{ payload: { text: `By ${agent}.` }, model: 'm', modelVersion: '1', promptHash: '0'.repeat(64) },
      ...{ rationale: 'As asked.', confidence: null, inputs: [], evidence: [], operator: null },
    };
    const request = { instance, state: 'drafting', opened: 1, claim: null, proposal };
    done(await house.engine.submitProposal(house.as(agent), request, null));
  }
  house.clock.advance(10 * 60_000);
  await house.engine.fireDueTimers();
  const { alternatives } = done(await house.engine.readGate(house.as('member-one'), instance, 'considering'));
  return { instance, digests: (alternatives ?? []).map(({ digest }) => digest).sort() };
}

test.each([
  [[0, 0, 1, 0, 1], 'approved'],
  [[0, 0, 1, 1, null], 'returned'],
] as const)('P2, P3: members choose one of several proposals in secret: %j is %s', async (votes, outcome) => {
  const { instance, digests } = await proposedBySeveral();
  const { opened, subject } = done(
    await house.engine.readGate(house.as('member-one'), instance, 'considering'),
  );
  const at = { instance, state: 'considering', opened, subject };
  const unnamed = { ...at, verdict: 'approve' as const, reason: null };
  expect(codeOf(await house.engine.decide(house.as('member-one'), unnamed, null))).toBe('bad-input');
  for (const [index, chosen] of votes.entries()) {
    const given =
      chosen === null
        ? { verdict: 'abstain' as const, reason: 'Neither.' }
        : { verdict: 'approve' as const, choice: digests[chosen] ?? '', reason: null };
    done(await house.engine.decide(house.as(members[index] ?? ''), { ...at, ...given }, null));
  }
  const { items } = done(await house.engine.readRecord(house.as('officer'), instance, 0, 100));
  const votesTold = items.filter(({ entry }) => entry.kind === 'decision');
  expect(votesTold).toHaveLength(5);
  for (const told of votesTold) expect(JSON.stringify(told)).not.toContain('"choice"');
  expect(done(await house.engine.countBallots(house.as('member-one'), at, null)).outcome).toBe(outcome);
  const { counts } = done(await house.engine.readDecisions(house.as('officer'), instance, 0, 100));
  expect(counts[0]?.chosen).toBe(outcome === 'approved' ? digests[0] : null);
  expect(counts[0]?.ballots?.map(({ choice }) => choice).sort()).toEqual(
    votes.map((chosen) => (chosen === null ? null : digests[chosen])).sort(),
  );
  expect((await verifyRecord(house.ledger)).problems).toEqual([]);
});
