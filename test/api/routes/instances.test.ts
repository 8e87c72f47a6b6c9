import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { instance, moved } from '../support/hand-engine.ts';

const events = `/v1/instances/${instance}/events`;

test('starting answers where the instance is and at which step', async () => {
  const { send, asked } = testApp();
  const response = await send('POST', '/v1/instances', {
    body: { process: 'outgoing-document', data: { title: 'Về việc' } },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe(`/v1/instances/${instance}`);
  expect(response.headers.get('etag')).toBe('"4"');
  expect(await response.json()).toEqual(moved);
  expect(asked).toEqual([
    { method: 'start', input: [{ process: 'outgoing-document', data: { title: 'Về việc' } }, null] },
  ]);
});

test.each(['', 'A', 'a b', '../x', 'x'.repeat(101)])('a process cannot be called %j', async (process) => {
  expect((await testApp().refused('POST', '/v1/instances', { body: { process } })).code).toBe('bad-request');
});

test('an event goes on with its data, and an empty object where it has none', async () => {
  const { send, asked } = testApp();
  await send('POST', events, { body: { type: 'submit', data: { a: [1, { b: null }] } } });
  await send('POST', events, { body: { type: 'submit' } });
  expect(asked.map(({ input }) => input[0])).toEqual([
    { instance, type: 'submit', data: { a: [1, { b: null }] }, seen: null, onBehalfOf: null },
    { instance, type: 'submit', data: {}, seen: null, onBehalfOf: null },
  ]);
});

test('If-Match on an event tells the engine which step was seen', async () => {
  const { send, refused, asked } = testApp();
  await send('POST', events, { body: { type: 'a' }, headers: { 'if-match': '"17"' } });
  await send('POST', events, { body: { type: 'a' }, headers: { 'if-match': '*' } });
  expect(asked.map(({ input }) => input[0])).toMatchObject([{ seen: 17 }, { seen: null }]);
  for (const tag of ['"x"', '"0"', '"3.abc"']) {
    const problem = await refused('POST', events, { body: { type: 'a' }, headers: { 'if-match': tag } });
    expect(problem).toMatchObject({ status: 412, code: 'stale' });
  }
  for (const tag of ['17', 'W/"17"', '"16", "17"']) {
    const problem = await refused('POST', events, { body: { type: 'a' }, headers: { 'if-match': tag } });
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
  }
  expect(asked).toHaveLength(2);
});

test('an instance comes with its seq as ETag, the one If-Match takes', async () => {
  const response = await testApp().send('GET', `/v1/instances/${instance}`);
  expect(response.headers.get('etag')).toBe('"4"');
  expect(await response.json()).toMatchObject({
    seq: 4,
    events: [{ event: 'withdraw', allowed: false, why: 'Only the initiator may.' }],
  });
});

test('a search hands on every condition, and indexed fields by name', async () => {
  const { send, asked } = testApp();
  const first = await send(
    'GET',
    '/v1/instances?process=outgoing-document&status=active&state=a.b&field.post=Ch%E1%BB%A7+t%E1%BB%8Bch&field.year=2026&limit=20',
  );
  const page = (await first.json()) as { items: unknown[]; next: string };
  expect(page.items).toMatchObject([{ instance, states: ['approving'] }]);
  await send('GET', `/v1/instances?cursor=${page.next}`);
  await send('GET', '/v1/instances');
  expect(asked.map(({ input }) => input[0])).toEqual([
    {
      process: 'outgoing-document',
      status: 'active',
      state: 'a.b',
      fields: { post: 'Chủ tịch', year: '2026' },
      limit: 20,
    },
    { cursor: instance, limit: 50 },
    { limit: 50 },
  ]);
});

test('the record is read from an entry on', async () => {
  const { send, asked } = testApp();
  const response = await send('GET', `/v1/instances/${instance}/record?after=3&limit=4`);
  expect(await response.json()).toEqual({ items: [], next: 7 });
  await send('GET', `/v1/instances/${instance}/record`);
  expect(asked.map(({ input }) => input)).toEqual([
    [instance, 3, 4],
    [instance, 0, 50],
  ]);
});
