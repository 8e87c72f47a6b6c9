/**
 * The personnel process as it comes along, with a vote by one-time code and a signature by passkey, end to end over
 * HTTP; and then the whole record, signatures included, verified without the engine.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { draftProposal } from '../../cli/demo/demonstration-agent.ts';
import { readDirectory } from '../../engine/oversight/read-directory.ts';
import { systemClock } from '../../engine/run/clock.ts';
import { addKey, scopesByKind } from '../../engine/run/manage-keys.ts';
import { verifyRecord } from '../../engine/run/verify-record.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { codeFrom } from '../support/authenticator-app.ts';
import { SoftwareAuthenticator } from '../support/software-authenticator.ts';
import { type Client, type HttpHouse, openHttpHouse } from './support/house-client.ts';

const origin = 'https://countersign.example';
const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** The shipped process, with more demanded at two of its gates. */
const withFactors = (source: string) =>
  ['voting: otp', 'signing: passkey'].reduce((text, demand) => {
    const [state = '', assurance = ''] = demand.split(': ');
    const gate = new RegExp(`(\\n  ${state}:\\n(?:    .*\\n)*?    gate:\\n)`);
    const changed = text.replace(gate, `$1      assurance: ${assurance}\n`);
    if (changed === text) throw new Error(`There is no gate in ${state}.`);
    return changed;
  }, source);

let http: HttpHouse;
const clients = new Map<string, Client>();

beforeAll(async () => {
  http = await openHttpHouse({ origin, certificates: async () => ({ roots: '', revoked: '' }) });
  const directory = readDirectory(read('demo/directory.yaml'), 'directory.yaml');
  if (directory.kind === 'refused') throw new Error(JSON.stringify(directory.findings));
  await http.house.ledger.replaceDirectory(directory.principals, directory.units, 'test', directory);
  await http.house.deploy(withFactors(read('processes/personnel-appointment.yaml')));
  http.house.clock.advance(Date.now() - http.house.clock.now());
}, 60_000);
afterAll(() => http?.close());

async function as(principal: string): Promise<Client> {
  const known = clients.get(principal);
  if (known !== undefined) return known;
  const scopes = scopesByKind[principal.startsWith('agent:') ? 'agent' : 'person'];
  const wanted = { principal, scopes, expiresAt: null, demonstration: false };
  const { secret } = await addKey({ ledger: http.house.ledger, clock: systemClock }, wanted);
  const client = http.clientWithSecret(secret);
  clients.set(principal, client);
  return client;
}

async function must(principal: string, path: string, sent: object, headers: Record<string, string> = {}) {
  const answer = await (await as(principal))('POST', path, { body: sent, headers });
  if (answer.status >= 300)
    throw new Error(`${principal} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const tagOf = async (principal: string, at: string) => (await (await as(principal))('GET', at)).etag;

async function decide(principal: string, at: string, body: JsonObject): Promise<JsonObject> {
  return must(principal, `${at}/decisions`, body, { 'if-match': await tagOf(principal, at) });
}

test('P2, P3, P5: an appointment is voted on with one-time codes, signed with a passkey, and verifies offline', async () => {
  const data = {
    candidate: 'person:vu-tuong-trung',
    post: 'Trưởng phòng (ví dụ)',
    dossier: { summary: 'Nhân vật giả định, dùng để thử nghiệm. Thời hạn đề nghị là 5 năm.' },
  };
  const { instance } = await must('person:ly-thi-hinh-mau', '/v1/instances', {
    process: 'personnel-appointment',
    data,
  });
  const at = (state: string) => `/v1/instances/${instance}/gates/${state}`;
  const agent = 'agent:tro-ly-soan-thao';
  const claimed = await must(agent, '/v1/proposal-requests/claim', { leaseSeconds: 60 });
  const { state, opened, claim } = claimed;
  const proposal = draftProposal(claimed);
  await must(agent, `/v1/instances/${instance}/proposals`, { state, opened, claim, proposal });

  const because = { verdict: 'approve', reason: 'Đủ tiêu chuẩn, điều kiện theo hồ sơ.' };
  const view = { text: 'Hồ sơ cho thấy đủ điều kiện.' };
  await must('person:pham-gia-dinh', `${at('considering')}/view`, view, {
    'if-match': await tagOf('person:pham-gia-dinh', at('considering')),
  });
  await decide('person:pham-gia-dinh', at('considering'), because);
  await decide('person:cao-van-thu', at('appraising'), because);

  const members = ['nguyen-van-mau', 'tran-thi-vi-du', 'le-minh-hoa', 'hoang-thi-thu-nghiem'].map(
    (name) => `person:${name}`,
  );
  const uris = new Map<string, string>();
  for (const member of members) {
    const begun = await must(member, '/v1/me/factors/otp', {});
    const uri = String(begun.uri);
    uris.set(member, uri);
    const code = codeFrom(uri, -1);
    await must(member, `/v1/me/factors/otp/${begun.id}/confirmation`, { code });
    const bare = await (await as(member))('POST', `${at('voting')}/decisions`, {
      body: because,
      headers: { 'if-match': await tagOf(member, at('voting')) },
    });
    expect([bare.status, bare.body.code]).toEqual([401, 'assurance-required']);
    await decide(member, at('voting'), { ...because, factor: { kind: 'otp', code: codeFrom(uri) } });
  }

  const leader = 'person:nguyen-van-mau';
  const device = new SoftwareAuthenticator(origin);
  const challenge = await must(leader, '/v1/me/factors/challenge', {});
  await must(leader, '/v1/me/factors/passkeys', {
    id: challenge.factor,
    nonce: challenge.nonce,
    expires: challenge.expires,
    ...device.create(challenge),
    factor: { kind: 'otp', code: codeFrom(uris.get(leader) ?? '', 1) },
  });
  const etag = await tagOf(leader, at('signing'));
  const asked = await must(leader, `${at('signing')}/challenge`, because, { 'if-match': etag });
  const { nonce, expires } = asked;
  const signed = { ...because, factor: { kind: 'passkey', nonce, expires, ...device.get(asked) } };
  await must(leader, `${at('signing')}/decisions`, signed, { 'if-match': etag });

  const today = new Date().toISOString().slice(0, 10);
  const event = (type: string, given: JsonObject) => ({ type, data: given });
  await must(
    'person:ngo-van-thi-du',
    `/v1/instances/${instance}/events`,
    event('number', { number: 1, symbol: 'QĐ', date: today }),
  );
  await must(
    'person:chu-thi-ban-sao',
    `/v1/instances/${instance}/events`,
    event('archive', { retentionClass: 'permanent' }),
  );

  const { body } = await (await as('person:mai-thi-kiem-thu'))(
    'GET',
    `/v1/instances/${instance}/record?limit=100`,
  );
  const shown = (body.items as { entry: { kind: string; authentication: string[] } }[])
    .filter(({ entry }) => entry.kind === 'decision')
    .map(({ entry }) => entry.authentication.map((one) => one.split(':')[0]).join(' '));
  expect(shown).toEqual(['key', 'key', 'key otp', 'key otp', 'key otp', 'key otp', 'key passkey']);
  const report = await verifyRecord(http.house.ledger);
  expect([report.problems, report.ok]).toEqual([[], true]);
});
