/** Several agents propose for one step: over HTTP, the real engine and a real database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Principal, verifyRecord } from '../../../engine/index.ts';
import { addKey, scopesByKind } from '../../../engine/run/manage-keys.ts';
import { connect } from '../../engine/ledger/ledger-house.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { people, units } from '../../support/test-people.ts';
import { type Client, type HttpHouse, openHttpHouse } from '../support/house-client.ts';

const agent = (name: string, operator?: string): Principal => ({
  id: `agent:${name}`,
  kind: 'agent',
  name,
  person: `agent:${name}`,
  unit: null,
  roles: ['drafting-agent'],
  positions: [],
  active: true,
  ...(operator === undefined ? {} : { operator }),
});

let http: HttpHouse;
const clients = new Map<string, Client>();
const as = (name: string): Client => clients.get(name) ?? (() => Promise.reject(new Error(name)));

beforeAll(async () => {
  http = await openHttpHouse();
  const { ledger } = http.house;
  // The second and the twin are of one operator, who is a leader; the third is operated by one of the members.
  const more = [
    ...[agent('twin', 'person:leader'), agent('third', 'person:member-five'), agent('fourth')],
    agent('rival', 'unit:office'),
  ];
  await ledger.replaceDirectory([...people, ...more], units, 'test');
  await http.house.deploy(severalDefinition());
  await http.house.deploy(severalDefinition('both', '{ atLeast: 2, atMost: 3 }'));
  await http.house.deploy(
    severalDefinition('heard', '{ atLeast: 1, atMost: 2 }', '      independentView: true\n'),
  );
  await http.house.deploy(
    severalDefinition('again', '{ atLeast: 2, atMost: 8 }')
      .replace('onError: stuck', 'onError: published')
      // Once something was proposed, nothing but the approval of both gates leads on.
      .replaceAll(/ *returned: drafting\n/g, '')
      .replace('target: issued, assign', 'target: published, assign')
      .replace(
        / {2}issued: .*/,
        '  published: { on: { again: { allow: { role: officer }, target: drafting }, stop: { allow: { role: officer }, target: closed } } }',
      )
      .replace(/ {2}stuck:\n( {4}.*\n)+/, ''),
  );
  for (const name of ['drafter', 'second', 'twin', 'third', 'fourth', 'rival']) {
    const principal = `agent:${name}`;
    const key = { principal, scopes: scopesByKind.agent, expiresAt: null, demonstration: false };
    clients.set(name, http.clientWithSecret((await addKey(http.house, key)).secret));
  }
  for (const name of ['officer', 'leader', 'head', 'auditor', 'controller', 'second-controller'])
    clients.set(name, await http.client(name));
  for (const name of ['one', 'two', 'three', 'four', 'five'])
    clients.set(name, await http.client(`member-${name}`));
});
afterAll(() => http?.close());

const requests = '/v1/proposal-requests';

interface Handing {
  readonly claim?: string;
  readonly opened?: number;
  readonly text?: string;
  readonly operator?: string;
}

async function ask(process = 'several') {
  const { body } = await as('officer')('POST', '/v1/instances', {
    body: { process, data: { topic: 'Hội nghị' } },
  });
  const instance = body.instance as string;
  const address = `/v1/instances/${instance}`;
  const request = (opened = 1) => `${requests}/${instance}.${opened}.drafting`;
  const propose = (name: string, more: Handing = {}) => {
    const { claim, opened = 1, text = `Lời của ${name}`, operator } = more;
    const proposal = {
      payload: { text },
      model: `writer-${name}`,
      modelVersion: '1',
      promptHash: '0'.repeat(64),
      rationale: `${text}, vì vậy.`,
      ...(operator === undefined ? {} : { operator }),
    };
    return as(name)('POST', `${address}/proposals`, {
      body: { state: 'drafting', opened, ...(claim === undefined ? {} : { claim }), proposal },
    });
  };
  const read = async (name = 'auditor') => (await as(name)('GET', address)).body;
  const gate = (name: string, state = 'considering') => as(name)('GET', `${address}/gates/${state}`);
  const decide = async (name: string, more: object, state = 'considering') => {
    const { etag } = await gate(name, state);
    return as(name)('POST', `${address}/gates/${state}/decisions`, {
      body: { verdict: 'approve', ...more },
      headers: { 'if-match': etag },
    });
  };
  /** The digest of what an agent proposed. */
  const digestOf = async (name: string) => {
    const { alternatives } = (await gate('one')).body;
    return alternatives.find(({ proposer }: { proposer: string }) => proposer === `agent:${name}`).digest;
  };
  return { instance, address, request, propose, read, gate, decide, digestOf };
}

type Case = Awaited<ReturnType<typeof ask>>;

async function proposedBy(names: readonly string[], process = 'several'): Promise<Case> {
  const one = await ask(process);
  for (const name of names) expect((await one.propose(name)).status).toBe(200);
  return one;
}

test('as many agents as are asked hold a request side by side, and no more', async () => {
  const { instance, request, propose } = await ask('heard');
  const claim = async (name: string) => as(name)('POST', `${request()}/claim`);
  const mine = async (name: string) =>
    (await as(name)('GET', requests)).body.items.find(
      (one: { instance: string }) => one.instance === instance,
    );
  const first = await claim('drafter');
  expect(await mine('second')).toMatchObject({ leaseUntil: null, leasedToYou: false });
  expect((await claim('drafter')).status).toBe(409);
  const second = await claim('second');
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(await claim('fourth')).toMatchObject({ status: 409, body: { code: 'already-claimed' } });
  expect(await mine('drafter')).toMatchObject({ leasedToYou: true, leaseUntil: first.body.leaseUntil });
  expect(await mine('fourth')).toMatchObject({ leasedToYou: false, leaseUntil: expect.any(String) });
  expect(await propose('fourth')).toMatchObject({ status: 409, body: { code: 'already-claimed' } });
  expect(await propose('drafter', { claim: second.body.claim })).toMatchObject({ status: 409 });
  const renewed = await as('drafter')('POST', `${request()}/renew`, {
    body: { claim: first.body.claim, leaseSeconds: 900 },
  });
  expect(renewed.status).toBe(200);
  expect((await propose('drafter', { claim: first.body.claim })).status).toBe(200);
  expect(await mine('drafter')).toBeUndefined();
  expect((await claim('fourth')).status).toBe(409);
  await as('second')('POST', `${request()}/release`, { body: { claim: second.body.claim } });
  const next = await as('fourth')('POST', `${requests}/claim`);
  expect(next.body).toMatchObject({ instance });
  expect((await propose('fourth', { claim: next.body.claim })).body.states).toEqual(['considering']);
});

test('P2: people choose exactly one of several proposals, and that one alone takes effect', async () => {
  const { address, propose, read, gate, decide, digestOf } = await ask();
  expect((await propose('drafter')).body).toMatchObject({ states: ['drafting'], seq: 2 });
  expect((await propose('second')).body).toMatchObject({ states: ['drafting'] });
  expect(await read()).toMatchObject({ proposals: {}, alternatives: {} });
  expect((await propose('fourth')).body.states).toEqual(['considering']);
  const seen = (await gate('one')).body;
  expect(seen).toMatchObject({ allowed: true, proposal: null });
  expect(seen.alternatives.map(({ payload }: { payload: { text: string } }) => payload.text).sort()).toEqual([
    'Lời của drafter',
    'Lời của fourth',
    'Lời của second',
  ]);
  expect(seen.alternatives[0]).toMatchObject({ origin: 'ai', status: 'live', acts: [], approvals: 0 });
  const [drafter, second] = [await digestOf('drafter'), await digestOf('second')];
  expect(await decide('one', {})).toMatchObject({ status: 422, body: { code: 'bad-input' } });
  expect(await decide('one', { verdict: 'reject', reason: 'Không.', choice: second })).toMatchObject({
    status: 422,
  });
  expect(await decide('one', { choice: 'f'.repeat(64) })).toMatchObject({
    status: 412,
    body: { code: 'stale' },
  });
  expect((await decide('one', { choice: 'x' })).status).toBe(400);
  expect((await decide('one', { choice: drafter })).body.outcome).toBeNull();
  // Split votes do not add up.
  expect((await decide('two', { choice: second })).body.outcome).toBeNull();
  const split = (await gate('three')).body;
  expect(split.quorum).toMatchObject({ approved: 1, needed: 2, reachable: true });
  expect(split.decisions.map(({ choice }: { choice: string }) => choice)).toEqual([drafter, second]);
  expect((await decide('three', { choice: second })).body).toMatchObject({
    outcome: 'approved',
    states: ['approving'],
  });
  const after = await read();
  expect(after.alternatives).toEqual({});
  expect(after.proposals.wording).toMatchObject({ digest: second, acts: ['consider'], status: 'live' });
  const others = after.proposals.wording.passedOver.map(({ proposer }: { proposer: string }) => proposer);
  expect(others.sort()).toEqual(['agent:drafter', 'agent:fourth']);
  // The leader operates the agent that was chosen.
  expect(await decide('leader', {}, 'approving')).toMatchObject({
    status: 403,
    body: { code: 'own-proposal' },
  });
  expect((await decide('head', { choice: drafter }, 'approving')).status).toBe(412);
  expect((await decide('head', { choice: second }, 'approving')).body.output).toEqual({
    wording: 'Lời của second',
  });
  const decisions = (await as('auditor')('GET', `${address}/decisions`)).body.items;
  expect(decisions.map(({ choice, chosen }: Record<string, string>) => [choice, chosen])).toEqual([
    [drafter, null],
    [second, null],
    [second, second],
    [second, null],
  ]);
});

test('P3: who proposed, or operates what was passed over, decides neither on it nor on what was chosen', async () => {
  const { decide, digestOf } = await proposedBy(['third', 'second', 'fourth']);
  const fourth = await digestOf('fourth');
  expect(await decide('five', { choice: fourth })).toMatchObject({
    status: 403,
    body: { code: 'own-proposal' },
  });
  await decide('one', { choice: fourth });
  expect((await decide('two', { choice: fourth })).body.outcome).toBe('approved');
  expect(await decide('leader', {}, 'approving')).toMatchObject({
    status: 403,
    body: { code: 'own-proposal' },
  });
  expect((await decide('head', {}, 'approving')).body.output).toEqual({ wording: 'Lời của fourth' });
});

test('each agent and each operator is heard once for a request', async () => {
  const { propose, request } = await ask();
  await propose('second');
  const again = await propose('second', { text: 'Một lần nữa' });
  expect(again).toMatchObject({ status: 409, body: { code: 'already-proposed', next: expect.any(String) } });
  expect(await propose('twin')).toMatchObject({ status: 409, body: { code: 'already-proposed' } });
  expect((await as('second')('POST', `${request()}/claim`)).status).toBe(404);
});

test('an agent whose operator was heard is given other requests, and keeps nobody out of this one', async () => {
  const { instance, request, propose } = await ask('heard');
  const free = await ask('heard');
  const claim = async (name: string) => as(name)('POST', `${request()}/claim`);
  const taken = await claim('twin');
  // One place for each operator: else two agents of one could be all that answer.
  for (const name of ['second', 'rival'])
    expect(await claim(name)).toMatchObject({ status: 409, body: { code: 'already-claimed' } });
  await as('twin')('POST', `${request()}/release`, { body: { claim: taken.body.claim } });
  expect((await propose('second')).status).toBe(200);
  for (const name of ['twin', 'rival']) {
    expect((await claim(name)).status).toBe(404);
    const { body } = await as(name)('GET', requests);
    const listed = body.items.map((one: { instance: string }) => one.instance);
    expect([listed.includes(instance), listed.includes(free.instance)]).toEqual([false, true]);
  }
  const held = (await as('twin')('POST', `${requests}/claim`)).body;
  expect(held.instance).not.toBe(instance);
  expect(await propose('rival')).toMatchObject({ status: 409, body: { code: 'already-proposed' } });
});

test('a place ends with what its operator is heard on, or with the request', async () => {
  const { request, propose } = await ask('heard');
  const admin = connect(http.house.database.adminUrl);
  const places = async () => (await admin`select from ledger.proposal_places`).length;
  const before = await places();
  const { claim } = (await as('twin')('POST', `${request()}/claim`)).body;
  // As if its lease had run out and another of its operator had answered meanwhile.
  await admin`update ledger.proposal_places set lease_until = now() - interval '1 second' where agent = 'agent:twin'`;
  expect((await propose('second')).status).toBe(200);
  await admin`update ledger.proposal_places set lease_until = now() + interval '1 hour' where agent = 'agent:twin'`;
  const renewed = await as('twin')('POST', `${request()}/renew`, { body: { claim, leaseSeconds: 900 } });
  expect(renewed).toMatchObject({ status: 412, body: { code: 'stale' } });
  expect(await propose('twin', { claim })).toMatchObject({ status: 409, body: { code: 'already-proposed' } });
  expect(await places()).toBe(before);
  expect((await as('fourth')('POST', `${request()}/claim`)).status).toBe(200);
  // Overridden, and timed out.
  const [taken, late] = [await ask('heard'), await ask('heard')];
  for (const one of [taken, late]) await as('drafter')('POST', `${one.request()}/claim`);
  const override = { state: 'drafting', reason: 'Làm bằng tay.' };
  expect((await as('head')('POST', `${taken.address}/override`, { body: override })).status).toBe(200);
  http.house.clock.advance(10 * 60_000);
  await http.house.engine.fireDueTimers();
  expect(await places()).toBe(0);
  await admin.end();
});

test('P3: an agent silences no other, and keeps nobody from a gate, by whom it says it is operated', async () => {
  const { propose } = await ask();
  for (const operator of ['person:leader', 'unit:office'])
    expect(await propose('fourth', { operator })).toMatchObject({
      status: 422,
      body: { code: 'bad-input', detail: expect.stringContaining('does not say who operates') },
    });
  expect((await propose('fourth')).status).toBe(200);
  expect((await propose('second', { operator: 'person:leader' })).status).toBe(200);
});

test('P4: the end of their time leads to the people with enough proposals, and past them with fewer', async () => {
  const [none, one, two] = [await ask('both'), await ask('both'), await ask('both')];
  const alone = await ask();
  for (const [{ propose }, names] of [
    [one, ['drafter']],
    [two, ['drafter', 'second']],
    [alone, ['drafter']],
  ] as const) {
    for (const name of names) expect((await propose(name)).status).toBe(200);
  }
  http.house.clock.advance(10 * 60_000);
  await http.house.engine.fireDueTimers();
  const states = async ({ read }: Case) => (await read()).states.map(({ state }: { state: string }) => state);
  expect([await states(none), await states(one)]).toEqual([['stuck'], ['stuck']]);
  expect(await one.read()).toMatchObject({ proposals: {}, alternatives: {} });
  expect(await states(two)).toEqual(['considering']);
  expect((await two.gate('one')).body.alternatives).toHaveLength(2);
  // One alone is a proposal like any other: there is nothing to choose.
  expect((await alone.gate('one')).body).toMatchObject({ alternatives: null, proposal: { status: 'live' } });
  expect((await alone.decide('one', {})).status).toBe(200);
  expect((await alone.decide('two', {})).body.outcome).toBe('approved');
  // What came for a request that failed counts for nothing in the next.
  await as('officer')('POST', `${one.address}/events`, { body: { type: 'retry', data: {} } });
  const opened = (await one.read()).seq;
  expect((await one.propose('drafter', { opened })).body.states).toEqual(['drafting']);
  expect((await one.propose('second', { opened })).body.states).toEqual(['drafting']);
  expect((await one.propose('third', { opened })).body.states).toEqual(['considering']);
});

test('where the votes are so split that none can have enough, the proposals are sent back and asked for anew', async () => {
  const { propose, read, decide, digestOf } = await proposedBy(['drafter', 'third', 'fourth']);
  const digests = [await digestOf('drafter'), await digestOf('third'), await digestOf('fourth')];
  for (const [at, name] of ['one', 'two', 'three'].entries())
    expect((await decide(name, { choice: digests[at] })).body.outcome).toBeNull();
  // The fifth is excluded; so this was the last who could have made it two.
  expect((await decide('four', { verdict: 'abstain', reason: 'Không rõ.' })).body).toMatchObject({
    outcome: 'returned',
    states: ['drafting'],
  });
  const { seq } = await read();
  for (const name of ['drafter', 'second', 'fourth'])
    expect((await propose(name, { opened: seq, text: 'Lần hai' })).status).toBe(200);
  expect((await decide('one', { choice: digests[0] })).status).toBe(412);
  const again = await digestOf('second');
  await decide('one', { choice: again });
  expect((await decide('two', { choice: again })).body.outcome).toBe('approved');
  expect((await read()).proposals.wording.payload).toEqual({ text: 'Lần hai' });
});

test('P3: none of several proposals is shown to a reviewer who has not given a view of their own', async () => {
  const { instance, address, gate, decide, propose, read } = await ask('heard');
  await propose('drafter');
  const told = async (name: string, path: string) => {
    const { body } = await as(name)('GET', path);
    const items = body.items?.filter((one: { instance?: string }) => one.instance === instance);
    return JSON.stringify(path === '/v1/gates' ? items : body).includes('Lời của');
  };
  expect(await told('one', `${address}/record`)).toBe(false);
  await propose('second');
  for (const path of [address, `${address}/record`, `${address}/gates/considering`, '/v1/gates'])
    expect([path, await told('one', path)]).toEqual([path, false]);
  expect((await gate('one')).body).toMatchObject({ alternatives: null, withheld: expect.any(String) });
  expect((await decide('one', { choice: '0'.repeat(64) })).body.code).toBe('view-required');
  const { etag } = await gate('one');
  await as('one')('POST', `${address}/gates/considering/view`, {
    body: { text: 'Ý kiến của tôi' },
    headers: { 'if-match': etag },
  });
  const { views, alternatives } = (await gate('one')).body;
  expect([views.length, alternatives.length]).toEqual([1, 2]);
  expect((await read('one')).alternatives.wording).toHaveLength(2);
});

test('an override takes the step out of the hands of all agents, and what came is dropped', async () => {
  const { address, propose, read } = await proposedBy(['drafter', 'second']);
  const taken = await as('head')('POST', `${address}/override`, {
    body: { state: 'drafting', reason: 'Làm bằng tay.' },
  });
  expect(taken.body).toMatchObject({ states: ['stuck'] });
  expect((await propose('fourth')).status).toBe(412);
  expect(await read()).toMatchObject({ proposals: {}, alternatives: {} });
});

test('P1: of more agents than are asked that answer at once so many count, and the others are told', async () => {
  const { instance, propose } = await ask('heard');
  const names = ['drafter', 'second', 'third', 'fourth'];
  const answers = await Promise.all(names.map((name) => propose(name)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 412, 412]);
  const { body } = await as('auditor')('GET', `/v1/instances/${instance}/record`);
  expect(body.items.map(({ entry }: { entry: { kind: string } }) => entry.kind)).toEqual([
    'start',
    'proposal',
    'proposal',
  ]);
});

test('P2: what came for a later request that failed takes no approval back, and gives none', async () => {
  const { address, propose, decide, digestOf, read } = await ask('again');
  const states = async () => (await read()).states.map(({ state }: { state: string }) => state);
  const send = (type: string) => as('officer')('POST', `${address}/events`, { body: { type, data: {} } });
  for (const name of ['drafter', 'second']) await propose(name);
  http.house.clock.advance(10 * 60_000);
  await http.house.engine.fireDueTimers();
  const choice = await digestOf('drafter');
  for (const name of ['one', 'two']) await decide(name, { choice });
  expect((await decide('leader', {}, 'approving')).status).toBe(403);
  expect((await decide('head', {}, 'approving')).body.states).toEqual(['published']);
  expect((await send('again')).body.states).toEqual(['drafting']);
  const opened = (await read()).seq;
  expect((await propose('fourth', { opened })).body.states).toEqual(['drafting']);
  // Too few came: what was approved is as approved as before, and the case goes back behind its gates.
  http.house.clock.advance(10 * 60_000);
  await http.house.engine.fireDueTimers();
  expect(await states()).toEqual(['published']);
  expect((await read()).proposals.wording).toMatchObject({ digest: choice, status: 'approved' });
  expect((await send('again')).body.states).toEqual(['drafting']);
  const last = (await read()).seq;
  for (const name of ['drafter', 'fourth']) await propose(name, { opened: last });
  http.house.clock.advance(10 * 60_000);
  await http.house.engine.fireDueTimers();
  expect(await read()).toMatchObject({ proposals: {}, states: [{ state: 'considering' }] });
});

test('P3: one agent is stopped and the others go on, until what it handed in lies before the people', async () => {
  const { propose, decide, digestOf } = await ask();
  await propose('fourth');
  const control = (mode: string) =>
    as('controller')('POST', '/v1/controls', {
      body: { scope: { kind: 'agent', agent: 'agent:drafter' }, mode, reason: 'Thử.' },
    });
  const lift = async (id: string) => {
    await as('controller')('POST', `/v1/controls/${id}/lift`, { body: { reason: 'Xong.' } });
    return as('second-controller')('POST', `/v1/controls/${id}/lift/confirm`, { body: {} });
  };
  const paused = await control('paused');
  expect(await propose('drafter')).toMatchObject({ status: 423, body: { code: 'paused' } });
  expect((await propose('second')).status).toBe(200);
  expect((await lift(paused.body.id)).status).toBe(200);
  await propose('drafter');
  const choice = await digestOf('fourth');
  const stopped = await control('stopped');
  expect(await decide('one', { choice })).toMatchObject({ status: 423, body: { code: 'stopped' } });
  expect((await lift(stopped.body.id)).status).toBe(200);
  await decide('one', { choice });
  expect((await decide('two', { choice })).body.outcome).toBe('approved');
  // What was passed over is nothing that could be stopped any more.
  const again = await control('stopped');
  expect((await decide('head', {}, 'approving')).body.outcome).toBe('approved');
  await lift(again.body.id);
});

test('P5, P7: the record of all of it verifies', async () => {
  const report = await verifyRecord(http.house.ledger);
  expect(report.problems).toEqual([]);
});
