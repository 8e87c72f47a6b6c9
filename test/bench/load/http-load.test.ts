import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type HttpLoad, type LoadRequest, runHttpLoad } from '../../../bench/load/http-load.ts';
import { dealRequests } from '../../../bench/load/http-side.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function loadOn(listener: RequestListener, load: Partial<HttpLoad> = {}): Promise<HttpLoad> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    connections: [[post('/a'), post('/b')], [post('/c')]],
    idempotencyKeys: false,
    warmUpSeconds: 0,
    seconds: 30,
    maxRequests: 50,
    ...load,
  };
}

function post(path: string): LoadRequest {
  return { method: 'POST', path, headers: { 'x-test': 'yes' }, body: `{"to":"${path}","đ":1}` };
}

test('the load stops at its bounded count and every answer is counted once', async () => {
  const seen: string[] = [];
  const load = await loadOn((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.headers['x-test']} ${body}`);
      response.end('{}');
    });
  });
  const answer = await runHttpLoad(load);
  expect(answer.requests).toBe(50);
  expect(seen).toHaveLength(50);
  expect(new Set(seen)).toEqual(new Set(['/a', '/b', '/c'].map((path) => `POST yes {"to":"${path}","đ":1}`)));
  expect(answer.p99Ms).toBeGreaterThanOrEqual(answer.p50Ms);
});

test('each keyed request carries an idempotency key of its own', async () => {
  const keys = new Set<string>();
  const load = await loadOn(
    (request, response) => {
      keys.add(String(request.headers['idempotency-key']));
      request.resume().on('end', () => response.end());
    },
    { idempotencyKeys: true },
  );
  await runHttpLoad(load);
  expect(keys.size).toBe(50);
});

test('an answer that is no success ends the load and is told', async () => {
  const load = await loadOn((request, response) => {
    request.resume().on('end', () => response.writeHead(403).end('not allowed here'));
  });
  await expect(runHttpLoad(load)).rejects.toThrow('403 not allowed here');
});

test('a server that closes the connection ends the load and is told', async () => {
  const load = await loadOn((request) => request.socket.destroy());
  await expect(runHttpLoad(load)).rejects.toThrow('The load met a failure');
});

test('no two connections are dealt the same request', () => {
  const dealt = dealRequests(['/a', '/b', '/c', '/d', '/e'].map(post), 2);
  expect(dealt.map((requests) => requests.map(({ path }) => path))).toEqual([
    ['/a', '/c', '/e'],
    ['/b', '/d'],
  ]);
});

test('a server slower than the whole time there is has one answer a connection counted', async () => {
  const load = await loadOn((_, response) => void setTimeout(() => response.end('{}'), 60), {
    warmUpSeconds: 0.01,
    seconds: 0.01,
  });
  const { requests, perSecond } = await runHttpLoad(load);
  expect(requests).toBe(2);
  expect(perSecond).toBeLessThan(40);
});
