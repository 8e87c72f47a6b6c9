/** A secret ballot over HTTP: cast, kept, counted by a person, and gone. */
import { createHash } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson, toConnectionOptions } from '../../../engine/index.ts';
import type { Delegation } from '../../../engine/oversight/directory.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { codeFrom } from '../../support/authenticator-app.ts';
import {
  secretAppointmentDefinition,
  secretVoteDefinition,
  voteDefinition,
} from '../../support/definitions.ts';
import { addTestKeys, people, units } from '../../support/test-people.ts';
import { type Client, type HttpHouse, openHttpHouse } from '../support/house-client.ts';

const members = ['one', 'two', 'three', 'four', 'five'].map((name) => `member-${name}`);

let http: HttpHouse;
let admin: Sql;
const clients = new Map<string, Client>();

beforeAll(async () => {
  http = await openHttpHouse();
  admin = postgres({ ...toConnectionOptions(http.house.database.adminUrl), max: 1 });
  for (const yaml of [secretVoteDefinition, secretAppointmentDefinition, voteDefinition])
    await http.house.deploy(yaml);
});
afterAll(async () => {
  await admin?.end();
  await http?.close();
});

async function as(who: string): Promise<Client> {
  const known = clients.get(who) ?? (await http.client(who));
  clients.set(who, known);
  return known;
}

async function startVote(process = 'secret-vote'): Promise<string> {
  const body = { process, data: { question: 'Shall we?' } };
  const { body: moved } = await (await as('officer'))('POST', '/v1/instances', { body });
  return `/v1/instances/${moved.instance}`;
}

const gateOf = (at: string) => `${at}/gates/voting`;
const readGate = async (at: string, who = 'member-one') => (await as(who))('GET', gateOf(at));

async function post(who: string, at: string, act: 'decisions' | 'count', body: object, headers = {}) {
  const { etag } = await readGate(at, who);
  return (await as(who))('POST', `${gateOf(at)}/${act}`, { body, headers: { 'if-match': etag, ...headers } });
}

async function vote(who: string, at: string, verdict = 'approve', reason?: string, more = {}) {
  const why = reason ?? (verdict === 'approve' ? undefined : `${who} gives a reason.`);
  return post(who, at, 'decisions', { verdict, ...(why === undefined ? {} : { reason: why }), ...more });
}

const count = (who: string, at: string) => post(who, at, 'count', {});

/** Everything that the database holds of an instance and of its answers, as one text. */
async function allStored(at: string): Promise<string> {
  const instance = at.split('/').at(-1) ?? '';
  const rows = await admin`
    select (select json_agg(e.text) from ledger.entries e where e.instance = ${instance}) as entries,
      (select json_agg(c.data) from ledger.contents c where c.instance = ${instance}) as contents,
      (select json_agg(i) from ledger.instances i where i.id = ${instance}) as instances,
      (select json_agg(d) from ledger.decisions d where d.instance = ${instance}) as decisions,
      (select json_agg(f) from ledger.shown_factors f where f.instance = ${instance}) as factors,
      (select json_agg(a) from ledger.answers a where a.answer like ${`%${instance}%`}) as answers`;
  return JSON.stringify(rows);
}

const boxOf = async (at: string): Promise<number> => {
  const [row] = await admin<{ held: number }[]>`
    select count(*)::int as held from ledger.ballots where instance = ${at.split('/').at(-1) ?? ''}`;
  return row?.held ?? -1;
};

const verified = async () => (await verifyRecord(http.house.ledger)).problems;

test('P3, P4: members vote in secret, nothing comes of it until one of them counts, and then nobody can tell whose ballot is whose', async () => {
  const at = await startVote();
  const numbers = new Map<string, string>();
  const votes = ['approve', 'reject', 'approve', 'abstain', 'approve'];
  for (const [index, member] of members.entries()) {
    const cast = await vote(member, at, votes[index]);
    expect([cast.status, cast.body.outcome, cast.body.states]).toEqual([200, null, ['voting']]);
    numbers.set(member, cast.body.ballot);
  }
  const { body: open } = await readGate(at);
  expect(
    open.decisions.map(({ person, verdict, reason }: Record<string, unknown>) => [person, verdict, reason]),
  ).toEqual(members.map((member) => [`person:${member}`, 'sealed', null]));
  expect(open.quorum).toMatchObject({
    approved: 0,
    rejected: 0,
    abstained: 0,
    present: 5,
    needed: 3,
    reachable: true,
  });
  expect([open.ballot, open.count.allowed]).toEqual(['secret', true]);
  const before = (await allStored(at)).replaceAll('\\"meaning\\":\\"approve\\"', '');
  for (const said of ['gives a reason', '"reject"', '"abstain"', 'approve', ...numbers.values()])
    expect(before).not.toContain(said);
  expect([await boxOf(at), await verified()]).toEqual([5, []]);

  const counted = await count('member-two', at);
  expect(counted).toMatchObject({ status: 200, body: { outcome: 'approved', states: ['carried'] } });
  const { body } = await (await as('officer'))('GET', `${at}/decisions`);
  expect(body.items.map(({ verdict }: { verdict: string }) => verdict)).toEqual(members.map(() => 'sealed'));
  const [told] = body.counts;
  expect(told).toMatchObject({ approved: 3, rejected: 1, abstained: 1, struck: 0, outcome: 'approved' });
  const listed = told.ballots.map(({ number }: { number: string }) => number);
  expect(listed).toEqual([...numbers.values()].sort());
  for (const [index, member] of members.entries()) {
    const own = told.ballots.find(({ number }: { number: string }) => number === numbers.get(member));
    expect(own.verdict).toBe(votes[index]);
  }
  expect([await boxOf(at), await verified()]).toEqual([0, []]);
});

test('P4: whoever counts before everybody has voted is told how many are missing and until when; once the time is over they may', async () => {
  const at = await startVote();
  await vote('member-one', at, 'return', 'Say more.');
  await vote('member-two', at, 'return', 'And say it better.');
  const { body: open } = await readGate(at);
  const early = await count('member-one', at);
  expect(early).toMatchObject({ status: 409, body: { code: 'not-possible-here' } });
  expect(early.body.detail).toContain('3 members have not voted yet');
  expect(early.body.detail).toContain(open.dueAt);
  expect([open.count.allowed, open.count.why]).toEqual([false, early.body.detail]);
  http.house.clock.advance(3 * 86_400_000);
  await http.house.engine.fireDueTimers();
  expect((await readGate(at)).body.decisions).toHaveLength(2);
  const late = await count('member-three', at);
  expect(late.body).toMatchObject({ outcome: 'returned', states: ['asking'] });
  const { body } = await (await as('officer'))('GET', at);
  expect(body.context.remarks).toBe('And say it better.\nSay more.');
  expect([await boxOf(at), await verified()]).toEqual([0, []]);
});

test('P3, P9: only a reviewer counts, and only where there is something to count', async () => {
  const at = await startVote();
  for (const member of members) await vote(member, at);
  const { etag } = await readGate(at);
  const tried = async (who: string) => {
    const sending = { body: {}, headers: { 'if-match': etag } };
    const { status, body } = await (await as(who))('POST', `${gateOf(at)}/count`, sending);
    return [status, body.code];
  };
  expect(await tried('service:intake')).toEqual([403, 'not-allowed']);
  expect(await tried('officer')).toEqual([403, 'not-allowed']);
  const bare = await (await as('member-one'))('POST', `${gateOf(at)}/count`, { body: {} });
  expect([bare.status, bare.body.code]).toEqual([428, 'precondition-required']);
  const strange = { body: { outcome: 'approved' }, headers: { 'if-match': etag } };
  expect((await (await as('member-one'))('POST', `${gateOf(at)}/count`, strange)).body.code).toBe(
    'bad-request',
  );
  expect((await count('member-one', at)).status).toBe(200);
  expect(await tried('member-one')).toEqual([409, 'finished']);
  const openly = await startVote('vote');
  expect((await count('member-one', openly)).body.code).toBe('not-possible-here');
});

test('P3: nobody votes twice, without a reason where one is due, or sealed by their own hand', async () => {
  const at = await startVote();
  expect((await vote('member-one', at, 'reject', ' ')).body.code).toBe('reason-required');
  expect((await vote('officer', at, 'reject', ' ')).body.code).toBe('not-allowed');
  expect((await vote('member-one', at, 'sealed', 'x')).body.code).toBe('bad-request');
  expect((await vote('member-one', at)).status).toBe(200);
  expect((await vote('member-one', at, 'reject')).body.code).toBe('already-decided');
  expect(await boxOf(at)).toBe(1);
});

test('P6: a vote that is sent again has one effect; its number is not told again, and nothing that is kept gives it away', async () => {
  const at = await startVote();
  const { etag } = await readGate(at);
  const send = async (verdict: string) =>
    (await as('member-one'))('POST', `${gateOf(at)}/decisions`, {
      body: { verdict, reason: 'So.' },
      headers: { 'if-match': etag, 'idempotency-key': 'once' },
    });
  const first = await send('reject');
  const again = await send('reject');
  const { ballot, ...rest } = first.body;
  expect(ballot).toMatch(/^[0-9a-f]{32}$/);
  expect([again.status, again.body]).toEqual([200, rest]);
  expect((await send('approve')).body.code).toBe('idempotency-conflict');
  const [kept] = await admin<{ hash: string }[]>`
    select body_hash as hash from ledger.answers where key = 'once'`;
  const path = `${gateOf(at)}/decisions`;
  const guesses = ['approve', 'reject', 'return', 'abstain'].map((verdict) =>
    createHash('sha256')
      .update(canonicalJson(['POST', path, etag, { verdict, reason: 'So.' }]))
      .digest('hex'),
  );
  expect(guesses).not.toContain(kept?.hash);
  expect(await boxOf(at)).toBe(1);
});

test('P3: who steps back says so openly, is no member any more, and does not count', async () => {
  const at = await startVote();
  expect((await vote('member-one', at, 'recuse', 'A relative.')).status).toBe(200);
  for (const member of members.slice(1)) await vote(member, at, 'reject');
  const { body: open } = await readGate(at);
  expect(open.decisions[0]).toMatchObject({ verdict: 'recuse', reason: 'A relative.' });
  expect(open.quorum).toMatchObject({ members: 4, present: 4, recused: 1 });
  expect((await count('member-one', at)).body.code).toBe('not-allowed');
  expect((await count('member-two', at)).body).toMatchObject({ outcome: 'rejected', states: ['lost'] });
});

test('P3: nobody counts in the seat of a member who stepped back, and whoever it was lent to is told so', async () => {
  const lent: Delegation = {
    ...{ kind: 'delegation', of: 'person:member-one', to: 'person:leader', roles: ['member'], positions: [] },
    ...{ bodies: [], processes: null, mayDelegate: false },
    ...{ from: '2020-01-01T00:00:00Z', until: '2040-01-01T00:00:00Z' },
  };
  const { ledger } = http.house;
  await ledger.replaceDirectory(people, units, 'test', {
    roles: new Map(),
    bodies: new Map(),
    delegations: [lent],
  });
  await addTestKeys(ledger, []);
  const at = await startVote();
  await vote('member-one', at, 'recuse', 'A relative.');
  for (const member of members.slice(1)) await vote(member, at);
  const { body: open } = await readGate(at, 'leader');
  const refused = await count('leader', at);
  expect([refused.status, refused.body.code]).toEqual([403, 'not-allowed']);
  expect(refused.body.detail).toContain('person:member-one stepped back');
  expect(open.count).toEqual({ allowed: false, why: refused.body.detail });
  expect((await count('member-two', at)).body.outcome).toBe('approved');
  await ledger.replaceDirectory(people, units, 'test');
  await addTestKeys(ledger, []);
});

test('a voter finds their ballot by a mark of their own; where the ballot is open there is none', async () => {
  const at = await startVote();
  for (const wrong of ['short', 'x'.repeat(33), 'with space', 'dấu-hiệu'])
    expect((await vote('member-one', at, 'approve', undefined, { mark: wrong })).body.code).toBe(
      'bad-request',
    );
  for (const [index, member] of members.entries()) {
    const mark = `Mark${index}of${member.length}`;
    expect((await vote(member, at, index === 0 ? 'reject' : 'approve', 'So.', { mark })).status).toBe(200);
  }
  expect(await allStored(at)).not.toContain('Mark0of');
  expect((await count('member-one', at)).body.outcome).toBe('approved');
  const { body } = await (await as('officer'))('GET', `${at}/decisions`);
  const marked = body.counts[0].ballots.map((one: { mark: string; verdict: string }) => [
    one.mark,
    one.verdict,
  ]);
  expect(marked).toContainEqual(['Mark0of10', 'reject']);
  expect(new Set(marked.map(([mark]: [string]) => mark)).size).toBe(5);
  expect(await verified()).toEqual([]);
  const openly = await startVote('vote');
  const told = await vote('member-one', openly, 'approve', undefined, { mark: 'MineAlone' });
  expect([told.status, told.body.code]).toEqual([422, 'bad-input']);
});

test('no reason of any length keeps the ballots from being counted', async () => {
  const at = await startVote();
  const refused = await vote('member-one', at, 'reject', 'w'.repeat(2001));
  expect([refused.status, refused.body.code]).toEqual([422, 'bad-input']);
  for (const member of members) {
    const said = await vote(member, at, 'reject', `${member} ${'w'.repeat(1200)}`);
    expect(said.status).toBe(200);
  }
  expect((await count('member-one', at)).body).toMatchObject({ outcome: 'rejected', states: ['lost'] });
  const { body } = await (await as('officer'))('GET', at);
  expect(body.context.remarks).toMatch(/^member-five w{1200}$/);
  const { body: told } = await (await as('officer'))('GET', `${at}/decisions`);
  expect(told.counts[0].ballots).toHaveLength(5);
  expect(await verified()).toEqual([]);
});

test('P9: the gate says beforehand that a stopped process is not counted', async () => {
  const at = await startVote();
  for (const member of members) await vote(member, at);
  const head = await as('head');
  const scope = { kind: 'process', process: 'secret-vote' };
  const set = await head('POST', '/v1/controls', { body: { scope, mode: 'stopped', reason: 'Wait.' } });
  const { body: open } = await readGate(at);
  const refused = await count('member-one', at);
  expect([refused.status, refused.body.code]).toEqual([423, 'stopped']);
  expect(open.count).toEqual({ allowed: false, why: refused.body.detail });
  const lift = `/v1/controls/${set.body.id}/lift`;
  await (await as('controller'))('POST', lift, { body: { reason: 'Go on.' } });
  await (await as('second-controller'))('POST', `${lift}/confirm`);
  expect((await count('member-one', at)).status).toBe(200);
});

test('P2: votes on what was edited since are void, and are not counted', async () => {
  const at = await startVote();
  for (const member of members) await vote(member, at);
  const { etag } = await readGate(at);
  await (await as('officer'))('POST', `${at}/events`, {
    body: { type: 'ask', data: { question: 'Or rather this?' } },
  });
  const sending = { body: {}, headers: { 'if-match': etag } };
  const stale = await (await as('member-one'))('POST', `${gateOf(at)}/count`, sending);
  expect(stale.body.code).toBe('stale');
  expect((await count('member-one', at)).body.detail).toContain('5 members have not voted yet');
  for (const member of members) await vote(member, at, 'reject');
  expect([await boxOf(at), await verified()]).toEqual([10, []]);
  expect((await count('member-one', at)).body.outcome).toBe('rejected');
  expect([await boxOf(at), await verified()]).toEqual([0, []]);
});

test('P2, P3: for each voter who is no member any more at the count an approval is struck off', async () => {
  const at = await startVote();
  for (const member of members.slice(0, 3)) await vote(member, at);
  for (const member of members.slice(3)) await vote(member, at, 'reject');
  const without = people.map((one) => (one.id === 'person:member-five' ? { ...one, roles: [] } : one));
  await http.house.ledger.replaceDirectory(without, [], 'test');
  const counted = await count('member-one', at);
  // Three of four would do; but one of the three may be the ballot of whoever left.
  expect(counted.body).toMatchObject({ outcome: 'rejected', states: ['lost'] });
  const { body } = await (await as('officer'))('GET', `${at}/decisions`);
  expect(body.counts[0]).toMatchObject({ approved: 3, rejected: 2, struck: 1 });
  expect(await verified()).toEqual([]);
  await http.house.ledger.replaceDirectory(people, [], 'test');
  await addTestKeys(http.house.ledger, []);
});

test('P2, P3, P5: an appointment that an AI drafted takes effect by a secret vote with one-time codes, and verifies', async () => {
  http.house.clock.advance(Date.now() - http.house.clock.now());
  const data = { candidate: 'person:stranger' };
  const { body: started } = await (await as('officer'))('POST', '/v1/instances', {
    body: { process: 'secret-appointment', data },
  });
  const at = `/v1/instances/${started.instance}`;
  const agent = await as('agent:drafter');
  const { body: claimed } = await agent('POST', '/v1/proposal-requests/claim', {
    body: { leaseSeconds: 60 },
  });
  const { state, opened, claim } = claimed;
  const proposal = {
    ...{ payload: { text: 'Bổ nhiệm (ví dụ).' }, model: 'writer', modelVersion: '1' },
    ...{ promptHash: '0'.repeat(64), rationale: 'As asked.', confidence: 0.5 },
  };
  await agent('POST', `${at}/proposals`, { body: { state, opened, claim, proposal } });
  for (const [who, gate] of [
    ['leader', 'considering'],
    ['head', 'appraising'],
  ] as const) {
    const seen = await (await as(who))('GET', `${at}/gates/${gate}`);
    const body = { verdict: 'approve', reason: 'Fit for it.' };
    await (await as(who))('POST', `${at}/gates/${gate}/decisions`, {
      body,
      headers: { 'if-match': seen.etag },
    });
  }
  for (const member of members) {
    const client = await as(member);
    const { body: begun } = await client('POST', '/v1/me/factors/otp', { body: {} });
    const confirmation = { body: { code: codeFrom(begun.uri, -1) } };
    await client('POST', `/v1/me/factors/otp/${begun.id}/confirmation`, confirmation);
    const factor = { kind: 'otp', code: codeFrom(begun.uri) };
    const cast = await post(member, at, 'decisions', { verdict: 'approve', reason: 'Fit for it.', factor });
    expect([cast.status, cast.body.outcome]).toEqual([200, null]);
  }
  const stored = await allStored(at);
  expect(stored).toContain('sealed');
  const [shown] = await admin<{ verdicts: string }[]>`
    select string_agg(distinct shown_for::jsonb ->> 'verdict', ',') as verdicts from ledger.shown_factors
    where instance = ${started.instance}`;
  expect(shown?.verdicts).toBe('sealed');
  const counted = await count('member-four', at);
  expect(counted.body).toMatchObject({ outcome: 'approved', status: 'done', states: ['appointed'] });
  const { body } = await (await as('officer'))('GET', at);
  expect(body.context.appointment).toEqual({ text: 'Bổ nhiệm (ví dụ).' });
  expect(await verified()).toEqual([]);
});
