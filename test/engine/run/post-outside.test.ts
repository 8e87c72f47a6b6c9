/** An address that somebody else chose may answer whatever it likes, or nothing: the call comes to an end. */
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { readNetworks } from '../../../engine/run/outside-addresses.ts';
import { type Patience, postOutside } from '../../../engine/run/post-outside.ts';

const here = readNetworks(['127.0.0.0/8']) as NonNullable<ReturnType<typeof readNetworks>>;
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

/** The address of one that answers this to anything; null hangs up, and the empty text says nothing at all. */
async function answering(text: string | null): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => (text === null ? socket.end() : socket.write(text)));
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
}

const post = (address: string, patience: Patience = {}) =>
  postOutside(address, { headers: { 'x-one': 'two' }, body: '{}' }, here, patience);

test.each([
  ['HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', { kind: 'answered', status: 200 }],
  ['HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\nand so on', { kind: 'answered', status: 200 }],
  [
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    { kind: 'answered', status: 101 },
  ],
  ['nonsense\r\n\r\n', { kind: 'failed', why: expect.any(String) }],
  [`HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}\r\n\r\n`, { kind: 'failed', why: expect.any(String) }],
  [null, { kind: 'failed', why: expect.any(String) }],
])('whatever is answered, the call is over: %j', async (text, expected) => {
  expect(await post(await answering(text))).toEqual(expected);
});

test('no answer is waited for longer than is allowed, nor one that never stops beginning', async () => {
  for (const text of ['', 'HTTP/1.1 100 Continue\r\n\r\n'])
    expect(await post(await answering(text), { answerWithinMs: 20 })).toEqual({
      kind: 'failed',
      why: 'no answer came in time',
    });
});

test('whoever shuts down waits for nobody', async () => {
  const leaving = new AbortController();
  const posted = post(await answering(''), { signal: leaving.signal });
  leaving.abort();
  expect(await posted).toMatchObject({ kind: 'failed', why: expect.stringContaining('shut down') });
  expect(await post(await answering(''), { signal: leaving.signal })).toMatchObject({ kind: 'failed' });
});

test('P9: a name and password in an address are sent to nobody', async () => {
  const address = await answering('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
  expect(await post(address.replace('http://', 'http://one:two@'))).toMatchObject({
    kind: 'failed',
    why: expect.stringContaining('password'),
  });
});
