import { expect, test } from 'vitest';
import { scopes } from '../../../engine/index.ts';
import { Scope } from '../../../schemas/api/keys.ts';
import { testApp } from '../support/caller.ts';
import { key, time } from '../support/hand-engine.ts';

test('a key is told with its secret once, and listed without', async () => {
  const { send, asked } = testApp();
  const body = { principal: 'service:intake', scopes: ['read', 'event'] };
  const issued = await send('POST', '/v1/keys', { body });
  expect(issued.status).toBe(201);
  expect(await issued.json()).toEqual({ ...key, secret: 'cs_new' });
  await send('POST', '/v1/keys', { body: { ...body, expiresAt: '2030-01-31T00:00:00Z' } });
  const listed = await send('GET', '/v1/keys');
  expect(await listed.json()).toEqual({ items: [key], next: null });
  expect(asked.slice(0, 2).map(({ input }) => input[0])).toEqual([
    { ...body, expiresAt: null },
    { ...body, expiresAt: '2030-01-31T00:00:00Z' },
  ]);
});

test.each([
  { principal: 'service:x', scopes: [] },
  { principal: 'service:x', scopes: ['everything'] },
  { principal: 'service:x', scopes: ['read', 'read'] },
  { principal: 'a b', scopes: ['read'] },
  { principal: 'service:x', scopes: ['read'], expiresAt: 'tomorrow' },
  { principal: 'service:x', scopes: ['read'], demonstration: true },
])('refuses the key %j', async (body) => {
  const { refused, asked } = testApp();
  expect((await refused('POST', '/v1/keys', { body })).code).toBe('bad-request');
  expect(asked).toEqual([]);
});

test('a key is revoked by its id', async () => {
  const { send, asked } = testApp();
  expect(await (await send('DELETE', '/v1/keys/key-1')).json()).toEqual({ ...key, revokedAt: time });
  expect(asked).toEqual([{ method: 'revokeKey', input: ['key-1'] }]);
});

test('the caller is told who they are', async () => {
  expect(await (await testApp().send('GET', '/v1/me')).json()).toMatchObject({
    principal: 'person:a',
    kind: 'person',
    name: 'Trần Thị Lan',
    scopes,
  });
});

test('a key can be issued for exactly the scopes the engine knows', () => {
  expect(Scope).toMatchObject({ anyOf: scopes.map((scope) => ({ const: scope })) });
});
