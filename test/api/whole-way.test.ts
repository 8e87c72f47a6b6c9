/** The API over the real engine and a real database, by HTTP alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { canonicalJson } from '../../engine/evidence/canonical-json.ts';
import { sha256Hex } from '../../engine/evidence/sha256.ts';
import { scopes } from '../../engine/index.ts';
import { counterDefinition, proposalDefinition, voteDefinition } from '../support/definitions.ts';
import { exampleAddress } from './support/example-address.ts';
import { type Client, type HttpHouse, openHttpHouse } from './support/house-client.ts';

let http: HttpHouse;
let designer: Client;
let officer: Client;
let leader: Client;
let agent: Client;

beforeAll(async () => {
  http = await openHttpHouse();
  designer = await http.client('designer');
  officer = await http.client('officer');
  leader = await http.client('leader');
  agent = await http.client('agent:drafter');
  for (const yaml of [counterDefinition, proposalDefinition, voteDefinition]) {
    expect((await designer('POST', '/v1/definitions?file=test.yaml', { yaml })).status).toBe(201);
  }
});
afterAll(() => http?.close());

const start = async (process: string, data: object) => {
  const answer = await officer('POST', '/v1/instances', { body: { process, data } });
  expect(answer.status).toBe(201);
  return answer.body.instance as string;
};

/** Claims until the request of this instance comes, and answers it. */
async function propose(instance: string, text: string) {
  for (let tries = 0; tries < 20; tries += 1) {
    const claimed = await agent('POST', '/v1/proposal-requests/claim', { body: { leaseSeconds: 30 } });
    expect(claimed.status).toBe(200);
    if (claimed.body.instance !== instance) continue;
    const { state, opened, claim } = claimed.body;
    const proposal = {
      payload: { text },
      model: 'writer',
      modelVersion: '1',
      promptHash: '0'.repeat(64),
      rationale: 'It says what was asked.',
      confidence: 0.75,
    };
    return agent('POST', `/v1/instances/${instance}/proposals`, { body: { state, opened, claim, proposal } });
  }
  throw new Error('The request was never handed out.');
}

test('definitions are deployed, listed and read back byte for byte', async () => {
  const listed = await officer('GET', '/v1/definitions');
  expect(listed.body.items.map((one: { process: string }) => one.process).sort()).toEqual([
    'counter',
    'proposal',
    'vote',
  ]);
  const { hash } = listed.body.items.find((one: { process: string }) => one.process === 'proposal');
  expect((await officer('GET', `/v1/definitions/${hash}`)).body).toMatchObject({
    hash,
    title: { en: 'Test' },
    current: true,
  });
  expect((await officer('GET', `/v1/definitions/${hash}/source`)).body).toBe(proposalDefinition);
  expect((await officer('GET', `/v1/definitions/${'0'.repeat(64)}`)).body.code).toBe('definition-unknown');
});

test('P2: a definition that lets a proposal reach an effect unapproved is refused with its place', async () => {
  const yaml = proposalDefinition
    .replace('id: proposal', 'id: unsafe')
    .replace('onDone: approving', 'onDone: { target: issued, assign: { wording: proposal.wording.text } }');
  const refused = await designer('POST', '/v1/definitions?file=bad.yaml', { yaml });
  expect(refused).toMatchObject({ status: 422, body: { code: 'definition-refused' } });
  expect(refused.body.findings[0]).toMatchObject({
    severity: 'error',
    file: 'bad.yaml',
    line: expect.any(Number),
  });
});

test.each(['a: [', '- 1', 'id: x\nid: y', `${'['.repeat(20_000)}`, '&a [*a, *a]', '\u0000', ''])(
  'hostile text %# is refused with its findings',
  async (yaml) => {
    const refused = await designer('POST', '/v1/definitions', { yaml: yaml === '' ? ' ' : yaml });
    expect(refused).toMatchObject({ status: 422, body: { code: 'definition-refused' } });
    expect(refused.body.findings.length).toBeGreaterThan(0);
  },
);

test('P2, P3: an AI proposes, a person approves exactly that, and it takes effect', async () => {
  const instance = await start('proposal', { topic: 'Hội nghị' });
  expect((await propose(instance, 'Về việc tổ chức hội nghị')).status).toBe(200);
  const gateAddress = `/v1/instances/${instance}/gates/approving`;

  const inbox = await leader('GET', '/v1/gates');
  expect(inbox.body.items.map((gate: { instance: string }) => gate.instance)).toContain(instance);
  const gate = await leader('GET', gateAddress);
  expect(gate.body).toMatchObject({
    allowed: true,
    proposal: { payload: { text: 'Về việc tổ chức hội nghị' }, status: 'live' },
  });

  const approve = { body: { verdict: 'approve' } };
  expect((await leader('POST', `${gateAddress}/decisions`, approve)).status).toBe(428);
  const wrong = await leader('POST', `${gateAddress}/decisions`, {
    ...approve,
    headers: { 'if-match': `"${gate.body.opened}.${'0'.repeat(64)}"` },
  });
  expect(wrong).toMatchObject({ status: 412, body: { code: 'stale' } });
  const own = await officer('POST', `${gateAddress}/decisions`, {
    ...approve,
    headers: { 'if-match': gate.etag },
  });
  expect(own.status).toBe(403);

  const decided = await leader('POST', `${gateAddress}/decisions`, {
    ...approve,
    headers: { 'if-match': gate.etag },
  });
  expect(decided.body).toMatchObject({ outcome: 'approved', status: 'done', states: ['issued'] });
  const view = await officer('GET', `/v1/instances/${instance}`);
  expect(view.body.context).toEqual({ topic: 'Hội nghị', wording: 'Về việc tổ chức hội nghị' });
  expect(view.etag).toBe(decided.etag);
  expect((await leader('GET', gateAddress)).status).toBe(404);

  const record = await officer('GET', `/v1/instances/${instance}/record?limit=2`);
  expect(record.body.items.map((item: { entry: { kind: string } }) => item.entry.kind)).toEqual([
    'start',
    'proposal',
  ]);
  const rest = await officer('GET', `/v1/instances/${instance}/record?after=${record.body.next}`);
  expect(rest.body.items.map((item: { entry: { kind: string } }) => item.entry.kind)).toEqual(['decision']);
  expect(rest.body.next).toBeNull();
});

test('P2: a decision on what was returned and proposed anew is refused, until it is read again', async () => {
  const instance = await start('proposal', { topic: 'Hai lần' });
  await propose(instance, 'Bản một');
  const address = `/v1/instances/${instance}/gates/approving`;
  const first = await leader('GET', address);
  const returned = await leader('POST', `${address}/decisions`, {
    body: { verdict: 'return', reason: 'Thiếu căn cứ.' },
    headers: { 'if-match': first.etag },
  });
  expect(returned.body.outcome).toBe('returned');
  await propose(instance, 'Bản hai');
  const again = await leader('GET', address);
  expect(again.etag).not.toBe(first.etag);
  const approve = (tag: string) =>
    leader('POST', `${address}/decisions`, { body: { verdict: 'approve' }, headers: { 'if-match': tag } });
  expect(await approve(first.etag)).toMatchObject({ status: 412, body: { code: 'stale' } });
  expect((await approve(again.etag)).body.outcome).toBe('approved');
});

test('P6: the same request sent twice has one effect and one answer; another one with its key is refused', async () => {
  const instance = await start('counter', { limit: 10 });
  const step = { body: { type: 'step', data: {} }, headers: { 'idempotency-key': 'once' } };
  const address = `/v1/instances/${instance}/events`;
  const [first, second] = [await officer('POST', address, step), await officer('POST', address, step)];
  expect(second).toEqual(first);
  expect(await officer('POST', address, { ...step, body: { type: 'finish' } })).toMatchObject({
    status: 422,
    body: { code: 'idempotency-conflict' },
  });
  expect((await officer('GET', `/v1/instances/${instance}`)).body.context).toEqual({ limit: 10, count: 1 });

  const started = {
    body: { process: 'counter', data: { limit: 3 } },
    headers: { 'idempotency-key': 'start-once' },
  };
  const starts = await Promise.all(
    Array.from({ length: 8 }, () => officer('POST', '/v1/instances', started)),
  );
  expect(new Set(starts.map(({ body }) => body.instance)).size).toBe(1);
});

test('an event with If-Match acts only on what was seen', async () => {
  const instance = await start('counter', { limit: 10 });
  const address = `/v1/instances/${instance}/events`;
  const { etag } = await officer('GET', `/v1/instances/${instance}`);
  const step = { body: { type: 'step' }, headers: { 'if-match': etag } };
  expect((await officer('POST', address, step)).status).toBe(200);
  expect(await officer('POST', address, step)).toMatchObject({ status: 412, body: { code: 'stale' } });
});

test('P9: a refusal says which transition was looked at, and where it stands in the file', async () => {
  const instance = await start('counter', { limit: 0 });
  const refused = await officer('POST', `/v1/instances/${instance}/events`, { body: { type: 'step' } });
  expect(refused).toMatchObject({ status: 409, body: { code: 'guard-failed' } });
  expect(refused.body.considered[0]).toMatchObject({
    from: 'counting',
    reason: 'guard-failed',
    position: { line: expect.any(Number) },
  });
  expect(
    (await officer('POST', `/v1/instances/${instance}/events`, { body: { type: 'dance' } })).body.code,
  ).toBe('not-possible-here');
  for (const type of ['xstate.after.PT2H.counting', 'countersign.outcome.x.approved']) {
    expect((await officer('POST', `/v1/instances/${instance}/events`, { body: { type } })).body.code).toBe(
      'reserved-event',
    );
  }
  expect(
    (await officer('POST', '/v1/instances', { body: { process: 'counter', data: { limit: 'x' } } })).body,
  ).toMatchObject({ code: 'bad-input', status: 422 });
  expect((await officer('POST', '/v1/instances', { body: { process: 'nothing' } })).body.code).toBe(
    'definition-unknown',
  );
  const stranger = await http.client('stranger');
  expect((await stranger('GET', `/v1/instances/${instance}`)).status).toBe(404);
  expect(
    (await stranger('POST', '/v1/instances', { body: { process: 'counter', data: { limit: 1 } } })).status,
  ).toBe(403);
});

test('instances are found by their indexed fields, a page at a time', async () => {
  const wanted = [
    await start('counter', { limit: 4242 }),
    await start('counter', { limit: 4242 }),
    await start('counter', { limit: 4242 }),
  ];
  const found: string[] = [];
  let query = '/v1/instances?process=counter&status=active&state=counting&field.limit=4242&limit=2';
  for (let next: string | null = ''; next !== null; ) {
    const page = await officer('GET', next === '' ? query : `${query}&cursor=${next}`);
    found.push(...page.body.items.map((item: { instance: string }) => item.instance));
    next = page.body.next;
  }
  // All started in the same instant of the test's clock, so their order among themselves is open.
  expect(found.sort()).toEqual(wanted.sort());
  query = '/v1/instances?cursor=bm90LWEtY3Vyc29y';
  expect((await officer('GET', query)).body.code).toBe('bad-request');
  expect((await leader('GET', '/v1/gates?cursor=bm90LWEtY3Vyc29y')).body.code).toBe('bad-request');
});

test('P3: one person counts once, and a service or an agent never decides', async () => {
  const instance = await start('vote', { question: 'Đồng ý?' });
  const address = `/v1/instances/${instance}/gates/voting`;
  const one = await http.client('member-one');
  const { etag, body } = await one('GET', address);
  expect(body.quorum).toMatchObject({ needed: 3, approved: 0, members: 5 });
  const vote = { body: { verdict: 'approve' }, headers: { 'if-match': etag } };
  expect((await one('POST', `${address}/decisions`, vote)).body.outcome).toBeNull();
  expect((await one('POST', `${address}/decisions`, vote)).body).toMatchObject({
    code: 'already-decided',
    status: 409,
  });
  const rejecting = await (await http.client('member-two'))('POST', `${address}/decisions`, {
    ...vote,
    body: { verdict: 'reject' },
  });
  expect(rejecting.body).toMatchObject({ code: 'reason-required', status: 422 });
  const service = await http.client('service:intake', ['decide', 'read']);
  expect((await service('POST', `${address}/decisions`, vote)).status).toBe(403);
  const drafter = await http.client('agent:drafter', ['decide', 'read', 'event', 'propose']);
  expect((await drafter('POST', `${address}/decisions`, vote)).status).toBe(403);
  expect(
    (await drafter('POST', `/v1/instances/${instance}/events`, { body: { type: 'approved' } })).status,
  ).toBeGreaterThanOrEqual(400);
});

test('a key works until it is revoked, and its secret is never told again', async () => {
  const issued = await designer('POST', '/v1/keys', {
    body: { principal: 'person:officer', scopes: ['read'] },
  });
  expect(issued.status).toBe(201);
  const reader = http.clientWithSecret(issued.body.secret);
  expect((await reader('GET', '/v1/me')).body).toMatchObject({
    principal: 'person:officer',
    scopes: ['read'],
  });
  const listed = await designer('GET', '/v1/keys');
  expect(JSON.stringify(listed.body)).not.toContain(issued.body.secret);
  expect(listed.body.items.map((key: { id: string }) => key.id)).toContain(issued.body.id);
  expect((await designer('DELETE', `/v1/keys/${issued.body.id}`)).body.revokedAt).not.toBeNull();
  expect((await reader('GET', '/v1/me')).status).toBe(401);
  expect((await designer('DELETE', '/v1/keys/nothing')).status).toBe(404);
  expect((await officer('GET', '/v1/keys')).status).toBe(403);
  const past = { principal: 'person:officer', scopes: ['read'], expiresAt: '2001-01-01T00:00:00Z' };
  expect((await designer('POST', '/v1/keys', { body: past })).body.code).toBe('bad-input');
  for (const none of ['2030-02-30T00:00:00Z', '2030-06-30T23:59:60Z']) {
    const { body } = await designer('POST', '/v1/keys', { body: { ...past, expiresAt: none } });
    expect(body).toMatchObject({ code: 'bad-input', detail: `There is no such time as ${none}.` });
  }
});

test('one person stops and two restart, over HTTP alone', async () => {
  const [controller, second, same, head] = [
    await http.client('controller'),
    await http.client('second-controller'),
    await http.client('controller-again'),
    await http.client('head'),
  ];
  const instance = await start('counter', { limit: 9 });
  const event = { body: { type: 'step' } };
  const scope = { kind: 'process', process: 'counter' };
  const body = { scope, mode: 'stopped', reason: 'It counts wrong.' };
  const set = await head('POST', '/v1/controls', { body });
  expect([set.status, set.body.isNew, set.body.setBy]).toEqual([201, true, 'person:head']);
  const held = await officer('POST', `/v1/instances/${instance}/events`, event);
  expect([held.status, held.body.code]).toEqual([423, 'stopped']);
  expect(held.body.detail).toContain('It counts wrong.');
  const why = (await officer('GET', `/v1/instances/${instance}/why`)).body.answers[0];
  expect([why.code, why.next]).toEqual(['stopped', held.body.next]);

  const lift = `/v1/controls/${set.body.id}/lift`;
  expect((await controller('POST', `${lift}/confirm`)).status).toBe(409);
  expect((await controller('POST', lift, { body: { reason: 'Mended.' } })).status).toBe(200);
  for (const one of [controller, same]) {
    expect((await one('POST', `${lift}/confirm`)).body.code).toBe('already-decided');
  }
  expect((await officer('POST', `${lift}/confirm`)).status).toBe(403);
  expect((await officer('POST', `/v1/instances/${instance}/events`, event)).status).toBe(423);
  const lifted = await second('POST', `${lift}/confirm`);
  expect(lifted.body).toMatchObject({
    asked: { by: 'person:controller' },
    lifted: { by: 'person:second-controller' },
  });
  expect((await officer('POST', `/v1/instances/${instance}/events`, event)).status).toBe(200);
  const all = await controller('GET', '/v1/controls?which=all');
  expect([(await controller('GET', '/v1/controls')).body.items, all.body.items.length]).toEqual([[], 1]);
  expect((await controller('POST', '/v1/controls/nothing/lift/confirm')).status).toBe(404);
  const wrong = { ...body, scope: { ...scope, decision: 'x' } };
  expect((await controller('POST', '/v1/controls', { body: wrong })).status).toBe(400);

  const asked = await start('proposal', { topic: 'Bridges' });
  const override = { body: { state: 'drafting', reason: 'By hand.' } };
  expect((await officer('POST', `/v1/instances/${asked}/override`, override)).status).toBe(403);
  expect((await head('POST', `/v1/instances/${asked}/override`, override)).body.states).toEqual(['stuck']);
});

const seen = { headers: { 'if-match': '"1"' } };
const titled = { title: { vi: 'x', en: 'x' } };
const absent = { from: '2026-01-01', until: '2026-12-31' };
const directoryEdits = {
  putRole: { body: titled, ...seen },
  putUnit: { body: titled, ...seen },
  putPrincipal: { body: { name: 'x' }, ...seen },
  putBody: { body: { ...titled, members: [] }, ...seen },
  putDelegation: { body: { of: 'person:x', to: 'person:y', ...absent }, ...seen },
  addDelegation: { body: { of: 'person:x', to: 'person:y', ...absent }, ...seen },
  putAbsence: { body: { person: 'person:x', standIn: 'person:y', ...absent }, ...seen },
  addAbsence: { body: { person: 'person:x', standIn: 'person:y', ...absent }, ...seen },
  removeRole: seen,
  removeUnit: seen,
  removePrincipal: seen,
  removeBody: seen,
  removeDelegation: seen,
  removeAbsence: seen,
};

test('P9: every route refuses a key that has every scope but the one it names', async () => {
  const { instance } = (
    await officer('POST', '/v1/instances', { body: { process: 'counter', data: { limit: 1 } } })
  ).body;
  const enrolling = { id: 'x', nonce: 'n'.repeat(16), expires: '2026-01-05T08:00:00.000Z' };
  const bodies: Record<string, object> = {
    deployDefinition: { yaml: counterDefinition },
    startInstance: { body: { process: 'counter', data: { limit: 1 } } },
    postEvent: { body: { type: 'step' } },
    decide: { body: { verdict: 'approve' }, headers: { 'if-match': `"1.${'0'.repeat(64)}"` } },
    countBallots: { body: {}, headers: { 'if-match': `"1.${'0'.repeat(64)}"` } },
    giveView: { body: { text: 'x' }, headers: { 'if-match': `"1.${'0'.repeat(64)}"` } },
    claimProposalRequest: { body: {} },
    renewClaim: { body: { claim: 'c' } },
    releaseClaim: { body: { claim: 'c' } },
    submitProposal: {
      body: {
        state: 'drafting',
        opened: 1,
        claim: 'c',
        proposal: { payload: {}, model: 'm', modelVersion: '1', promptHash: '0'.repeat(64), rationale: 'r' },
      },
    },
    beginOtp: { body: {} },
    claimGate: { body: {} },
    releaseGate: { body: {} },
    reassignGate: { body: { to: 'person:leader', reason: 'x' } },
    askOpinion: { body: { from: 'person:leader', question: 'x' } },
    giveOpinion: { body: { opinion: 'x' } },
    challengeChange: { body: {} },
    challengeDecision: { body: { verdict: 'approve' }, headers: { 'if-match': `"1.${'0'.repeat(64)}"` } },
    enrolPasskey: {
      body: { ...enrolling, credential: 'c', clientDataJSON: 'c', attestationObject: 'a' },
    },
    enrolCertificate: { body: { ...enrolling, chain: ['AA=='], signature: 'AA==' } },
    confirmOtp: { body: { code: '123456' } },
    removeMyFactor: { body: {} },
    putDirectory: { yaml: 'roles: {}', headers: { 'if-match': '"1"' } },
    makeCallbackSecret: { body: { agent: 'agent:drafter' } },
    ...directoryEdits,
    issueKey: { body: { principal: 'person:officer', scopes: ['read'] } },
    endSessions: { body: { principal: 'person:officer' } },
    setControl: { body: { scope: { kind: 'everything' }, mode: 'paused', reason: 'r' } },
    askToLift: { body: { reason: 'r' } },
    overrideStep: { body: { state: 'drafting', reason: 'r' } },
    migrateInstances: { body: { from: 'a'.repeat(64), to: 'b'.repeat(64) } },
  };
  for (const { operation, method, path, scope } of allRoutes) {
    if (scope === null) continue;
    const client = await http.client(
      scope === 'propose' ? 'agent:drafter' : 'designer',
      scopes.filter((one) => one !== scope),
    );
    const example = exampleAddress(path, { instance, request: `${instance}.1.drafting` });
    const address = operation === 'listFactors' ? `${example}?principal=person:leader` : example;
    const refused = await client(method, address, bodies[operation]);
    expect([operation, refused.body.code]).toEqual([operation, 'not-allowed']);
  }
});

test('a demonstration key works from this machine, and not through a proxy on it', async () => {
  const secret = await http.secretOf('officer', ['read'], true);
  const me = http.clientWithSecret(secret);
  expect((await me('GET', '/v1/me')).status).toBe(200);
  expect((await me('GET', '/v1/me', { headers: { 'x-forwarded-for': '203.0.113.9' } })).status).toBe(401);
});

test('P1: sixty-four writers on one instance make exactly the steps the definition allows', async () => {
  const instance = await start('counter', { limit: 20 });
  const answers = await Promise.all(
    Array.from({ length: 64 }, () =>
      officer('POST', `/v1/instances/${instance}/events`, { body: { type: 'step' } }),
    ),
  );
  const codes = answers.map(({ status, body }) => (status === 200 ? 'done' : body.code));
  expect(codes.filter((code) => code === 'done')).toHaveLength(20);
  expect(codes.filter((code) => code === 'guard-failed')).toHaveLength(44);
  const record = await officer('GET', `/v1/instances/${instance}/record?limit=200`);
  expect(record.body.items.map((item: { entry: { seq: number } }) => item.entry.seq)).toEqual(
    [...Array(21).keys()].map((index) => index + 1),
  );
});

test('P5: auditors read what was done to the ledger itself, page by page, as one chain; nobody else does', async () => {
  const auditor = await http.client('auditor');
  const read: { act: { act: string; previous: string }; hash: string }[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await auditor('GET', `/v1/acts?after=${after}&limit=2`);
    expect(page.status).toBe(200);
    read.push(...page.body.items);
    after = page.body.next;
  }
  expect(read.map(({ act }) => act.act)).toEqual(
    expect.arrayContaining(['directory-replaced', 'key-issued', 'definition-deployed']),
  );
  let previous = '0'.repeat(64);
  for (const { act, hash } of read) {
    expect(act.previous).toBe(previous);
    expect(sha256Hex(canonicalJson(act))).toBe(hash);
    previous = hash;
  }
  expect((await officer('GET', '/v1/acts')).body).toMatchObject({ code: 'not-allowed', status: 403 });
});

test('a gate is claimed, an opinion asked and given, and every decision can be read afterwards', async () => {
  const instance = await start('vote', { question: 'Shall we?' });
  const gate = `/v1/instances/${instance}/gates/voting`;
  const one = await http.client('member-one');
  const stranger = await http.client('stranger');
  expect((await one('POST', `${gate}/claim`, { body: {} })).status).toBe(200);
  expect((await stranger('POST', `${gate}/claim`, { body: {} })).status).toBe(403);
  const asked = { from: 'person:stranger', question: 'Is it lawful?' };
  expect((await one('POST', `${gate}/opinions`, { body: asked })).status).toBe(200);
  expect((await one('POST', `${gate}/opinions`, { body: { ...asked, from: 'agent:drafter' } })).status).toBe(
    400,
  );
  expect((await stranger('POST', `${gate}/opinion`, { body: { opinion: 'It is.' } })).status).toBe(200);
  const seen = await one('GET', gate);
  expect(seen.body).toMatchObject({
    claim: { person: 'person:member-one' },
    opinions: [{ opinion: 'It is.' }],
  });
  const abstained = await one('POST', `${gate}/decisions`, {
    body: { verdict: 'abstain', reason: 'I know too little.' },
    headers: { 'if-match': seen.etag },
  });
  expect(abstained).toMatchObject({ status: 200, body: { outcome: null } });
  expect((await officer('GET', `/v1/instances/${instance}/decisions`)).body.items).toMatchObject([
    { principal: 'person:member-one', verdict: 'abstain', reason: 'I know too little.' },
  ]);
});
