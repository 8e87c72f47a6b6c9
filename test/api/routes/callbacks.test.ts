/** Agents that are called: over HTTP, the real engine and a real database, and a receiver that is an agent's. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../api/create-app.ts';
import { serve } from '../../../api/serve.ts';
import { openEngine, type Principal } from '../../../engine/index.ts';
import { addKey, scopesByKind } from '../../../engine/run/manage-keys.ts';
import { proposalDefinition } from '../../support/definitions.ts';
import { people, units } from '../../support/test-people.ts';
import { type Client, type HttpHouse, openHttpHouse } from '../support/house-client.ts';

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let http: HttpHouse;
let keeper: Client;
let officer: Client;
let receiver: Server;
let received: Received[] = [];
let answers = 200;
let asked: string[] = [];
/** The same house, in which agents on this machine may be called. */
let near: { callAgents(): Promise<number>; readonly close: () => Promise<void> };

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body });
      response.writeHead(answers, { location: '/elsewhere' }).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  http = await openHttpHouse();
  await http.house.deploy(proposalDefinition);
  await callAt(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/asked`);
  keeper = await http.client('designer');
  officer = await http.client('officer');
  const { ledger, clock } = http.house;
  const engine = openEngine({ ledger, clock, callbackNetworks: ['127.0.0.0/8'] });
  const server = await serve(createApp(engine), { host: '127.0.0.1', port: 0, graceMs: 2000 });
  near = { callAgents: () => engine.callAgents(), close: () => server.close() };
});
afterEach(async () => {
  for (const instance of asked) {
    const taken = { instance, state: 'drafting', reason: 'Làm bằng tay.', seen: null };
    await http.house.engine.override(http.house.as('head'), taken, null);
  }
  asked = [];
  received = [];
  answers = 200;
});
afterAll(async () => {
  receiver?.close();
  await near?.close();
  await http?.close();
});

async function callAt(callback: string): Promise<void> {
  const called = people.map((one): Principal => (one.id === 'agent:drafter' ? { ...one, callback } : one));
  await http.house.ledger.replaceDirectory(called, units, 'test');
}

async function ask(): Promise<string> {
  const { body } = await officer('POST', '/v1/instances', {
    body: { process: 'proposal', data: { topic: 'Hội nghị kín' } },
  });
  asked.push(body.instance);
  return body.instance;
}

const lastOf = async (instance: string) =>
  (await keeper('GET', '/v1/callbacks')).body.items.find(
    (one: { instance: string }) => one.instance === instance,
  );

test('P9: the secret is made by a key administrator, and shown once', async () => {
  const make = (who: Client, agent = 'agent:drafter') =>
    who('POST', '/v1/callback-secrets', { body: { agent } });
  expect((await make(officer)).status).toBe(403);
  expect((await make(keeper, 'agent:nobody')).status).toBe(404);
  expect((await make(keeper, 'person:leader')).status).toBe(400);
  expect((await officer('GET', '/v1/callbacks')).status).toBe(403);
  // Without one nothing can be signed, and so nobody is called.
  const instance = await ask();
  await near.callAgents();
  expect(received).toEqual([]);
  expect(await lastOf(instance)).toMatchObject({
    outcome: null,
    problem: expect.stringContaining('no secret'),
  });
  const made = await make(keeper);
  expect(made).toMatchObject({
    status: 201,
    body: { agent: 'agent:drafter', secret: expect.stringMatching(/^whsec_/) },
  });
});

test('an agent is told that a request waits, signed, and of what it asks nothing', async () => {
  const { secret } = (await keeper('POST', '/v1/callback-secrets', { body: { agent: 'agent:drafter' } }))
    .body;
  const instance = await ask();
  expect(await near.callAgents()).toBe(1);
  const [notice] = received;
  const body = JSON.parse(notice?.body ?? '{}');
  const request = `${instance}.1.drafting`;
  expect(body).toMatchObject({ type: 'proposal.requested' });
  expect(body.data).toEqual({
    request,
    instance,
    process: 'proposal',
    decision: 'wording',
    requestedAt: expect.any(String),
  });
  expect(notice?.body).not.toContain('Hội nghị kín');
  const { headers } = notice as Received;
  const at = new Date(Number(headers['webhook-timestamp']) * 1000);
  const signed = new Webhook(secret).sign(String(headers['webhook-id']), at, notice?.body ?? '');
  expect(headers['webhook-signature']).toBe(signed);
  expect(headers.authorization).toBeUndefined();
  // Once, and then not again; the agent claims it as any other.
  expect(await near.callAgents()).toBe(0);
  expect(await lastOf(instance)).toMatchObject({ request, status: 200, attempts: 1, outcome: 'delivered' });
  const key = {
    principal: 'agent:drafter',
    scopes: scopesByKind.agent,
    expiresAt: null,
    demonstration: false,
  };
  const drafter = http.clientWithSecret((await addKey(http.house, key)).secret);
  expect((await drafter('POST', `/v1/proposal-requests/${body.data.request}/claim`)).status).toBe(200);
});

test('what failed is tried again further and further apart, as the same message, and then given up', async () => {
  const instance = await ask();
  answers = 500;
  const waited: (number | null)[] = [];
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    expect(await near.callAgents()).toBe(1);
    const told = await lastOf(instance);
    expect(told).toMatchObject({ attempts: attempt, status: 500, problem: 'it answered 500' });
    waited.push(told.nextAt === null ? null : Date.parse(told.nextAt) - http.house.clock.now());
    expect(await near.callAgents()).toBe(0);
    http.house.clock.advance(waited.at(-1) ?? 0);
  }
  expect(waited).toEqual([5_000, 30_000, 120_000, 600_000, 3_600_000, null]);
  expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  expect(await lastOf(instance)).toMatchObject({ outcome: 'given-up' });
  expect(await near.callAgents()).toBe(0);
});

test('P9: while an agent is paused it is not called, and afterwards it is', async () => {
  const controller = await http.client('controller');
  const second = await http.client('second-controller');
  const scope = { kind: 'agent', agent: 'agent:drafter' };
  const { body } = await controller('POST', '/v1/controls', {
    body: { scope, mode: 'paused', reason: 'Thử.' },
  });
  const instance = await ask();
  expect(await near.callAgents()).toBe(0);
  await controller('POST', `/v1/controls/${body.id}/lift`, { body: { reason: 'Xong.' } });
  await second('POST', `/v1/controls/${body.id}/lift/confirm`, { body: {} });
  expect(await near.callAgents()).toBe(1);
  expect(await lastOf(instance)).toMatchObject({ outcome: 'delivered' });
});

test('a redirect is not followed, and a request that was answered is told no more', async () => {
  const instance = await ask();
  answers = 302;
  await near.callAgents();
  expect(received.map(({ path }) => path)).toEqual(['/asked']);
  expect(await lastOf(instance)).toMatchObject({
    status: 302,
    problem: expect.stringContaining('redirects'),
  });
  await http.house.engine.override(
    http.house.as('head'),
    { instance, state: 'drafting', reason: 'x', seen: null },
    null,
  );
  http.house.clock.advance(60_000);
  await near.callAgents();
  expect(received).toHaveLength(1);
  expect(await lastOf(instance)).toMatchObject({ outcome: 'withdrawn' });
});

test('P9: an address inside the network is not called unless its network is named, by whatever name it goes', async () => {
  const { port } = receiver.address() as AddressInfo;
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]']) {
    await callAt(`http://${host}:${port}/inside`);
    const instance = await ask();
    expect(await http.house.engine.callAgents()).toBeGreaterThan(0);
    expect([host, (await lastOf(instance)).problem]).toEqual([
      host,
      expect.stringContaining('private address'),
    ]);
  }
  expect(received).toEqual([]);
});
