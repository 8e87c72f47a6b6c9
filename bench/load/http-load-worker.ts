/** The thread behind `runHttpLoad`: raw sockets, a clock, and a list of latencies. */
import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import type { HttpLoad, LoadRecord, LoadRequest } from './http-load.ts';
import { readResponse } from './read-response.ts';

const load = workerData as HttpLoad;
const keyPrefix = randomUUID();

const started = performance.now();
const measureFrom = started + load.warmUpSeconds * 1000;
const end = measureFrom + load.seconds * 1000;
const latenciesMs: number[] = [];
let sent = 0;
let lastAnswer = measureFrom;
let failure: string | null = null;

await Promise.all(load.connections.map(driveConnection));
const record: LoadRecord = {
  seconds: (lastAnswer - measureFrom) / 1000,
  latenciesMs: Float64Array.from(latenciesMs),
  failure,
};
parentPort?.postMessage(record);

/** Sends one request after the other on one connection until the time or the count is used up. */
function driveConnection(requests: readonly LoadRequest[]): Promise<void> {
  const prepared = requests.map(toBytesAroundKey);
  return new Promise((resolve) => {
    let next = 0;
    let sentAt = 0;
    let received = '';
    const socket = connect({ host: load.host, port: load.port, noDelay: true }, send);
    // latin1 keeps one character a byte, so lengths in the header count characters here.
    socket.setEncoding('latin1');

    function send(): void {
      const request = prepared[next++ % prepared.length];
      const isOver = failure !== null || sent >= load.maxRequests || performance.now() >= end;
      if (request === undefined || isOver) {
        finish(socket, resolve);
        return;
      }
      sent++;
      sentAt = performance.now();
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
      const now = performance.now();
      if (response.status < 200 || response.status > 299) {
        failure ??= `${response.status} ${response.body.slice(0, 500)}`;
      } else if (sentAt >= measureFrom && now <= end) {
        latenciesMs.push(now - sentAt);
        lastAnswer = Math.max(lastAnswer, now);
      }
      send();
    });
    socket.on('error', (error) => {
      failure ??= error.message;
      finish(socket, resolve);
    });
    socket.on('close', () => {
      if (performance.now() < end && sent < load.maxRequests) failure ??= 'The server closed a connection.';
      resolve();
    });
  });
}

function finish(socket: Socket, resolve: () => void): void {
  socket.removeAllListeners('close');
  socket.destroy();
  resolve();
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
