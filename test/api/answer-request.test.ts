import { describe, expect, test } from 'vitest';
import { maximumBodyBytes } from '../../api/answer-request.ts';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { LedgerUnavailable } from '../../engine/index.ts';
import { testApp } from './support/caller.ts';
import { exampleAddress } from './support/example-address.ts';
import { hash, instance, moved } from './support/hand-engine.ts';

const events = `/v1/instances/${instance}/events`;
const event = { type: 'submit', data: { note: 'x' } };

const addressOf = (path: string) => exampleAddress(path, { instance, hash });

describe('who calls', () => {
  test.each(allRoutes.map(({ method, path }) => [method, addressOf(path)] as const))(
    'P9: %s %s is refused without a key, and with one that stands for nobody',
    async (method, path) => {
      const { refused, asked } = testApp();
      for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic eDp5' }]) {
        const problem = await refused(method, path, { anonymous: true, headers });
        expect(problem).toMatchObject({ status: 401, code: 'unauthenticated' });
        expect(problem.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
      expect(asked).toEqual([]);
    },
  );

  test('a stranger makes us read no body', async () => {
    const { app } = testApp();
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulled += 1;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const response = await app.request(events, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect([response.status, pulled]).toEqual([401, 0]);
  });
});

describe('bodies', () => {
  test.each([
    ['{"type":"a",}', 'line 1, column 13'],
    ['{"type":"a","type":"b"}', '"type" is given twice'],
    ['{"type":"a","data":{"__proto__":{}}}', '__proto__'],
    ['{"type":"a","data":{"n":9007199254740993}}', '2^53'],
    ['{"type":"a","data":{"s":"\\ud800"}}', 'surrogate'],
    [`{"type":"a","data":${'{"a":'.repeat(100)}1${'}'.repeat(101)}`, 'Nested deeper'],
    ['{"type":"a","colour":1}', 'an unknown field "colour"'],
    ['{"data":{}}', 'lacks the field "type"'],
    ['{"type":"a","data":[]}', 'must be object'],
    ['{"type":""}', 'must NOT have fewer'],
    ['[]', 'must be object'],
    ['', 'The text ends too early'],
  ])('refuses %s and asks the engine nothing', async (body, reason) => {
    const { refused, asked } = testApp();
    const problem = await refused('POST', events, { body });
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
    expect(problem.detail).toContain(reason);
    expect(asked).toEqual([]);
  });

  test('refuses bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"type":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const problem = await testApp().refused('POST', events, { body });
    expect(problem.detail).toBe('The body is not valid UTF-8.');
  });

  test('takes the largest body and refuses one byte more', async () => {
    const bodyOf = (bytes: number) => {
      const frame = JSON.stringify({ type: 'a', data: { text: '' } });
      return frame.replace('"text":""', `"text":"${'x'.repeat(bytes - frame.length)}"`);
    };
    const { send, refused } = testApp();
    expect((await send('POST', events, { body: bodyOf(maximumBodyBytes) })).status).toBe(200);
    const problem = await refused('POST', events, { body: bodyOf(maximumBodyBytes + 1) });
    expect(problem).toMatchObject({ status: 413, code: 'too-large' });
  });

  test('stops reading a body without an announced length at the bound', async () => {
    const { app, asked } = testApp();
    let sent = 0;
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
    });
    const headers = { authorization: 'Bearer cs_test-secret', 'content-type': 'application/json' };
    const response = await app.request(events, {
      method: 'POST',
      headers,
      body,
      duplex: 'half',
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(maximumBodyBytes * 2);
    expect(asked).toEqual([]);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    'multipart/form-data',
    '',
  ])('refuses the media type %j', async (type) => {
    const problem = await testApp().refused('POST', events, {
      body: event,
      headers: { 'content-type': type },
    });
    expect(problem).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });

  test('takes JSON that says it is UTF-8, and refuses compressed bodies', async () => {
    const { send, refused } = testApp();
    const type = { 'content-type': 'Application/JSON; charset="UTF-8"' };
    expect((await send('POST', events, { body: event, headers: type })).status).toBe(200);
    expect(
      (await refused('POST', events, { body: event, headers: { 'content-encoding': 'gzip' } })).status,
    ).toBe(415);
  });
});

describe('addresses and queries', () => {
  test.each([
    '/v1/instances/a%2Fb',
    '/v1/instances/%00',
    `/v1/instances/${'x'.repeat(65)}`,
    '/v1/instances/%E0%A4',
    "/v1/instances/'--",
  ])('an id that cannot be one is not found: %s', async (path) => {
    const { refused, asked } = testApp();
    expect((await refused('GET', path)).code).toBe('not-found');
    expect(asked).toEqual([]);
  });

  test.each([
    ['?colour=red', 'an unknown field "colour"'],
    ['?limit=0', 'must be >= 1'],
    ['?limit=201', 'must be <= 200'],
    ['?limit=ten', 'must be integer'],
    ['?limit=1.5', 'must be integer'],
    ['?limit=', 'must be integer'],
    ['?limit=5&limit=6', 'given twice'],
    ['?status=paused', '/status'],
    ['?process=%E0%A4', 'not well formed'],
    ['?process=%00', 'not well formed'],
    ['?__proto__=x', 'not well formed'],
    ['?field.=x', 'an unknown field'],
    ['?field.a%20b=x', 'an unknown field'],
    ['?cursor=', 'must NOT have fewer'],
  ])('refuses the query %s', async (query, reason) => {
    const { refused, asked } = testApp();
    const problem = await refused('GET', `/v1/instances${query}`);
    expect(problem).toMatchObject({ status: 400, code: 'bad-request' });
    expect(problem.detail).toContain(reason);
    expect(asked).toEqual([]);
  });

  test('a route without parameters takes none', async () => {
    expect((await testApp().refused('GET', '/v1/me?x=1')).code).toBe('bad-request');
    expect((await testApp().refused('POST', `${events}?x=1`, { body: event })).code).toBe('bad-request');
  });
});

describe('Idempotency-Key', () => {
  const hashOf = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const { send, asked } = testApp();
    await send('POST', path, { body, headers: { 'idempotency-key': 'k-1', ...headers } });
    const given = asked[0]?.input[1] as { key: string; bodyHash: string };
    expect(given.key).toBe('k-1');
    expect(given.bodyHash).toMatch(/^[0-9a-f]{64}$/);
    return given.bodyHash;
  };

  test('P6: the same request in other words has the same hash; any other request has another', async () => {
    const first = await hashOf(events, '{"type":"a","data":{"x":1,"y":[1.0]}}');
    expect(await hashOf(events, ' { "data": {"y":[1],"x":1}, "type":"\\u0061" }')).toBe(first);
    const others = [
      await hashOf(events, { type: 'a', data: { x: 1, y: [2] } }),
      await hashOf(events.replace('0198', '0199'), { type: 'a', data: { x: 1, y: [1] } }),
      await hashOf(events, { type: 'a', data: { x: 1, y: [1] } }, { 'if-match': '"4"' }),
      await hashOf('/v1/instances', { process: 'a', data: { x: 1, y: [1] } }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  test('is refused where it is malformed, and where repeating would act twice', async () => {
    const { refused, asked } = testApp();
    expect((await refused('POST', events, { body: event, headers: { 'idempotency-key': 'a b' } })).code).toBe(
      'bad-request',
    );
    const key = { principal: 'service:x', scopes: ['read'] };
    expect(
      (await refused('POST', '/v1/keys', { body: key, headers: { 'idempotency-key': 'a' } })).detail,
    ).toContain('not taken');
    expect(
      (await refused('POST', '/v1/instances', { body: { process: 'a' }, headers: { 'if-match': '"1"' } }))
        .detail,
    ).toContain('not taken');
    expect(asked).toEqual([]);
  });

  test('without the header there is none', async () => {
    const { send, asked } = testApp();
    await send('POST', events, { body: event });
    expect(asked[0]?.input[1]).toBeNull();
  });
});

describe('faults', () => {
  test('P6: a database that is away is told as such, with when to try again', async () => {
    const away = new LedgerUnavailable('connect ECONNREFUSED');
    const { refused } = testApp({ postEvent: () => Promise.reject(away) });
    const problem = await refused('POST', events, { body: event });
    expect(problem).toMatchObject({ status: 503, code: 'unavailable' });
    expect(problem.headers.get('retry-after')).toBe('1');
  });

  test('a fault of ours tells the caller nothing but the request id', async () => {
    const { refused } = testApp({ postEvent: () => Promise.reject(new Error('secret detail')) });
    const problem = await refused('POST', events, { body: event });
    expect(problem).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(problem)).not.toContain('secret detail');
  });
});

test('every answer carries the request id and headers that keep browsers out of it', async () => {
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const response = await testApp().send('POST', events, {
    body: event,
    headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  });
  expect(Object.fromEntries(response.headers)).toEqual({
    'x-request-id': trace,
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    etag: '"4"',
  });
  expect(await response.json()).toEqual(moved);
});
