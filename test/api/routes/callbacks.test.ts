/** Agents that are called: over HTTP, the real engine and a real database, and a receiver that is an agent's. */
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../../api/create-app.ts';
import { serve } from '../../../api/serve.ts';
import { openEngine, type Principal, verifyRecord } from '../../../engine/index.ts';
import { addKey, scopesByKind } from '../../../engine/run/manage-keys.ts';
import { connect } from '../../engine/ledger/ledger-house.ts';
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
/** Calls to a path that is answered later, or never. */
const held: ServerResponse[] = [];
let onCall: () => void = () => undefined;
let told: string[] = [];
const asked: string[] = [];
/** The same house, in which agents on this machine may be called. */
let near: { callAgents(): Promise<number>; begin(): Promise<number>; readonly close: () => Promise<void> };
const adviser: Principal = {
  ...{ id: 'agent:adviser', kind: 'agent', name: 'adviser', person: 'agent:adviser', unit: null },
  ...{ roles: ['adviser'], positions: [], active: true },
};
/** Answered by agents of the role for which the expression holds. */
const narrowed = (id: string, role: string, expression: string) =>
  proposalDefinition
    .replace(/^id: .*$/m, `id: ${id}`)
    .replace('role: drafting-agent', `role: ${role}, expression: "${expression}"`);

beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      if (request.url === '/silent') held.push(response);
      else received.push({ path: request.url ?? '', headers: request.headers, body });
      onCall();
      if (request.url === '/silent') return;
      response.writeHead(answers, { location: '/elsewhere' }).end('x'.repeat(100_000));
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  http = await openHttpHouse();
  await http.house.deploy(proposalDefinition);
  const rename = `    on:
      rename:
        allow: { role: officer }
        input: { type: object, required: [topic], additionalProperties: false, properties: { topic: { type: string, maxLength: 200 } } }
        assign: { topic: event.topic }
    onDone: approving`;
  await http.house.deploy(
    narrowed('mine', 'drafting-agent', "context.topic == 'mine'").replace('    onDone: approving', rename),
  );
  await http.house.deploy(narrowed('counting', 'drafting-agent', 'int(context.topic) > 3'));
  await http.house.deploy(narrowed('unit-only', 'drafting-agent', "actor.unit == 'unit:other'"));
  await http.house.deploy(narrowed('advice', 'adviser', 'true'));
  await callAt(here('/asked'));
  keeper = await http.client('designer');
  officer = await http.client('officer');
  const { ledger, clock } = http.house;
  const report = (sentence: string) => told.push(sentence);
  const engine = openEngine({ ledger, clock, callbackNetworks: ['127.0.0.0/8'], report });
  const server = await serve(createApp(engine), { host: '127.0.0.1', port: 0, graceMs: 2000 });
  const begin = async () => (await engine.callAgents()).begun;
  const callAgents = async () => {
    const { begun, answered } = await engine.callAgents();
    await answered;
    return begun;
  };
  near = { callAgents, begin, close: () => server.close() };
});
afterEach(async () => {
  await retire();
  received = [];
  told = [];
  answers = 200;
  // Nobody rests any more.
  http.house.clock.advance(60_000);
});
afterAll(async () => {
  receiver?.close();
  await near?.close();
  await http?.close();
});

const here = (path: string) => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}${path}`;

/** Takes what was asked out of the hands of agents. */
async function retire(): Promise<void> {
  for (const instance of asked.splice(0)) {
    const taken = { instance, state: 'drafting', reason: 'Làm bằng tay.', seen: null };
    await http.house.engine.override(http.house.as('head'), taken, null);
  }
}

/** Until enough calls have come. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise<void>((resolve) => {
      onCall = resolve;
    });
  }
}

async function lift(id: string): Promise<void> {
  await (await http.client('controller'))('POST', `/v1/controls/${id}/lift`, { body: { reason: 'Xong.' } });
  await (await http.client('second-controller'))('POST', `/v1/controls/${id}/lift/confirm`, { body: {} });
}

async function drafting(): Promise<Client> {
  const { agent: scopes } = scopesByKind;
  const key = { principal: 'agent:drafter', scopes, expiresAt: null, demonstration: false };
  return http.clientWithSecret((await addKey(http.house, key)).secret);
}

async function callAt(
  callback: string,
  more: Partial<Principal> = {},
  others: Principal[] = [],
): Promise<void> {
  const called = people.map((one) => (one.id === 'agent:drafter' ? { ...one, ...more, callback } : one));
  await http.house.ledger.replaceDirectory([...called, ...others], units, 'test');
}

async function ask(process = 'proposal', topic = 'Hội nghị kín'): Promise<string> {
  const { body } = await officer('POST', '/v1/instances', { body: { process, data: { topic } } });
  asked.push(body.instance);
  return body.instance;
}

const lastOf = async (instance: string) =>
  (await keeper('GET', '/v1/callbacks?limit=200')).body.items.find(
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
  expect(String(headers['webhook-signature']).split(' ')).toContain(signed);
  expect(headers.authorization).toBeUndefined();
  // Once, and then not again; the agent claims it as any other.
  expect(await near.callAgents()).toBe(0);
  expect(await lastOf(instance)).toMatchObject({ request, status: 200, attempts: 1, outcome: 'delivered' });
  const drafter = await drafting();
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
  // For good, while the request stands, however long that is.
  for (const days of [31, 31]) {
    http.house.clock.advance(days * 86_400_000);
    expect(await near.callAgents()).toBe(0);
  }
  expect(await lastOf(instance)).toMatchObject({ outcome: 'given-up', attempts: 6 });
});

test('P9: while an agent is paused it is not called, and afterwards it is', async () => {
  const controller = await http.client('controller');
  const scope = { kind: 'agent', agent: 'agent:drafter' };
  const { body } = await controller('POST', '/v1/controls', {
    body: { scope, mode: 'paused', reason: 'Thử.' },
  });
  const instance = await ask();
  expect(await near.callAgents()).toBe(0);
  await lift(body.id);
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

test('P9: what one case does to an expression keeps no other request from being told, listed or claimed', async () => {
  const failing = await ask('counting', 'abc');
  const other = await ask();
  expect(await near.callAgents()).toBe(1);
  expect(await lastOf(other)).toMatchObject({ outcome: 'delivered' });
  expect(await lastOf(failing)).toMatchObject({
    outcome: 'not-for-them',
    problem: expect.stringContaining('could not be evaluated'),
  });
  expect(told).toEqual([expect.stringMatching(/counting.*line \d+/)]);
  expect(told[0]).not.toContain('abc');
  const drafter = await drafting();
  const { body } = await drafter('GET', '/v1/proposal-requests');
  const listed = body.items.map(({ instance }: { instance: string }) => instance);
  expect([listed.includes(other), listed.includes(failing)]).toEqual([true, false]);
  expect((await drafter('POST', `/v1/proposal-requests/${failing}.1.drafting/claim`)).status).toBe(404);
  expect((await drafter('POST', '/v1/proposal-requests/claim')).body).toMatchObject({ instance: other });
});

test('P5: a secret is on the record by its fingerprint, the one before it signs for a day, and goes with its agent', async () => {
  const make = async () =>
    (await keeper('POST', '/v1/callback-secrets', { body: { agent: 'agent:drafter' } })).body.secret;
  const signatures = async () => {
    await ask();
    await near.callAgents();
    const [notice] = received.splice(0);
    const {
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': signed,
    } = notice?.headers ?? {};
    const at = new Date(Number(time) * 1000);
    const by = (secret: string) => new Webhook(secret).sign(String(id), at, notice?.body ?? '');
    return [first, second].map((secret) => String(signed).split(' ').includes(by(secret)));
  };
  const [first, second] = [await make(), await make()];
  expect(await signatures()).toEqual([true, true]);
  const acts = JSON.stringify((await (await http.client('auditor'))('GET', '/v1/acts?limit=100')).body);
  expect(acts).toContain('callback-secret-made');
  expect(acts).not.toContain(second.slice('whsec_'.length));
  const admin = connect(http.house.database.adminUrl);
  await admin`update ledger.callback_secrets set made_at = made_at - interval '25 hours'`;
  expect(await signatures()).toEqual([false, true]);
  await http.house.ledger.replaceDirectory(
    people.filter(({ id }) => id !== 'agent:drafter'),
    units,
    'test',
  );
  expect(await admin`select from ledger.callback_secrets where agent = 'agent:drafter'`).toHaveLength(0);
  await admin.end();
  await callAt(here('/asked'));
  await make();
  expect((await verifyRecord(http.house.ledger)).problems).toEqual([]);
});

test('what is not for an agent hides nothing from it, whatever is paused', async () => {
  const controller = await http.client('controller');
  const scope = { kind: 'decision', process: 'advice', decision: 'wording' };
  const paused = await controller('POST', '/v1/controls', {
    body: { scope, mode: 'paused', reason: 'Thử.' },
  });
  expect(paused.status).toBe(201);
  await Promise.all(Array.from({ length: 50 }, () => ask('mine', 'theirs')));
  http.house.clock.advance(1000);
  const mine = await ask('mine', 'mine');
  await near.callAgents();
  await near.callAgents();
  expect(received.map(({ body }) => JSON.parse(body).data.instance)).toEqual([mine]);
  await lift(paused.body.id);
});

test('what was not for an agent is looked at again when the directory changes, and after a while', async () => {
  const instance = await ask('unit-only');
  await near.callAgents();
  expect(await lastOf(instance)).toMatchObject({ outcome: 'not-for-them' });
  http.house.clock.advance(1000);
  await callAt(here('/asked'), { unit: 'unit:other' });
  await near.callAgents();
  expect(await lastOf(instance)).toMatchObject({ outcome: 'delivered' });
  // And where the case is another, within ten minutes.
  await callAt(here('/asked'));
  const second = await ask('mine', 'theirs');
  await near.callAgents();
  expect(await lastOf(second)).toMatchObject({ outcome: 'not-for-them' });
  http.house.clock.advance(1000);
  await near.callAgents();
  const event = { type: 'rename', data: { topic: 'mine' } };
  expect((await officer('POST', `/v1/instances/${second}/events`, { body: event })).status).toBe(200);
  await near.callAgents();
  expect(await lastOf(second)).toMatchObject({ outcome: 'not-for-them' });
  http.house.clock.advance(600_000);
  await near.callAgents();
  expect(await lastOf(second)).toMatchObject({ outcome: 'delivered' });
});

test('one that never answers keeps nobody waiting, is called twice at once, and rests after three failures', async () => {
  const silent = { ...adviser, callback: here('/silent') };
  await callAt(here('/asked'), {}, [silent]);
  await keeper('POST', '/v1/callback-secrets', { body: { agent: silent.id } });
  for (let count = 0; count < 4; count += 1) await ask('advice');
  const mine = await ask();
  expect(await near.begin()).toBe(3);
  await until(() => held.length === 2 && received.length === 1);
  const later = await ask();
  expect(await near.begin()).toBe(1);
  await until(() => received.length === 2);
  expect((await lastOf(mine)).attempts + (await lastOf(later)).attempts).toBe(2);
  // Each that fails makes way for the next, until it rests.
  for (const response of held.splice(0)) response.writeHead(500).end();
  await until(() => held.length === 2);
  for (const response of held.splice(0)) response.writeHead(500).end();
  expect(await near.callAgents()).toBe(0);
  http.house.clock.advance(5_000);
  expect(await near.callAgents()).toBe(0);
  http.house.clock.advance(60_000);
  expect(await near.begin()).toBe(2);
  await until(() => held.length === 2);
  for (const response of held.splice(0)) response.writeHead(500).end();
  expect(await near.callAgents()).toBe(0);
  await callAt(here('/asked'));
});

test('whoever shuts down waits for no agent, and what was not answered is told again', async () => {
  await callAt(here('/silent'));
  const instance = await ask();
  const { ledger, clock } = http.house;
  const leaving = openEngine({
    ledger: { ...ledger, close: async () => undefined },
    clock,
    callbackNetworks: ['127.0.0.0/8'],
  });
  expect((await leaving.callAgents()).begun).toBe(1);
  await until(() => held.length === 1);
  const [waiting] = held.splice(0);
  const hungUp = new Promise<void>((resolve) => waiting?.on('close', resolve));
  await leaving.close();
  // Too late: whoever left has hung up already.
  waiting?.writeHead(200).end();
  await hungUp;
  await callAt(here('/asked'));
  http.house.clock.advance(60_000);
  await near.callAgents();
  expect(await lastOf(instance)).toMatchObject({ outcome: 'delivered', attempts: 2 });
});

test('P9: an address inside the network is not called unless its network is named, by whatever name it goes', async () => {
  const { port } = receiver.address() as AddressInfo;
  for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]']) {
    await callAt(`http://${host}:${port}/inside`);
    const instance = await ask();
    const { begun, answered } = await http.house.engine.callAgents();
    await answered;
    expect(begun).toBeGreaterThan(0);
    http.house.clock.advance(60_000);
    expect([host, (await lastOf(instance)).problem]).toEqual([
      host,
      expect.stringContaining('private address'),
    ]);
    await retire();
  }
  expect(received).toEqual([]);
});
