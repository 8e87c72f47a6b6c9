/** The thread behind `runHttpLoad`: raw sockets, a clock, and a list of latencies. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { HttpLoad, LoadRecord, LoadRequest } from './http-load.ts';
import { readResponse } from './read-response.ts';

const load = workerData as HttpLoad;
const keyPrefix = randomUUID();
const latenciesMs: number[] = [];
let sent = 0;
let failure: string | null = null;

try {
  const sockets = await Promise.all(load.connections.map(openConnection));
  parentPort?.postMessage(await drive(sockets));
} catch (error) {
  failure = error instanceof Error ? error.message : String(error);
  const record: LoadRecord = { seconds: 0, latenciesMs: new Float64Array(), failure };
  parentPort?.postMessage(record);
}

async function openConnection(): Promise<Socket> {
  const socket = connect({ host: load.host, port: load.port, noDelay: true });
  await once(socket, 'connect');
  // latin1 keeps one character a byte, so lengths in the header count characters here.
  return socket.setEncoding('latin1');
}

/** Counts every request sent between warm-up and end, and takes the time until the last of them is answered. */
async function drive(sockets: readonly Socket[]): Promise<LoadRecord> {
  const measureFrom = performance.now() + load.warmUpSeconds * 1000;
  const end = measureFrom + load.seconds * 1000;
  await Promise.all(
    sockets.map((socket, index) => sendInTurn(socket, load.connections[index] ?? [], measureFrom, end)),
  );
  const seconds = (performance.now() - measureFrom) / 1000;
  return { seconds, latenciesMs: Float64Array.from(latenciesMs), failure };
}

/**
 * Sends one request after the other on one connection until the time or the count is used up, and one of them at
 * least after the warm-up: where an answer takes longer than the whole time there is, it is counted all the same.
 */
function sendInTurn(
  socket: Socket,
  requests: readonly LoadRequest[],
  measureFrom: number,
  end: number,
): Promise<void> {
  const prepared = requests.map(toBytesAroundKey);
  const { promise, resolve } = Promise.withResolvers<void>();
  let next = 0;
  let sentAt = 0;
  let received = '';
  let measured = false;

  function finish(): void {
    socket.removeAllListeners('close');
    socket.destroy();
    resolve();
  }

  function send(): void {
    const request = prepared[next++ % prepared.length];
    sentAt = performance.now();
    const isOver = sentAt >= end && measured;
    if (request === undefined || failure !== null || sent >= load.maxRequests || isOver) {
      finish();
      return;
    }
    sent++;
    measured ||= sentAt >= measureFrom;
    socket.write(
      load.idempotencyKeys ? `${request.before}${keyPrefix}-${sent}${request.after}` : request.whole,
      'latin1',
    );
  }

  socket.on('data', (chunk) => {
    received = received === '' ? String(chunk) : received + String(chunk);
    const response = readResponse(received);
    if (response === null) return;
    received = '';
    if (response.status < 200 || response.status > 299) {
      failure ??= `${response.status} ${response.body.slice(0, 500)}`;
    } else if (sentAt >= measureFrom) {
      latenciesMs.push(performance.now() - sentAt);
    }
    send();
  });
  socket.on('error', (error) => {
    failure ??= error.message;
    finish();
  });
  socket.on('close', () => {
    failure ??= 'The server closed a connection.';
    finish();
  });
  send();
  return promise;
}

/** The request as text, once whole and once parted where a fresh idempotency key goes. UTF-8 bytes, one a character. */
function toBytesAroundKey(request: LoadRequest): { whole: string; before: string; after: string } {
  const length = Buffer.byteLength(request.body);
  const lines = [
    `${request.method} ${request.path} HTTP/1.1`,
    `host: ${load.host}:${load.port}`,
    'connection: keep-alive',
    `content-length: ${length}`,
    ...Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`),
  ];
  const head = lines.join('\r\n');
  const tail = `\r\n\r\n${Buffer.from(request.body).toString('latin1')}`;
  return { whole: head + tail, before: `${head}\r\nidempotency-key: `, after: tail };
}
