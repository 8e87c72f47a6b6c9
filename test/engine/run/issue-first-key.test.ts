import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueFirstKey } from '../../../engine/run/issue-first-key.ts';
import { openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

test('P9: only a key administrator of the directory gets the first key, and only the first', async () => {
  // Nobody has one yet.
  for (const { id, scopes } of await house.ledger.findKeys()) {
    if (scopes.includes('keys')) await house.ledger.revokeKey(id);
  }
  expect(await issueFirstKey(house.ledger, 'person:officer')).toMatchObject({ code: 'not-allowed' });
  expect(await issueFirstKey(house.ledger, 'person:nobody')).toMatchObject({ code: 'not-allowed' });
  const first = await issueFirstKey(house.ledger, 'person:designer');
  if (first.kind === 'refusal') throw new Error(first.message);
  const caller = await house.engine.authenticate(first.value.secret, 'test', false);
  expect(caller?.scopes).toContain('keys');
  expect(await issueFirstKey(house.ledger, 'person:designer')).toMatchObject({ code: 'not-allowed' });
  await house.ledger.revokeKey(first.value.id);
  expect(await issueFirstKey(house.ledger, 'person:designer')).toMatchObject({ kind: 'done' });
});
