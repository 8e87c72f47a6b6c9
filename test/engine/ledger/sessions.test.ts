/** What the database itself holds to of sessions and access tokens, whatever the engine that calls it believes. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sha256Hex } from '../../../engine/evidence/sha256.ts';
import { keyHashOf, proofOf } from '../../../engine/run/key-proof.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import { people, units } from '../../support/test-people.ts';
import { openTestSession } from '../../support/test-sessions.ts';
import { type LedgerHouse, openLedgerHouse } from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
  const gone = people.map((one) => (one.id === 'person:stranger' ? { ...one, active: false } : one));
  await house.ledger.replaceDirectory(gone, units, 'test');
});
afterAll(() => house.close());

const found = async (id: string) => house.ledger.findSession(keyHashOf(proofOf(`secret of ${id}`)));

test.each(['service:intake', 'agent:drafter', 'person:stranger', 'person:unheard-of'])(
  'no session is opened for %s',
  async (principal) => {
    await expect(openTestSession(house.ledger, `s ${principal}`, principal)).rejects.toThrow('nobody');
    expect(await found(`s ${principal}`)).toBeNull();
  },
);

test('a session is found by the hash of its proof, with how its owner signed in', async () => {
  await openTestSession(house.ledger, 'one', 'person:officer', { acr: 'urn:one', amr: ['pwd', 'otp'] });
  expect(await found('one')).toMatchObject({
    id: 'one',
    principal: 'person:officer',
    acr: 'urn:one',
    amr: ['pwd', 'otp'],
    authenticatedAt: '2026-01-05T08:00:00.000Z',
    endedAt: null,
  });
});

test('its use is noted, never backwards and never beyond its end', async () => {
  await openTestSession(house.ledger, 'used', 'person:officer');
  const { openedAt = '', expiresAt = '' } = (await found('used')) ?? {};
  await house.ledger.useSession('used', '2020-01-01T00:00:00.000Z');
  expect((await found('used'))?.usedAt).toBe(openedAt);
  await house.ledger.useSession('used', '2999-01-01T00:00:00.000Z');
  expect((await found('used'))?.usedAt).toBe(expiresAt);
});

test('ending tells what it ended, and only what was live and theirs', async () => {
  const { ledger } = house;
  await openTestSession(ledger, 'a', 'person:leader');
  await openTestSession(ledger, 'b', 'person:leader');
  expect(await ledger.endSessions('person:head', 'a', 'person:head')).toEqual([]);
  expect(await ledger.endSessions('person:leader', 'a', 'person:leader')).toEqual(['a']);
  expect(await ledger.endSessions('person:leader', 'a', 'person:leader')).toEqual([]);
  expect((await ledger.listSessions('person:leader')).map(({ id }) => id)).toEqual(['b']);
  await ledger.useSession('a', '2999-01-01T00:00:00.000Z');
  expect((await found('a'))?.usedAt).not.toContain('2999');
  expect(await ledger.endSessions('person:leader', null, 'person:designer')).toEqual(['b']);
});

test('P5: a session that expired long ago is removed by the next one, and what is left verifies', async () => {
  const { ledger, admin } = house;
  await openTestSession(ledger, 'ancient', 'person:head');
  const acts = async () => (await admin`select from ledger.acts`).length;
  const before = await acts();
  await admin`update ledger.sessions set expires_at = now() - interval '2 days' where id = 'ancient'`;
  await openTestSession(ledger, 'newer', 'person:head');
  expect(await found('ancient')).toBeNull();
  expect(await acts()).toBe(before + 1);
  const { problems } = await verifyRecord(ledger);
  expect(problems.filter(({ code }) => code === 'session-differs')).toEqual([]);
});

test('an access token is never more than its key, and none is made with one that is not in force', async () => {
  const { ledger } = house;
  const key = { demonstration: false, principal: 'service:intake', scopes: ['read', 'start'] };
  await ledger.addKey({
    ...key,
    id: 'short',
    hash: sha256Hex('short'),
    expiresAt: '2999-01-01T00:00:00.000Z',
  });
  const token = (hash: string, scopes = ['read']) =>
    ledger.addAccessToken({ hash: sha256Hex(hash), key: 'short', scopes }, 600);
  expect(await token('t1')).toMatch(/Z$/);
  expect(await ledger.findAccessToken(sha256Hex('t1'))).toMatchObject({ key: 'short', scopes: ['read'] });
  expect(await token('t2', ['read', 'decide'])).toBeNull();
  await house.admin`update ledger.keys set expires_at = now() + interval '5 seconds' where id = 'short'`;
  expect(Date.parse((await token('t3')) ?? '') - Date.now()).toBeLessThan(6000);
  await ledger.revokeKey('short');
  expect(await token('t4')).toBeNull();
  expect(await ledger.findAccessToken(sha256Hex('t4'))).toBeNull();
});
