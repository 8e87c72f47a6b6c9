/** Step-up at the decision over real HTTP, on a real database: what must be shown, how it is enrolled, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { codeFrom, wrongCode } from '../../support/authenticator-app.ts';
import { head } from '../../support/definitions.ts';
import { type Client, type HttpAnswer, type HttpHouse, openHttpHouse } from '../support/house-client.ts';

const gated = (assurance: string) => `${head(`by-${assurance}`)}
context:
  type: object
  required: [question]
  additionalProperties: false
  properties: { question: { type: string, maxLength: 200 } }
initial: deciding
states:
  deciding:
    gate: { meaning: approve, reviewers: { role: leader }, assurance: ${assurance} }
    on: { approved: carried, rejected: lost }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;

let http: HttpHouse;
let officer: Client;
let leader: Client;
let head2: Client;

beforeAll(async () => {
  http = await openHttpHouse();
  for (const assurance of ['session', 'otp']) await http.house.deploy(gated(assurance));
  officer = await http.client('officer');
  leader = await http.client('leader');
  head2 = await http.client('head');
}, 60_000);
afterAll(() => http.close());

async function openCase(process: string): Promise<{ readonly at: string; readonly tag: string }> {
  const started = await officer('POST', '/v1/instances', {
    body: { process, data: { question: 'Shall we?' } },
  });
  const at = `/v1/instances/${started.body.instance}/gates/deciding`;
  return { at, tag: (await leader('GET', at)).etag };
}

function decide(
  client: Client,
  { at, tag }: { readonly at: string; readonly tag: string },
  body: object,
  headers: Record<string, string> = {},
): Promise<HttpAnswer> {
  return client('POST', `${at}/decisions`, { headers: { 'if-match': tag, ...headers }, body });
}

async function enrol(client: Client): Promise<{ readonly id: string; readonly uri: string }> {
  const begun = await client('POST', '/v1/me/factors/otp', { body: {} });
  expect(begun.status).toBe(201);
  const { id, uri } = begun.body;
  const code = codeFrom(uri, -1);
  const confirmed = await client('POST', `/v1/me/factors/otp/${id}/confirmation`, { body: { code } });
  expect(confirmed.body).toMatchObject({ id, kind: 'otp', removedAt: null });
  return { id, uri };
}

describe('a gate that demands a one-time code', () => {
  let uri: string;
  let factor: string;

  test('says so, and answers a decision without one with a challenge (RFC 9470)', async () => {
    const open = await openCase('by-otp');
    expect((await leader('GET', open.at)).body).toMatchObject({ assurance: 'otp', allowed: true });
    const refused = await decide(leader, open, { verdict: 'approve' });
    expect(refused).toMatchObject({
      status: 401,
      body: { code: 'assurance-required', factors: ['otp', 'passkey', 'certificate'] },
    });
    expect(refused.challenge).toBe(
      'Bearer realm="countersign", error="insufficient_user_authentication", acr_values="otp passkey certificate"',
    );
    const none = await decide(leader, open, { verdict: 'approve', factor: { kind: 'otp', code: '123456' } });
    expect(none).toMatchObject({ status: 403, body: { code: 'factor-refused' } });
  });

  test('P3: a code decides, is on the record, and counts once', async () => {
    ({ uri, id: factor } = await enrol(leader));
    const open = await openCase('by-otp');
    const code = codeFrom(uri);
    const body = { verdict: 'approve', factor: { kind: 'otp', code } };
    const decided = await decide(leader, open, body, { 'idempotency-key': 'once' });
    expect(decided).toMatchObject({ status: 200, body: { outcome: 'approved' } });
    // The same request again has the same answer, and a code that was used has no other effect.
    const again = await decide(leader, open, body, { 'idempotency-key': 'once' });
    expect(again.body).toEqual(decided.body);
    const record = await officer('GET', `${open.at.split('/gates')[0]}/record`);
    expect(record.body.items[1].entry.authentication).toEqual([
      expect.stringMatching(/^key:/),
      `otp:${factor}`,
    ]);
    const other = await openCase('by-otp');
    expect(await decide(leader, other, body)).toMatchObject({
      status: 403,
      body: { code: 'factor-refused' },
    });
    expect(
      (await decide(leader, other, { verdict: 'approve', factor: { kind: 'otp', code: codeFrom(uri, 1) } }))
        .status,
    ).toBe(200);
  });

  test("a code that cannot decide is not spent, and somebody else's does not count", async () => {
    const { uri: own } = await enrol(head2);
    const closed = await openCase('by-otp');
    const code = codeFrom(own);
    const stale = { at: closed.at, tag: `"1.${'0'.repeat(64)}"` };
    const factor = { kind: 'otp', code };
    expect((await decide(head2, stale, { verdict: 'approve', factor })).body.code).toBe('stale');
    expect((await decide(leader, closed, { verdict: 'approve', factor })).body.code).toBe('factor-refused');
    expect((await decide(head2, closed, { verdict: 'approve', factor })).status).toBe(200);
  });

  test('a factor is removed with a factor only, and enrolled anew with none', async () => {
    const second = await leader('POST', '/v1/me/factors/otp', { body: {} });
    expect(second).toMatchObject({ status: 409, body: { code: 'not-possible-here' } });
    const bare = await leader('POST', `/v1/me/factors/${factor}/removal`, { body: {} });
    expect(bare).toMatchObject({ status: 401, body: { code: 'assurance-required', factors: ['otp'] } });
    const designer = await http.client('designer');
    const listed = await designer('GET', '/v1/factors?principal=person:leader');
    expect(listed.body.items).toMatchObject([{ id: factor, removedAt: null }]);
    expect((await officer('GET', '/v1/factors?principal=person:leader')).status).toBe(403);
    expect((await officer('DELETE', `/v1/factors/${factor}`)).status).toBe(403);
    expect((await designer('DELETE', `/v1/factors/${factor}`)).body.removedAt).not.toBeNull();
    const refused = await decide(leader, await openCase('by-otp'), {
      verdict: 'approve',
      factor: { kind: 'otp', code: codeFrom(uri, 1) },
    });
    expect(refused.body.code).toBe('factor-refused');
    await enrol(leader);
  });

  test('five wrong codes, and right ones are refused too', async () => {
    const { uri: own } = await enrol(await http.client('member-one'));
    const member = await http.client('member-one');
    const { items } = (await member('GET', '/v1/me/factors')).body;
    const guess = () =>
      member('POST', `/v1/me/factors/${items[0].id}/removal`, {
        body: { factor: { kind: 'otp', code: wrongCode(own) } },
      });
    for (let tried = 0; tried < 5; tried += 1) expect((await guess()).body.code).toBe('factor-refused');
    const right = { factor: { kind: 'otp', code: codeFrom(own) } };
    const limited = await member('POST', `/v1/me/factors/${items[0].id}/removal`, { body: right });
    expect(limited).toMatchObject({ status: 429, body: { code: 'too-many-attempts' } });
  });
});

test('at a gate that demands nothing a factor may be shown all the same, and is on the record', async () => {
  const open = await openCase('by-session');
  expect((await decide(leader, open, { verdict: 'approve' })).status).toBe(200);
});

test('P5: the record verifies with what was shown', async () => {
  const report = await verifyRecord(http.house.ledger);
  expect(report.problems).toEqual([]);
});
