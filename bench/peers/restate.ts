/** Restate as a side of the comparison: calls of one virtual object's handler over its HTTP ingress. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { AtEnd } from '../clean-up.ts';
import type { LoadRequest } from '../load/http-load.ts';
import type { RestateSetup } from './restate-worker.ts';
import { startWorkerProcess } from './worker-process.ts';

export interface RestateIngress {
  readonly host: string;
  readonly port: number;
  /** A call for one object, by its key. */
  toRequest(key: string): LoadRequest;
}

/** `folder`: where the server's data may lie, on a real disk. */
export async function startRestate(folder: string, atEnd: AtEnd): Promise<RestateIngress> {
  const data = await mkdtemp(join(folder, 'restate-'));
  atEnd(() => rm(data, { recursive: true, force: true }));
  const [ingressPort, adminPort, nodePort] = await findFreePorts();
  const setup: RestateSetup = { folder: data, ingressPort, adminPort, nodePort };
  await startWorkerProcess('./restate-worker.ts', setup, atEnd);
  return {
    host: '127.0.0.1',
    port: ingressPort,
    toRequest: (key) => ({ method: 'POST', path: `/toggle/${key}/flip`, headers: {}, body: '' }),
  };
}

/** Ports nobody uses at this moment; all three are open at once, so that they differ. */
async function findFreePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()] as const;
  const [first, second, third] = servers;
  const ports = [await listen(first), await listen(second), await listen(third)] satisfies number[];
  for (const server of servers) server.close();
  const [ingress = 0, admin = 0, node = 0] = ports;
  return [ingress, admin, node];
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
