import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import type { StoredAct } from '../../../engine/ledger/record-reader.ts';
import { findAdministrationProblems } from '../../../engine/run/administration-problems.ts';
import { deploy, type LedgerHouse, openLedgerHouse, sha256 } from './ledger-house.ts';

let house: LedgerHouse;
beforeAll(async () => {
  house = await openLedgerHouse();
});
afterAll(() => house.close());

const acts = () =>
  house.ledger.withAdministration(async (administration) => {
    const all: StoredAct[] = [];
    for await (const page of administration.acts()) all.push(...page);
    return all.map(({ text }) => JSON.parse(text));
  });
const problems = async () =>
  (await house.ledger.withAdministration(findAdministrationProblems)).problems.map(
    ({ code, message }) => `${code} ${message}`,
  );
const key = (id: string, parts: { readonly issuedBy?: string; readonly principal?: string } = {}) => ({
  id,
  hash: sha256(id),
  principal: 'person:an',
  scopes: ['read', 'decide'],
  expiresAt: null,
  demonstration: false,
  ...parts,
});

test('each act says what was done, by whom, and names the act before it', async () => {
  const { ledger } = house;
  const before = await acts();
  await ledger.addKey(key('k1', { issuedBy: 'person:binh' }));
  await ledger.revokeKey('k1', 'person:chi');
  await ledger.replaceDirectory([], [], 'person:dung');
  const hash = await deploy(ledger, 'id: leave-request # 3', 'leave-request');
  const added = (await acts()).slice(before.length);
  expect(added).toMatchObject([
    { act: 'key-issued', by: 'person:binh', key: 'k1', principal: 'person:an', scopes: ['read', 'decide'] },
    { act: 'key-revoked', by: 'person:chi', key: 'k1' },
    { act: 'directory-replaced', by: 'person:dung' },
    { act: 'definition-deployed', by: 'person:a', definition: hash, process: 'leave-request' },
  ]);
  // The key's stored hash would let whoever reads it look for the key; the act tells only a hash of that.
  expect(added[0].fingerprint).toBe(sha256(sha256('k1')));
  expect(JSON.stringify(added)).not.toContain(sha256('k1'));
  expect(await problems()).toEqual([]);
});

test('what changes nothing is no act, and raises no version', async () => {
  const { ledger } = house;
  const before = (await acts()).length;
  const version = await ledger.directoryVersion();
  expect(await ledger.revokeKey('k1')).toBe(false);
  expect(await ledger.revokeKey('none')).toBe(false);
  await deploy(ledger, 'id: leave-request # 3', 'leave-request');
  expect((await acts()).length).toBe(before);
  expect(await ledger.directoryVersion()).toBe(version);
  // An earlier definition that becomes the current one again is an act.
  await deploy(ledger, 'id: leave-request', 'leave-request');
  expect((await acts()).length).toBe(before + 1);
  expect(await problems()).toEqual([]);
});

test('whatever names hold, an act is canonical JSON', async () => {
  const names = [
    'quote " backslash \\ slash /',
    'line\nfeed\ttab \u0001\u001f\u007f',
    'Ă đ 😀 \u2028 é',
    '{"a":1}',
  ];
  for (const [index, name] of names.entries()) {
    await house.ledger.addKey(key(`odd ${index} ${name}`, { issuedBy: name, principal: name }));
  }
  const last = (await acts()).slice(-names.length);
  expect(last.map(({ by }) => by)).toEqual(names);
  const rows = await house.admin<{ text: string }[]>`select text from ledger.acts`;
  for (const { text } of rows) expect(canonicalJson(JSON.parse(text))).toBe(text);
  expect(await problems()).toEqual([]);
});

test('acts that happen at once stand one after the other', async () => {
  const { ledger } = house;
  const before = (await acts()).length;
  await Promise.all(
    Array.from({ length: 24 }, (_, index) => {
      if (index % 3 === 0) return ledger.addKey(key(`many ${index}`));
      if (index % 3 === 1) return deploy(ledger, `id: many # ${index}`, `many-${index % 2}`);
      return ledger.replaceDirectory([], [], `person:${index}`);
    }),
  );
  const all = await acts();
  expect(all.length).toBe(before + 24);
  expect(all.map(({ seq }) => seq)).toEqual(all.map((_, index) => index + 1));
  expect(await problems()).toEqual([]);
});

test('P5: a change that fails leaves no act', async () => {
  const before = (await acts()).length;
  await expect(house.ledger.addKey({ ...key('twin'), hash: sha256('many 0') })).rejects.toThrow(/unique/);
  expect((await acts()).length).toBe(before);
  expect(await problems()).toEqual([]);
});
