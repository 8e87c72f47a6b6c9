/** Step-up at the decision over real HTTP, on a real database: what must be shown, how it is enrolled, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { connect } from '../../engine/ledger/ledger-house.ts';
import { codeFrom, wrongCode } from '../../support/authenticator-app.ts';
import { CertificateAuthority, type Signer } from '../../support/certificate-authority.ts';
import { head } from '../../support/definitions.ts';
import { SoftwareAuthenticator } from '../../support/software-authenticator.ts';
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
    gate: { meaning: approve, reviewers: [{ role: leader }, { principal: 'person:member-two' }], assurance: ${assurance} }
    on: { approved: carried, rejected: lost }
  carried: { type: final }
  lost: { type: final, output: { result: "'lost'" } }
`;

const origin = 'https://countersign.example';
const trusted = { roots: '', revoked: '' };

let authority: CertificateAuthority;
let http: HttpHouse;
let officer: Client;
let leader: Client;
let head2: Client;
/** Leads too, with a certificate. */
let head3: Client;
/** What the leader's app got last. */
let leaderUri = '';

beforeAll(async () => {
  authority = await CertificateAuthority.open();
  trusted.roots = authority.roots;
  trusted.revoked = await authority.revoke();
  http = await openHttpHouse({ origin, certificates: async () => trusted });
  for (const assurance of ['session', 'otp', 'passkey', 'certificate'])
    await http.house.deploy(gated(assurance));
  officer = await http.client('officer');
  leader = await http.client('leader');
  head2 = await http.client('head');
  head3 = await http.client('member-two');
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
    leaderUri = (await enrol(leader)).uri;
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

async function challengeAt(
  client: Client,
  { at, tag }: { readonly at: string; readonly tag: string },
  body: object,
) {
  const asked = await client('POST', `${at}/challenge`, { headers: { 'if-match': tag }, body });
  expect(asked.status).toBe(200);
  return asked.body;
}

async function challengeChange(client: Client, body: object = {}) {
  return (await client('POST', '/v1/me/factors/challenge', { body })).body;
}

describe('a gate that demands a passkey', () => {
  const device = new SoftwareAuthenticator(origin);
  let factor: string;

  async function signed(
    client: Client,
    open: { readonly at: string; readonly tag: string },
    decision: object,
    by = device,
  ) {
    const asked = await challengeAt(client, open, decision);
    const { nonce, expires } = asked;
    return { ...decision, factor: { kind: 'passkey', nonce, expires, ...by.get(asked) } };
  }

  test('one is enrolled, with the user verified and for this site alone', async () => {
    const member = await http.client('leader-second-account');
    const asked = await challengeChange(member);
    const { nonce, expires, factor: id } = asked;
    const body = { id, nonce, expires, ...device.create(asked) };
    const elsewhere = { ...body, ...new SoftwareAuthenticator('https://evil.example').create(asked) };
    expect((await member('POST', '/v1/me/factors/passkeys', { body: elsewhere })).body.code).toBe(
      'factor-refused',
    );
    device.verifies = false;
    const unverified = { ...body, ...device.create(asked) };
    expect((await member('POST', '/v1/me/factors/passkeys', { body: unverified })).body.code).toBe(
      'factor-refused',
    );
    device.verifies = true;
    const other = await challengeChange(member);
    const foreign = { ...body, ...device.create(other) };
    expect((await member('POST', '/v1/me/factors/passkeys', { body: foreign })).body.code).toBe(
      'factor-refused',
    );
    // The leader has one-time codes already: those are shown for the enrolment.
    const begun = await challengeChange(leader);
    const uri = leaderUri;
    const mine = { id: begun.factor, nonce: begun.nonce, expires: begun.expires, ...device.create(begun) };
    expect((await leader('POST', '/v1/me/factors/passkeys', { body: mine })).body.code).toBe(
      'assurance-required',
    );
    const proven = { ...mine, factor: { kind: 'otp', code: codeFrom(uri, 1) } };
    const enrolled = await leader('POST', '/v1/me/factors/passkeys', { body: proven });
    expect(enrolled).toMatchObject({
      status: 201,
      body: { kind: 'passkey', detail: { credential: device.credential } },
    });
    factor = enrolled.body.id;
    const again = await leader('POST', '/v1/me/factors/passkeys', { body: mine });
    expect(again.body.code).toBe('not-possible-here');
  });

  test('P3: a signature over the decision decides, and its whole is on the record', async () => {
    const open = await openCase('by-passkey');
    const tooWeak = await decide(leader, open, {
      verdict: 'approve',
      factor: { kind: 'otp', code: '123456' },
    });
    expect(tooWeak).toMatchObject({ status: 401, body: { factors: ['passkey', 'certificate'] } });
    const body = await signed(leader, open, { verdict: 'approve' });
    const decided = await decide(leader, open, body, { 'idempotency-key': 'signed' });
    expect(decided).toMatchObject({ status: 200, body: { outcome: 'approved' } });
    expect((await decide(leader, open, body, { 'idempotency-key': 'signed' })).body).toEqual(decided.body);
    const { items } = (await officer('GET', `${open.at.split('/gates')[0]}/record`)).body;
    expect(items[1].entry.authentication).toContain(`passkey:${factor}`);
    expect(items[1].data.body.factor.signature).toBe(body.factor.signature);
  });

  test('P3: what was signed for another verdict, reason or case, by another key, or long ago, does not count', async () => {
    const [open, other] = [await openCase('by-passkey'), await openCase('by-passkey')];
    const refuse = async (at: typeof open, body: object) =>
      expect((await decide(leader, at, body)).body.code).toBe('factor-refused');
    const rejected = await signed(leader, open, { verdict: 'reject', reason: 'No.' });
    await refuse(open, { ...rejected, verdict: 'approve' });
    await refuse(open, { ...rejected, reason: 'Yes.' });
    await refuse(other, rejected);
    await refuse(open, await signed(leader, open, { verdict: 'approve' }, new SoftwareAuthenticator(origin)));
    const copied = device.counter;
    device.counter = 0;
    await refuse(open, await signed(leader, open, { verdict: 'approve' }));
    device.counter = copied;
    const late = await signed(leader, open, { verdict: 'approve' });
    http.house.clock.advance(301_000);
    await refuse(open, late);
    expect((await decide(leader, open, await signed(leader, open, { verdict: 'approve' }))).status).toBe(200);
  });
});

describe('a gate that demands a certificate', () => {
  let signer: Signer;

  async function enrolling(client: Client, by: Signer) {
    const { statement, nonce, expires, factor: id } = await challengeChange(client);
    const body = { id, nonce, expires, chain: by.chain, signature: by.sign(statement) };
    return client('POST', '/v1/me/factors/certificates', { body });
  }

  async function signed(open: { readonly at: string; readonly tag: string }, by: Signer) {
    const { statement, nonce, expires } = await challengeAt(head3, open, { verdict: 'approve' });
    const factor = { kind: 'certificate', nonce, expires, chain: by.chain, signature: by.sign(statement) };
    return { verdict: 'approve', factor };
  }

  test('one is enrolled that leads to a trusted root, is in force, and is meant for signing', async () => {
    const client = await http.client('member-two');
    const stranger = await (await CertificateAuthority.open('Other')).issue('Stranger');
    const outdated = await authority.issue('Outdated', { to: '2025-02-01' });
    const encrypting = await authority.issue('Encrypting', { usage: 4 });
    for (const by of [stranger, outdated, encrypting]) {
      expect((await enrolling(client, by)).body.code).toBe('factor-refused');
    }
    signer = await authority.issue('Member Two');
    const { sign } = await authority.issue('Member Two');
    expect((await enrolling(client, { ...signer, sign })).body.code).toBe('factor-refused');
    expect((await enrolling(client, signer)).body).toMatchObject({
      kind: 'certificate',
      detail: { subject: 'CN=Member Two' },
    });
    expect((await enrolling(await http.client('member-three'), signer)).body.code).toBe('not-possible-here');
  });

  test('P3: its signature decides, until it is revoked', async () => {
    const [open, next] = [await openCase('by-certificate'), await openCase('by-certificate')];
    expect(
      (await decide(head3, open, await signed(open, await authority.issue('Member Two')))).body.code,
    ).toBe('factor-refused');
    expect(await decide(head3, open, await signed(open, signer))).toMatchObject({
      status: 200,
      body: { outcome: 'approved' },
    });
    trusted.revoked = await authority.revoke([signer.serial]);
    expect((await decide(head3, next, await signed(next, signer))).body.detail).toContain('has been revoked');
    trusted.revoked = '';
    expect((await decide(head3, next, await signed(next, signer))).body.detail).toContain('no list in force');
  });
});

test('P5: the record verifies with what was shown', async () => {
  const report = await verifyRecord(http.house.ledger);
  expect(report.problems).toEqual([]);
});

describe('P5: changed by hand, with the rights of the superuser', () => {
  test.each([
    ["ledger.shown_factors set once = once || '1' where instance is not null", 'factor-differs'],
    ["ledger.shown_factors set principal = 'person:x' where instance is not null", 'factor-differs'],
    ["ledger.shown_factors set shown_for = '{}' where instance is not null", 'factor-differs'],
    [
      'ledger.shown_factors set counter = 7 where counter is not null and instance is not null',
      'factor-differs',
    ],
    ["ledger.factors set principal = 'person:x'", 'factor-differs'],
    ["ledger.factors set detail = replace(detail, 'kty', 'k') where kind = 'passkey'", 'signature-wrong'],
    ['ledger.factors set removed_at = now()', 'factor-differs'],
    ["ledger.otp_secrets set secret = sha256('x')", 'factor-differs'],
    ["ledger.acts set text = replace(text, 'factor-enrolled', 'factor-enroled')", 'factor-unknown'],
  ])('%s: %s', async (change, code) => {
    const admin = connect(http.house.database.adminUrl);
    try {
      const table = change.split(' ')[0] ?? '';
      await admin.unsafe(`create schema kept; create table kept.rows as table ${table};
        set session_replication_role = replica; update ${change}`);
      const found = (await verifyRecord(http.house.ledger)).problems.map((one) => one.code);
      expect(found).toContain(code);
      await admin.unsafe(
        `delete from ${table}; insert into ${table} select * from kept.rows; drop schema kept cascade`,
      );
    } finally {
      await admin.end();
    }
  });
});
