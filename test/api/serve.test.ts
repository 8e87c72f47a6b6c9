import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type AppOptions, createApp } from '../../api/create-app.ts';
import { type Serving, serve } from '../../api/serve.ts';
import type { Engine } from '../../engine/index.ts';
import { handEngine, instance, moved, secret } from './support/hand-engine.ts';

const servers: Serving[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function listen(overrides: Partial<Engine> = {}, options: AppOptions = {}) {
  const hand = handEngine(overrides);
  const server = await serve(createApp(hand.engine, options), { host: '127.0.0.1', port: 0, graceMs: 2000 });
  servers.push(server);
  return { ...hand, server, url: server.url, port: Number(new URL(server.url).port) };
}

const events = `/v1/instances/${instance}/events`;
const post = (body: RequestInit['body'], headers: Record<string, string> = {}) =>
  ({
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers },
    body: body ?? null,
    duplex: 'half',
  }) as RequestInit;

/** Sends bytes as they are and answers all that comes back until the server closes. */
function raw(port: number, bytes: string | Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}

test('serves over HTTP, many requests on one connection', async () => {
  const { url, asked } = await listen();
  for (let index = 0; index < 20; index += 1) {
    const response = await fetch(url + events, post(`{"type":"step","data":{"index":${index}}}`));
    expect([response.status, await response.json()]).toEqual([200, moved]);
  }
  expect(asked.map(({ input }) => (input[0] as { data: { index: number } }).data.index)).toEqual([
    ...Array(20).keys(),
  ]);
});

test('a body in many pieces is one body', async () => {
  const { url, asked } = await listen();
  const text = JSON.stringify({ type: 'step', data: { text: 'Quyết định số 12 😀' } });
  const pieces = [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));
  await fetch(url + events, post(ReadableStream.from(pieces) as unknown as ReadableStream));
  expect(asked[0]?.input[0]).toMatchObject({ data: { text: 'Quyết định số 12 😀' } });
});

test('an endless body is refused at the bound, and the connection is not kept', async () => {
  const { port, asked } = await listen();
  const head = `POST ${events} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\n`;
  const chunk = `10000\r\n${' '.repeat(65_536)}\r\n`;
  const endless = await raw(port, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}`);
  expect(endless).toMatch(/^HTTP\/1\.1 413 /);
  expect(endless).toMatch(/connection: close/i);
  const announced = await raw(port, `${head}Content-Length: 99999999999\r\n\r\n{`);
  expect(announced).toMatch(/^HTTP\/1\.1 413 /);
  expect(asked).toEqual([]);
});

test('a client that leaves in the middle of its body is forgotten, and others are served', async () => {
  const { port, url, asked } = await listen();
  const socket = connect(port, '127.0.0.1');
  socket.write(
    `POST ${events} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"type":`,
  );
  socket.resume();
  socket.end();
  await new Promise((resolve) => socket.on('close', resolve));
  expect((await fetch(url + events, post('{"type":"step"}'))).status).toBe(200);
  expect(asked).toHaveLength(1);
});

test.each([
  ['what is not HTTP', 'hello\r\n\r\n', 400],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400],
  [
    'length and chunks',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a Host that is none', 'GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', 400],
  ['another expectation', 'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: tea\r\n\r\n', 400],
  ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 413],
])('%s is refused as a problem, and the server goes on', async (_, bytes, status) => {
  const { port, url } = await listen();
  const answer = await raw(port, bytes);
  expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(answer).toMatch(/content-type: application\/problem\+json/i);
  const problem = /\{.*\}/s.exec(answer)?.[0] ?? '';
  expect(JSON.parse(problem)).toMatchObject({ status });
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
});

test.each([
  ['headers', 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow'],
  [
    'body',
    `POST ${events} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${secret}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`,
  ],
])('a client that never ends its %s is not waited for', async (_, bytes) => {
  const { engine, asked } = handEngine();
  const options = { host: '127.0.0.1', port: 0, headersMs: 100, requestMs: 200 };
  const server = await serve(createApp(engine), options);
  servers.push(server);
  const answer = await raw(Number(new URL(server.url).port), bytes);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('took too long');
  expect(asked).toEqual([]);
});

test('the engine is told whether the caller sits on this machine', async () => {
  const { url, places } = await listen();
  const headers = { authorization: `Bearer ${secret}` };
  await fetch(`${url}/v1/me`, { headers });
  await fetch(`${url}/v1/me`, { headers: { ...headers, 'x-forwarded-for': '127.0.0.1' } });
  expect(places).toEqual([true, false]);
});

test('closing lets the request under way finish, and takes no more', async () => {
  const release = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const { url, server } = await listen({
    async postEvent() {
      reached.resolve();
      await release.promise;
      return { kind: 'done', value: moved };
    },
  });
  const under = fetch(url + events, post('{"type":"step"}'));
  await reached.promise;
  const closing = server.close();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  release.resolve();
  expect((await under).status).toBe(200);
  await closing;
  await server.close();
});

test('an address that is taken is an error, not a crash', async () => {
  const { port, engine } = await listen();
  await expect(serve(createApp(engine), { host: '127.0.0.1', port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
