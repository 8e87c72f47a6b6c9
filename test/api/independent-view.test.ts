/** A reviewer's own view before the AI's, and the label on everything an AI made: over HTTP, wherever one looks. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { verifyRecord } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { head } from '../support/definitions.ts';
import { people, units } from '../support/test-people.ts';
import { type Client, type HttpHouse, openHttpHouse } from './support/house-client.ts';

/** A leader considers, having said first what they think; another approves. */
const definition = `${head('heard')}
decisions: { wording: { importance: ordinary, acts: [consider] } }
context:
  type: object
  required: [topic]
  additionalProperties: false
  properties:
    topic: { type: string, maxLength: 200 }
    wording: { type: string, maxLength: 2000, decision: wording }
initial: drafting
states:
  drafting:
    propose:
      decision: wording
      agent: { role: drafting-agent }
      input: { topic: context.topic }
      output:
        type: object
        required: [text]
        additionalProperties: false
        properties: { text: { type: string, maxLength: 2000 } }
      timeout: PT10M
    onDone: considering
    onError: closed
  considering:
    gate:
      binds: wording
      meaning: consider
      reviewers: { role: leader }
      exclude: [initiator]
      independentView: true
    on:
      approved: approving
      rejected: closed
  approving:
    gate: { binds: wording, meaning: approve, reviewers: { role: member }, exclude: [initiator] }
    on:
      approved: { target: issued, assign: { wording: proposal.wording.text } }
      rejected: closed
  issued: { type: final, output: { wording: "has(context.wording) ? context.wording : ''" } }
  closed: { type: final, output: { result: "'rejected'" } }
`;

const marker = 'Lời của máy';
const opinion = 'Ý kiến của tôi';

let http: HttpHouse;
let officer: Client;
let leader: Client;
let head2: Client;
let member: Client;
let auditor: Client;
let drafter: Client;

beforeAll(async () => {
  http = await openHttpHouse();
  const operated = people.map((one) =>
    one.id === 'agent:drafter' ? { ...one, operator: 'unit:other' } : one,
  );
  await http.house.ledger.replaceDirectory(operated, units, 'test');
  await http.house.deploy(definition);
  [officer, leader, head2, member, auditor, drafter] = (await Promise.all(
    ['officer', 'leader', 'head', 'member-one', 'auditor', 'agent:drafter'].map((who) => http.client(who)),
  )) as [Client, Client, Client, Client, Client, Client];
});
afterAll(() => http?.close());

async function proposed() {
  const { body } = await officer('POST', '/v1/instances', {
    body: { process: 'heard', data: { topic: 'Hội nghị' } },
  });
  const address = `/v1/instances/${body.instance}`;
  const proposal = {
    payload: { text: marker },
    model: 'writer',
    modelVersion: '7',
    promptHash: '0'.repeat(64),
    rationale: `${marker}, vì vậy.`,
  };
  const handedIn = await drafter('POST', `${address}/proposals`, {
    body: { state: 'drafting', opened: 1, proposal },
  });
  expect(handedIn.status).toBe(200);
  return { address, gate: `${address}/gates/considering` };
}

const told = (answer: { body: Json }, what = marker) => JSON.stringify(answer.body).includes(what);

test('P3: a reviewer gives a view of their own before the proposal is shown, and only then decides', async () => {
  const { address, gate } = await proposed();
  const before = await leader('GET', gate);
  expect(before.body).toMatchObject({
    allowed: false,
    proposal: null,
    views: [],
    withheld: expect.any(String),
  });
  const decide = (verdict: string, etag = before.etag) =>
    leader('POST', `${gate}/decisions`, {
      body: { verdict, reason: 'Vì thế.' },
      headers: { 'if-match': etag },
    });
  expect(await decide('approve')).toMatchObject({
    status: 409,
    body: { code: 'view-required', next: expect.stringContaining('own view') },
  });
  // Nowhere else either: neither in the instance, nor in its record, nor in the list of gates.
  for (const path of [gate, address, `${address}/record`, '/v1/gates', `${address}/why`])
    expect([path, told(await leader('GET', path))]).toEqual([path, false]);
  expect((await leader('GET', address)).body.withheld).toEqual(['wording']);
  expect(told(await auditor('GET', address))).toBe(true);

  const text = { body: { text: opinion } };
  expect((await leader('POST', `${gate}/view`, text)).status).toBe(428);
  const ifMatch = { 'if-match': before.etag };
  const blank = await leader('POST', `${gate}/view`, { body: { text: ' ' }, headers: ifMatch });
  expect(blank).toMatchObject({ status: 422, body: { code: 'bad-input' } });
  const given = await leader('POST', `${gate}/view`, { ...text, headers: ifMatch });
  expect(given).toMatchObject({ status: 200, body: { outcome: null, states: ['considering'] } });
  expect(await leader('POST', `${gate}/view`, { ...text, headers: ifMatch })).toMatchObject({ status: 409 });
  expect((await member('POST', `${gate}/view`, { ...text, headers: ifMatch })).status).toBe(403);

  const after = await leader('GET', gate);
  expect(after.body).toMatchObject({
    allowed: true,
    withheld: null,
    proposal: { payload: { text: marker } },
  });
  expect(after.body.views).toMatchObject([{ person: 'person:leader', text: opinion }]);
  // The other reviewer is shown neither the proposal nor what this one thinks of it.
  for (const path of [gate, address, `${address}/record`])
    expect([told(await head2('GET', path)), told(await head2('GET', path), opinion)]).toEqual([false, false]);
  expect((await decide('approve', after.etag)).body.outcome).toBe('approved');
  expect(told(await head2('GET', address))).toBe(true);
  const record = await auditor('GET', `${address}/record`);
  expect(record.body.items.map(({ entry }: { entry: { kind: string } }) => entry.kind)).toEqual([
    'start',
    'proposal',
    'view',
    'decision',
  ]);
  expect(record.body.items[2].data.body.text).toBe(opinion);
});

test('whatever an AI made says so, in every answer of a case from the proposal to its end', async () => {
  const { address, gate } = await proposed();
  const paths = allRoutes
    .filter(({ method, path }) => method === 'GET' && !/\{(?!instance|state|opened)/.test(path))
    .flatMap(({ path }) =>
      ['considering', 'approving'].map((state) =>
        path
          .replace('{instance}', address.slice('/v1/instances/'.length))
          .replace('{state}', state)
          .replace('{opened}', '2'),
      ),
    );
  expect(paths).toContain(`${gate}/openings/2`);
  const ofTheCase = paths.filter((path) => path.startsWith(address) || path === '/v1/gates');
  const look = async (clients: readonly Client[] = [leader, member, auditor], where = ofTheCase) => {
    const asked = clients.flatMap((client) => [...new Set(where)].map((path) => ({ client, path })));
    await Promise.all(
      asked.map(async ({ client, path }) => expectLabelled((await client('GET', path)).body, path)),
    );
  };
  await look();
  const read = await leader('GET', gate);
  const ifMatch = { 'if-match': read.etag };
  await leader('POST', `${gate}/view`, { body: { text: opinion }, headers: ifMatch });
  await look();
  await leader('POST', `${gate}/decisions`, { body: { verdict: 'approve' }, headers: ifMatch });
  await look();
  const last = `${address}/gates/approving`;
  const { etag } = await member('GET', last);
  const decided = await member('POST', `${last}/decisions`, {
    body: { verdict: 'approve' },
    headers: { 'if-match': etag },
  });
  expect(decided.body.outcome).toBe('approved');
  await look([officer, leader, auditor], paths);
  const { body } = await auditor('GET', address);
  const label = {
    origin: 'ai',
    model: 'writer',
    modelVersion: '7',
    proposer: 'agent:drafter',
    operator: 'unit:other',
  };
  expect(body.fromAi).toMatchObject([
    { field: 'wording', decision: 'wording', ...label },
    { field: 'output', ...label },
  ]);
  expect(body.proposals.wording).toMatchObject(label);
  const record = await auditor('GET', `${address}/record`);
  expect(record.body.items[1].ai).toEqual(label);
  expect(record.body.items[0].ai).toBeNull();
});

test('P5, P7: the record with views in it verifies', async () => {
  const report = await verifyRecord(http.house.ledger);
  expect(report.problems).toEqual([]);
  expect(report.instances).toBe(2);
});

/** Every place that says the machine's words lies in something labelled, or is a field that is labelled beside it. */
function expectLabelled(value: Json, path: string, labelled = false): void {
  if (typeof value === 'string') {
    if (value.includes(marker)) expect([path, labelled]).toEqual([path, true]);
    return;
  }
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) expectLabelled(item as Json, path, labelled);
    return;
  }
  const object = value as JsonObject;
  const here = labelled || object.origin === 'ai' || (typeof object.ai === 'object' && object.ai !== null);
  const fromAi = Array.isArray(object.fromAi) ? object.fromAi : [];
  const fields = new Set(fromAi.map((one) => (one as { field: string }).field));
  for (const [name, member] of Object.entries(object)) {
    if (name === 'context' && typeof member === 'object' && member !== null) {
      for (const [field, held] of Object.entries(member))
        expectLabelled(held as Json, `${path} ${field}`, here || fields.has(field));
    } else expectLabelled(member, `${path} ${name}`, here || (name === 'output' && fields.has('output')));
  }
}
