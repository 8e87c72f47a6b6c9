/** What agents do, over HTTP, the real engine and a real database. */
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect } from '../engine/ledger/ledger-house.ts';
import { proposalDefinition } from '../support/definitions.ts';
import { type Client, type HttpHouse, openHttpHouse } from './support/house-client.ts';

let http: HttpHouse;
let officer: Client;
let leader: Client;
let drafter: Client;
let second: Client;
let admin: Sql;

beforeAll(async () => {
  http = await openHttpHouse();
  await http.house.deploy(proposalDefinition);
  officer = await http.client('officer');
  leader = await http.client('leader');
  drafter = await http.client('agent:drafter');
  second = await http.client('agent:second');
  admin = connect(http.house.database.adminUrl);
});
afterAll(async () => {
  await admin?.end();
  await http?.close();
});

const requests = '/v1/proposal-requests';
const proposal = {
  payload: { text: 'Về việc tổ chức hội nghị' },
  model: 'writer',
  modelVersion: '1',
  promptHash: `sha256:${'0'.repeat(64)}`,
  rationale: 'It says what was asked.',
};

/** Starts a case; answers what an agent needs to answer its request. */
async function ask() {
  const { body } = await officer('POST', '/v1/instances', {
    body: { process: 'proposal', data: { topic: 'Hội nghị' } },
  });
  const instance = body.instance as string;
  const request = `${requests}/${instance}.1.drafting`;
  const submit = (agent: Client, claim?: string, parts: object = {}) =>
    agent('POST', `/v1/instances/${instance}/proposals`, {
      body: {
        state: 'drafting',
        opened: 1,
        ...(claim === undefined ? {} : { claim }),
        proposal: { ...proposal, ...parts },
      },
    });
  return { instance, request, submit };
}

test('P1: of two agents that claim a request at once one has it; the other is told until when', async () => {
  const { instance, request, submit } = await ask();
  const claims = await Promise.all([drafter, second].map((agent) => agent('POST', `${request}/claim`)));
  expect(claims.map(({ status }) => status).sort()).toEqual([200, 409]);
  const won = claims[0]?.status === 200 ? 0 : 1;
  const [holder, other] = won === 0 ? [drafter, second] : [second, drafter];
  const claimed = claims[won]?.body;
  expect(claimed).toMatchObject({ instance, state: 'drafting', input: { topic: 'Hội nghị' } });
  expect(claims[1 - won]?.body).toMatchObject({
    code: 'already-claimed',
    detail: expect.stringContaining(claimed.leaseUntil),
  });
  const mine = async (agent: Client) =>
    (await agent('GET', requests)).body.items.find((one: { instance: string }) => one.instance === instance);
  expect(await mine(holder)).toMatchObject({ leasedToYou: true, leaseUntil: claimed.leaseUntil });
  expect(await mine(other)).toMatchObject({ leasedToYou: false, leaseUntil: claimed.leaseUntil });
  expect(await submit(other)).toMatchObject({ status: 409, body: { code: 'already-claimed' } });
  expect(await submit(other, claimed.claim)).toMatchObject({ status: 409 });
  // Without its own claim the holder is anybody, too.
  expect(await submit(holder)).toMatchObject({ status: 409 });
  expect((await submit(holder, claimed.claim)).status).toBe(200);
  expect(await submit(other)).toMatchObject({ status: 412, body: { code: 'stale' } });
  expect((await other('POST', `${request}/claim`)).status).toBe(404);
});

test('a claim is renewed while it holds and given back; one that ended is free again', async () => {
  const { instance, request, submit } = await ask();
  const { claim, leaseUntil } = (await drafter('POST', `${request}/claim`, { body: { leaseSeconds: 60 } }))
    .body;
  const renewed = await drafter('POST', `${request}/renew`, { body: { claim, leaseSeconds: 120 } });
  expect(renewed.status).toBe(200);
  expect(renewed.body.leaseUntil > leaseUntil).toBe(true);
  const stolen = await second('POST', `${request}/renew`, { body: { claim } });
  expect(stolen).toMatchObject({ status: 412, body: { code: 'stale' } });
  await drafter('POST', `${request}/release`, { body: { claim } });
  expect((await second('POST', `${request}/claim`)).status).toBe(200);
  await admin`update ledger.proposal_requests set lease_until = now() - interval '1 second'
    where instance = ${instance}`;
  const again = await drafter('POST', `${request}/claim`);
  expect(again.status).toBe(200);
  await admin`update ledger.proposal_requests set lease_until = now() - interval '1 second'
    where instance = ${instance}`;
  expect((await drafter('POST', `${request}/renew`, { body: { claim: again.body.claim } })).status).toBe(412);
  // Nobody holds it: no claim is needed.
  expect((await submit(second)).status).toBe(200);
});

test('P9: only an agent that may answer a request sees it, claims it, or answers it', async () => {
  const { request, submit } = await ask();
  for (const who of [officer, leader]) {
    expect((await who('GET', requests)).status).toBe(403);
    expect((await who('POST', `${request}/claim`)).status).toBe(403);
    expect((await submit(who)).status).toBe(403);
  }
  expect((await drafter('POST', `${requests}/${crypto.randomUUID()}.1.drafting/claim`)).status).toBe(404);
  expect((await drafter('GET', `${requests}?cursor=bm90LWEtY3Vyc29y`)).body.code).toBe('bad-request');
});

test('P3: what does not fit, or names another operator than the directory does, is 422', async () => {
  const { instance, submit } = await ask();
  for (const parts of [{ approved: true }, { evidence: ['http://example.vn'] }, { operator: 'unit:nowhere' }])
    expect(await submit(drafter, undefined, parts)).toMatchObject({
      status: 422,
      body: { code: 'bad-input' },
    });
  const other = await submit(second, undefined, { operator: 'person:head' });
  expect(other).toMatchObject({ status: 422, body: { detail: expect.stringContaining('person:leader') } });
  expect((await submit(second)).status).toBe(200);
  const gate = await leader('GET', `/v1/instances/${instance}/gates/approving`);
  expect(gate.body).toMatchObject({ allowed: false, proposal: { operator: 'person:leader' } });
});
