/** Every column that the record determines, changed with the rights of the database's superuser: verify names it. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Answer, Moved } from '../../../engine/index.ts';
import { KeysOnRecord } from '../../../engine/run/keys-on-record.ts';
import { type RecordReport, verifyRecord } from '../../../engine/run/verify-record.ts';
import {
  counterDefinition,
  proposalDefinition,
  voteDefinition,
  waitDefinition,
} from '../../support/definitions.ts';
import { done, openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { keyed, people, units } from '../../support/test-people.ts';
import { openTestSession } from '../../support/test-sessions.ts';
import { connect } from '../ledger/ledger-house.ts';

let house: TestHouse;
let admin: Sql;
/** Ids of instances by what they are for, for the statements below. */
const cast: Record<'counter' | 'finished' | 'proposal' | 'vote' | 'wait' | 'key', string> = {
  counter: '',
  finished: '',
  proposal: '',
  vote: '',
  wait: '',
  key: '',
};

/** A gate that is overdue after a minute. */
const overdueDefinition = voteDefinition
  .replace('id: vote', 'id: overdue')
  .replace(/(quorum: .*)/, '$1\n      due: PT1M\n      onOverdue: { escalate: { role: head } }');

const tables = [
  ...['definitions', 'current_definitions', 'instances', 'entries', 'contents', 'instance_fields', 'gates'],
  ...['proposal_requests', 'timers', 'answers', 'directory_version', 'principals', 'units'],
  ...['directory_changes', 'keys', 'acts', 'decisions', 'latest_proposals', 'gate_rules', 'walls'],
  ...['gate_notices', 'sessions', 'callback_secrets'],
];

beforeAll(async () => {
  house = await openTestHouse([
    counterDefinition,
    proposalDefinition,
    voteDefinition,
    waitDefinition,
    overdueDefinition,
  ]);
  const { engine } = house;
  const administrator = house.as('designer');
  const issued = done(
    await engine.issueKey(administrator, {
      principal: 'person:officer',
      scopes: ['read', 'start', 'event'],
      expiresAt: '2999-01-01T00:00:00.000Z',
    }),
  );
  cast.key = issued.id;
  const spare = { principal: 'person:leader', scopes: ['read' as const], expiresAt: null };
  done(await engine.revokeKey(administrator, done(await engine.issueKey(administrator, spare)).id));
  await openTestSession(house.ledger, 'live', 'person:officer', { acr: 'one' });
  await openTestSession(house.ledger, 'gone', 'person:officer');
  await openTestSession(house.ledger, 'next', 'person:officer', { replaces: 'gone' });
  await house.ledger.endSessions('person:officer', 'next', 'person:designer');
  for (const secret of ['whsec_one', 'whsec_two'])
    await house.ledger.makeCallbackSecret('agent:drafter', secret, 'person:designer');
  await house.ledger.replaceDirectory(people.slice(0, -1), units, 'person:designer');
  await house.ledger.replaceDirectory(people, units, 'person:designer');
  await house.deploy(`${counterDefinition}# The same, in other words.\n`);
  const officer = await engine.authenticate(issued.secret, 'a-request', false);
  if (officer === null) throw new Error('The key does not authenticate.');
  const start = async (process: string, data: object) =>
    done(
      await engine.start(
        officer,
        { process, data: { ...data } },
        keyed(`start ${process} ${JSON.stringify(data)}`),
      ),
    ).instance;
  const send = (instance: string, type: string, key = type): Promise<Answer<Moved>> =>
    engine.postEvent(officer, { instance, type, data: {}, seen: null }, keyed(`${key} ${instance}`));
  cast.counter = await start('counter', { limit: 5 });
  done(await send(cast.counter, 'step'));
  done(await send(cast.counter, 'step', 'again'));
  cast.proposal = await start('proposal', { topic: 'Roads' });
  cast.vote = await start('vote', { question: 'Shall we?' });
  cast.wait = await start('wait', {});
  cast.finished = done(
    await engine.start(officer, { process: 'counter', data: { limit: 9 } }, null),
  ).instance;
  done(await send(cast.finished, 'finish'));
  await voteOnce();
  await proposeOnce(await start('proposal', { topic: 'Bridges' }));
  await start('overdue', { question: 'In time?' });
  house.clock.advance(60_000);
  expect(await house.engine.fireDueTimers()).toBe(1);
  admin = connect(house.database.adminUrl);
  await admin.unsafe('create schema kept');
  for (const table of tables)
    await admin.unsafe(`create table kept.${table} as select * from ledger.${table}`);
}, 60_000);
afterAll(async () => {
  await admin?.end();
  await house?.close();
});

async function voteOnce(): Promise<void> {
  const gate = done(await house.engine.readGate(house.as('member-one'), cast.vote, 'voting'));
  const { opened, subject } = gate;
  const vote = { instance: cast.vote, state: 'voting', opened, subject, verdict: 'approve' as const };
  done(await house.engine.decide(house.as('member-one'), { ...vote, reason: null }, null));
}

/** Answers one of the two open requests; the other one stays open. */
async function proposeOnce(other: string): Promise<void> {
  const agent = house.as('agent:drafter');
  const claimed = done(await house.engine.claimProposal(agent, 60_000));
  if (claimed === null) throw new Error('There was nothing to claim.');
  if (claimed.instance === cast.proposal) cast.proposal = other;
  const { instance, state, opened, claim } = claimed;
  const proposal = {
    payload: { text: 'A wording.' },
    model: 'test-model',
    modelVersion: '1',
    promptHash: '0'.repeat(64),
    rationale: 'Because the test asks for it.',
    confidence: null,
    inputs: [],
    evidence: [],
    operator: null,
  };
  done(await house.engine.submitProposal(agent, { instance, state, opened, claim, proposal }, null));
}

/** With triggers off for this one transaction, as only a superuser can: no trace in the schema is left of it. */
async function unseen(statement: string): Promise<void> {
  await admin.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    const changed = await sql.unsafe(
      statement.replace(/\{(\w+)\}/g, (_, name: keyof typeof cast) => cast[name]),
    );
    expect(changed.count, `${statement} must change something`).toBeGreaterThan(0);
  });
}

async function restore(table: string): Promise<void> {
  await admin.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql.unsafe(`delete from ledger.${table}`);
    await sql.unsafe(`insert into ledger.${table} select * from kept.${table}`);
  });
}

const verify = (): Promise<RecordReport> => verifyRecord(house.ledger);
const said = ({ problems }: RecordReport) =>
  problems.map(({ instance, seq, code, message }) => `${instance}#${seq} ${code} ${message}`).join('\n');

test('P5: a record that nobody touched verifies, with its administration', async () => {
  const report = await verify();
  expect(said(report)).toBe('');
  expect(report).toMatchObject({ ok: true, instances: 7, entries: 13 });
  // Three directories, two keys of which one was revoked, and five definitions, at least.
  expect(report.acts).toBeGreaterThanOrEqual(11);
  expect(await admin`select from ledger.acts`).toHaveLength(report.acts);
});

test('P5: an entry that names a key which was not issued to its actor is told', async () => {
  const keys = new KeysOnRecord();
  const { items } = done(await house.engine.readRecord(house.as('auditor'), cast.counter, 0, 10));
  for (const { entry } of items) keys.note(entry);
  expect(keys.problems(new Map([[`key:${cast.key}`, 'person:officer']]))).toEqual([]);
  for (const issued of [new Map([[`key:${cast.key}`, 'person:head']]), new Map<string, string>()]) {
    expect(keys.problems(issued)).toMatchObject([{ instance: cast.counter, seq: 1, code: 'key-unknown' }]);
  }
});

test('P5: an entry that names a session which was not opened for its actor is told', () => {
  const onRecord = new KeysOnRecord();
  const actor = { principal: 'person:officer' };
  const entry = { actor, authentication: ['session:live', 'oidc:https://id.example'], instance: 'x', seq: 1 };
  onRecord.note(entry as unknown as Parameters<typeof onRecord.note>[0]);
  expect(onRecord.problems(new Map([['session:live', 'person:officer']]))).toEqual([]);
  for (const issued of [['session:live', 'person:head'] as const, ['key:live', 'person:officer'] as const]) {
    expect(onRecord.problems(new Map([issued]))).toMatchObject([{ code: 'key-unknown' }]);
  }
});

test('the record says with which key a step was made', async () => {
  const { items } = done(await house.engine.readRecord(house.as('auditor'), cast.counter, 0, 10));
  expect(items.map(({ entry }) => entry.authentication)).toEqual(items.map(() => [`key:${cast.key}`]));
});

const counter = "instance = '{counter}'";

/** Table, what is done to it, the code, and what the sentence must say. */
const cases: readonly (readonly [string, string, string, RegExp])[] = [
  ['instances', "set status = 'done' where id = '{counter}'", 'row-differs', /"done" as the status/],
  ['instances', "set states = array['finished'] where id = '{counter}'", 'row-differs', /active states/],
  ['instances', "set process = 'vote' where id = '{counter}'", 'row-differs', /"vote" as the process/],
  ['instances', "set initiator = 'person:head' where id = '{counter}'", 'row-differs', /initiator/],
  [
    'instances',
    "set initiator_unit = 'unit:elsewhere' where id = '{counter}'",
    'row-differs',
    /initiator's unit/,
  ],
  [
    'instances',
    "set started_at = started_at - interval '1 day' where id = '{counter}'",
    'row-differs',
    /start/,
  ],
  ['instances', "set updated_at = now() where id = '{counter}'", 'row-differs', /last step/],
  ['instances', "set seq = 2 where id = '{counter}'", 'head-differs', /its last entry is 3/],
  ['instances', "set head = sha256('x') where id = '{counter}'", 'head-differs', /stands at entry 3/],
  [
    'instances',
    "set state = replace(state, '\"count\":2', '\"count\":1') where id = '{counter}'",
    'state-differs',
    /state/,
  ],
  [
    'instances',
    "set definition = (select hash from ledger.definitions where process = 'vote') where id = '{counter}'",
    'row-differs',
    /definition/,
  ],
  [
    'entries',
    `set text = replace(text, 'officer', 'officex') where ${counter} and seq = 2`,
    'entry-altered',
    /hash/,
  ],
  ['entries', `set hash = sha256('x') where ${counter} and seq = 2`, 'entry-altered', /hash/],
  ['entries', `set seq = 9 where ${counter} and seq = 2`, 'entry-missing', /entry 2 is missing/],
  [
    'entries',
    "set instance = gen_random_uuid() where instance = '{wait}'",
    'instance-missing',
    /entries of this instance/,
  ],
  [
    'contents',
    `set data = replace(data, 'a-request', 'b-request') where ${counter} and seq = 2`,
    'content-altered',
    /data/,
  ],
  ['contents', `set data = null where ${counter} and seq = 2`, 'content-missing', /gone/],
  ['contents', `set data_salt = sha256('x') where ${counter} and seq = 2`, 'content-altered', /data/],
  ['contents', `set changed_salt = sha256('x') where ${counter} and seq = 2`, 'content-altered', /context/],
  ['contents', `set seq = 9 where ${counter} and seq = 3`, 'content-orphaned', /without the entry/],
  ['contents', `set seq = 9 where ${counter} and seq = 3`, 'content-missing', /gone/],
  ['instance_fields', `set value = '6' where ${counter}`, 'field-differs', /"6" as the value of "limit"/],
  ['instance_fields', `set process = 'vote' where ${counter}`, 'field-differs', /"vote" as the process/],
  ['instance_fields', `set field = 'count' where ${counter}`, 'field-differs', /lacks "limit"/],
  [
    'instance_fields',
    `set instance = gen_random_uuid() where ${counter}`,
    'instance-missing',
    /rows in instance_fields/,
  ],
  ['gates', 'set opened = opened + 1', 'gate-differs', /as the opened of "/],
  ['gates', "set opened_at = opened_at - interval '1 day'", 'gate-differs', /openedAt/],
  ['gates', "set state = 'carried'", 'gate-differs', /has "carried", which by the record is not there/],
  ['gates', "set definition = sha256('x')", 'gate-differs', /definition/],
  ['gates', 'set instance = gen_random_uuid()', 'instance-missing', /rows in gates/],
  ['proposal_requests', 'set opened = 7', 'request-differs', /opened/],
  ['proposal_requests', "set decision = 'other'", 'request-differs', /decision/],
  ['proposal_requests', 'set places = 2', 'request-differs', /places/],
  ['proposal_requests', 'set requested_at = now()', 'request-differs', /requestedAt/],
  ['proposal_requests', "set definition = sha256('x')", 'request-differs', /definition/],
  ['proposal_requests', "set state = 'stuck'", 'request-differs', /lacks "drafting"/],
  ['gate_notices', "set person = 'person:leader'", 'notice-differs', /lacks "voting person:head escalated"/],
  ['gate_notices', "set reason = 'x'", 'notice-differs', /notices of gates/],
  ['gate_notices', "set state = 'x'", 'notice-differs', /notices of gates/],
  ['gate_notices', 'set instance = gen_random_uuid()', 'instance-missing', /rows in gate_notices/],
  ['decisions', "set person = 'person:head'", 'decision-differs', /"person:head" as the person/],
  ['decisions', "set verdict = 'reject'", 'decision-differs', /verdict/],
  ['decisions', "set outcome = 'approved'", 'decision-differs', /outcome/],
  ['decisions', "set gate = 'carried'", 'decision-differs', /gate/],
  ['decisions', "set subject = 'x'", 'decision-differs', /subject/],
  ['decisions', 'set opened = 7', 'decision-differs', /opened/],
  ['decisions', 'set seq = 7', 'decision-differs', /lacks "2"/],
  ['decisions', "set choice = 'x'", 'decision-differs', /choice/],
  ['latest_proposals', 'set seq = 1', 'proposal-differs', /lacks "wording 2"/],
  ['latest_proposals', "set decision = 'other'", 'proposal-differs', /lacks "wording 2"/],
  ['latest_proposals', "set digest = 'x'", 'proposal-differs', /"x" as the digest of "wording 2"/],
  ['latest_proposals', "set proposer = 'agent:other'", 'proposal-differs', /as the proposer/],
  ['latest_proposals', "set state = 'x'", 'proposal-differs', /as the state/],
  ['latest_proposals', 'set opened = 1', 'proposal-differs', /as the opened/],
  ['latest_proposals', 'set since = null', 'proposal-differs', /as the since/],
  ['latest_proposals', 'set chosen = false', 'proposal-differs', /as the chosen/],
  [
    'gate_rules',
    'set excludes_initiator = not excludes_initiator',
    'definition-differs',
    /rules of its gates/,
  ],
  ['gate_rules', "set reviewers = '[]'", 'definition-differs', /rules of its gates/],
  [
    'gate_rules',
    'set approve_count = 5 where approve_count is not null',
    'definition-differs',
    /rules of its gates/,
  ],
  ['gate_rules', "set gate = 'x'", 'definition-differs', /rules of its gates/],
  ['walls', "set state = 'x' where not after_proposal", 'definition-differs', /states behind its gates/],
  ['walls', "set gates = '{}'", 'definition-differs', /states behind its gates/],
  ['walls', "set binds = 'x'", 'definition-differs', /states behind its gates/],
  ['timers', "set due_at = due_at - interval '1 hour' where instance = '{wait}'", 'timer-differs', /dueAt/],
  ['timers', "set set = 7 where instance = '{wait}'", 'timer-differs', /"7" as the set/],
  ['timers', "set timer = 'other' where instance = '{wait}'", 'timer-differs', /has "other"/],
  ['answers', 'set answer = replace(answer, \'"seq":2\', \'"seq":1\')', 'answer-differs', /entry|seq/],
  [
    'answers',
    'set answer = replace(answer, \'"status":"done"\', \'"status":"active"\') where key like \'finish%\'',
    'answer-differs',
    /status/,
  ],
  [
    'answers',
    "set answer = replace(answer, '\"limit\":9', '\"limit\":8') where key like 'finish%'",
    'answer-differs',
    /output/,
  ],
  [
    'answers',
    "set answer = replace(answer, 'counting', 'finished') where key like 'step%'",
    'answer-differs',
    /states/,
  ],
  ['answers', "set principal = 'person:head'", 'answer-differs', /somebody else made/],
  ['answers', 'set answered_at = now()', 'answer-differs', /its entry/],
  ['answers', "set answer = 'nothing'", 'answer-differs', /JSON/],
  ['definitions', "set source = source || ' '", 'definition-not-certified', /stored unaltered/],
  ['definitions', "set source = source || ' '", 'definition-missing', /nothing can be replayed/],
  ['definitions', "set certificate = '{}'", 'definition-not-certified', /form/],
  ['definitions', "set process = 'other' where process = 'wait'", 'definition-differs', /its text says wait/],
  ['definitions', "set version = '9' where process = 'wait'", 'definition-differs', /"9" as its version/],
  ['definitions', "set deployed_by = 'person:x'", 'definition-differs', /deployer/],
  ['definitions', 'set deployed_at = now()', 'definition-differs', /time of deployment/],
  [
    'definitions',
    "set hash = sha256('x') where process = 'wait'",
    'definition-differs',
    /deployed, and is not there/,
  ],
  [
    'current_definitions',
    "set definition = (select min(d.hash::text)::bytea from ledger.definitions d where d.process = 'counter' and d.hash <> definition) where process = 'counter'",
    'definition-differs',
    /New instances of counter/,
  ],
  ['directory_version', 'set version = version + 1', 'directory-differs', /of version \d+; by the acts/],
  [
    'principals',
    "set roles = array['leader'] where id = 'person:officer'",
    'directory-differs',
    /person:officer has \["leader"\] as its roles/,
  ],
  [
    'principals',
    `set provisioned = '{"userName": "x"}' where id = 'person:officer'`,
    'directory-differs',
    /provisioned/,
  ],
  ['principals', "set active = false where id = 'person:officer'", 'directory-differs', /active/],
  ['principals', "set person = 'person:y' where id = 'person:officer'", 'directory-differs', /person/],
  ['principals', "set unit = null where id = 'person:officer'", 'directory-differs', /unit/],
  ['principals', "set operator = null where id = 'agent:second'", 'directory-differs', /operator/],
  [
    'principals',
    "set callback = 'https://a.example/' where id = 'agent:second'",
    'directory-differs',
    /callback/,
  ],
  [
    'principals',
    "set positions = array['chief'] where id = 'person:officer'",
    'directory-differs',
    /positions/,
  ],
  [
    'principals',
    "set id = 'person:z' where id = 'person:officer'",
    'directory-differs',
    /person:officer is in one directory/,
  ],
  ['units', "set title_vi = 'x' where id = 'unit:office'", 'directory-differs', /unit:office/],
  ['units', "set parent = 'unit:other' where id = 'unit:office'", 'directory-differs', /parent/],
  [
    'directory_changes',
    "set principals = replace(principals, 'auditor', 'leader')",
    'directory-differs',
    /content/,
  ],
  ['directory_changes', "set changed_by = 'person:x'", 'directory-differs', /author/],
  ['directory_changes', 'set changed_at = now()', 'directory-differs', /time of change/],
  ['directory_changes', 'set version = version + 100', 'directory-differs', /no act put in force/],
  ['callback_secrets', "set secret = 'whsec_three'", 'callback-secret-differs', /fingerprint/],
  ['callback_secrets', "set previous = 'whsec_three'", 'callback-secret-differs', /secret before/],
  ['callback_secrets', 'set previous = null', 'callback-secret-differs', /secret before/],
  ['callback_secrets', 'set made_at = now()', 'callback-secret-differs', /time of making/],
  ['callback_secrets', "set made_by = 'person:head'", 'callback-secret-differs', /author/],
  ['callback_secrets', "set agent = 'agent:second'", 'callback-secret-differs', /no act made/],
  ['keys', "set principal = 'person:head' where id = '{key}'", 'key-differs', /principal/],
  ['keys', "set scopes = array['read', 'decide'] where id = '{key}'", 'key-differs', /scopes/],
  ['keys', "set hash = encode(sha256('x'), 'hex') where id = '{key}'", 'key-differs', /fingerprint/],
  ['keys', "set expires_at = null where id = '{key}'", 'key-differs', /expiry/],
  ['keys', 'set revoked_at = null where revoked_at is not null', 'key-differs', /time of revocation/],
  ['keys', "set demonstration = true where id = '{key}'", 'key-differs', /demonstration/],
  ['keys', "set created_at = now() where id = '{key}'", 'key-differs', /time of issue/],
  ['keys', "set id = 'other' where id = '{key}'", 'key-differs', /no act issued/],
  ['sessions', "set principal = 'person:head' where id = 'live'", 'session-differs', /principal/],
  ['sessions', "set issuer = 'https://other.example' where id = 'live'", 'session-differs', /issuer/],
  ['sessions', "set subject = 'other' where id = 'live'", 'session-differs', /subject/],
  ['sessions', "set acr = null where id = 'live'", 'session-differs', /acr/],
  ['sessions', "set amr = array['otp'] where id = 'live'", 'session-differs', /amr/],
  ['sessions', "set authenticated_at = now() where id = 'live'", 'session-differs', /time of sign-in/],
  ['sessions', "set opened_at = now() where id = 'live'", 'session-differs', /time of opening/],
  ['sessions', "set expires_at = now() where id = 'live'", 'session-differs', /expiry/],
  ['sessions', "set idle_seconds = 1000000 where id = 'live'", 'session-differs', /idle time/],
  ['sessions', "set hash = encode(sha256('x'), 'hex') where id = 'live'", 'session-differs', /fingerprint/],
  ['sessions', "set ended_at = null where id = 'gone'", 'session-differs', /time of ending/],
  ['sessions', "set ended_at = null where id = 'next'", 'session-differs', /time of ending/],
  ['sessions', "set id = 'other' where id = 'live'", 'session-differs', /no act opened/],
  [
    'principals',
    `set accounts = '[{"issuer":"https://id.example","subject":"x"}]' where id = 'person:officer'`,
    'directory-differs',
    /accounts/,
  ],
  [
    'acts',
    "set text = replace(text, 'person:officer', 'person:head') where text like '%key-issued%'",
    'act-altered',
    /hash/,
  ],
  ['acts', "set hash = sha256('x') where seq = 3", 'act-chain-broken', /follow/],
  ['acts', 'set seq = 99 where seq = 4', 'act-missing', /missing/],
];

describe('P5: changed by hand', () => {
  test.each(cases)('%s %s: %s', async (table, change, code, message) => {
    try {
      await unseen(`update ledger.${table} ${change}`);
      const report = await verify();
      expect(report.ok).toBe(false);
      const found = report.problems.filter((problem) => problem.code === code);
      expect(found.map((problem) => problem.message).join('\n'), said(report)).toMatch(message);
    } finally {
      await restore(table);
    }
  });

  test('one altered entry is one problem, whatever hangs on it', async () => {
    try {
      await unseen(
        `update ledger.entries set text = replace(text, 'officer', 'officex') where ${counter} and seq = 2`,
      );
      expect((await verify()).problems).toMatchObject([
        { instance: cast.counter, seq: 2, code: 'entry-altered' },
      ]);
    } finally {
      await restore('entries');
    }
  });

  test.each<[string, string]>([
    ['gates', 'gate-differs'],
    ['gate_notices', 'notice-differs'],
    ['proposal_requests', 'request-differs'],
    ['timers', 'timer-differs'],
    ['decisions', 'decision-differs'],
    ['latest_proposals', 'proposal-differs'],
    ['gate_rules', 'definition-differs'],
    ['walls', 'definition-differs'],
    ['instance_fields', 'field-differs'],
    ['contents', 'content-missing'],
    ['entries', 'entry-missing'],
    ['instances', 'instance-missing'],
    ['definitions', 'definition-missing'],
    ['current_definitions', 'definition-differs'],
    ['keys', 'key-differs'],
    ['principals', 'directory-differs'],
    ['units', 'directory-differs'],
    ['directory_changes', 'directory-differs'],
  ])('the rows of %s removed: %s', async (table, code) => {
    try {
      await unseen(`delete from ledger.${table}`);
      expect((await verify()).problems.map((problem) => problem.code)).toContain(code);
    } finally {
      await restore(table);
    }
  });

  test('after all of that, everything is as it was', async () => {
    expect(said(await verify())).toBe('');
  });
});

describe('P5: the schema changed by its owner', () => {
  test.each<[string, string, RegExp]>([
    [
      'alter table ledger.entries disable trigger entries_are_append_only',
      'alter table ledger.entries enable trigger entries_are_append_only',
      /trigger entries_are_append_only on entries .*switched off/,
    ],
    [
      'drop trigger instances_stay on ledger.instances',
      'create trigger instances_stay before delete or truncate on ledger.instances for each statement execute function ledger.refuse_change()',
      /lacks the trigger instances_stay/,
    ],
    [
      'grant insert, update on ledger.gates to countersign_engine',
      'revoke insert, update on ledger.gates from countersign_engine',
      /right of countersign_engine on table gates/,
    ],
    [
      'grant update (state) on ledger.instances to public',
      'revoke update (state) on ledger.instances from public',
      /right of everybody on column instances\.state/,
    ],
    [
      "create or replace function ledger.refuse_change() returns trigger language plpgsql set search_path = ledger, pg_temp as 'begin return null; end'",
      '',
      /body of the function refuse_change/,
    ],
    [
      'create function ledger.helper() returns int language sql as $$ select 1 $$',
      'drop function ledger.helper()',
      /function helper\(\)/,
    ],
    [
      'alter function ledger.find_keys() security invoker',
      'alter function ledger.find_keys() security definer',
      /function find_keys\(\) is not what the migrations make/,
    ],
    [
      'alter function ledger.find_keys() reset search_path',
      'alter function ledger.find_keys() set search_path = ledger, pg_temp',
      /function find_keys\(\)/,
    ],
    ['create table ledger.own (a int)', 'drop table ledger.own', /table own/],
    [
      'alter table ledger.entries enable row level security',
      'alter table ledger.entries disable row level security',
      /table entries .*hidden by policies/,
    ],
    [
      'create policy p on ledger.entries using (true)',
      'drop policy p on ledger.entries',
      /policy p on entries/,
    ],
    [
      'create rule r as on insert to ledger.timers do instead nothing',
      'drop rule r on ledger.timers',
      /rule r on timers/,
    ],
    [
      'create table kept.child () inherits (ledger.answers)',
      'drop table kept.child',
      /child kept\.child of ledger\.answers/,
    ],
    [
      'alter table ledger.timers add column x int',
      'alter table ledger.timers drop column x',
      /column timers\.x/,
    ],
    [
      'alter table ledger.instances drop constraint instances_seq_check',
      'alter table ledger.instances add constraint instances_seq_check check (seq > 0)',
      /lacks the constraint instances_seq_check/,
    ],
    [
      'alter table ledger.gates owner to postgres_owner',
      'alter table ledger.gates owner to countersign_owner',
      /table gates .*owned by/,
    ],
  ])('%s', async (change, back, message) => {
    const [row] = await admin<{ body: string }[]>`
      select pg_get_functiondef('ledger.refuse_change'::regproc) as body`;
    const [{ name } = { name: '' }] = await admin<
      { name: string }[]
    >`select quote_ident(current_user) as name`;
    try {
      await admin.unsafe(change.replace('postgres_owner', name));
      const { ok, problems } = await verify();
      expect(ok).toBe(false);
      expect(
        problems.map((problem) => `${problem.instance} ${problem.code} ${problem.message}`).join('\n'),
      ).toMatch(new RegExp(`^schema schema-differs .*${message.source}`, 'm'));
    } finally {
      await admin.unsafe(back === '' ? (row?.body ?? '') : back);
    }
  });

  test('after all of that, everything is as it was', async () => {
    expect(said(await verify())).toBe('');
  });
});
