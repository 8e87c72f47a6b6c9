/** Listens on a port, with bounds on what a slow or hostile client may take up, and closes gracefully. */
import { createServer, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { getRequestListener } from '@hono/node-server';
import type { Refusal } from '../engine/index.ts';
import type { App } from './create-app.ts';
import { problemText, refuse, statusOf } from './problems.ts';
import { requestId } from './request-id.ts';
import { apiHeaders } from './security-headers.ts';

export interface ServeOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** How long a client may take over its headers, and over its whole request. */
  readonly headersMs?: number;
  readonly requestMs?: number;
  /** How long `close` waits for requests under way before it cuts them off. */
  readonly graceMs?: number;
}

export interface Serving {
  /** http://HOST:PORT, with the port it really has. */
  readonly url: string;
  /** Takes no more connections, lets requests under way finish, and resolves when all are gone. */
  close(): Promise<void>;
}

const maximumHeaderBytes = 16 * 1024;

/** Rejects when the address cannot be listened on. */
export async function serve(app: App, options: ServeOptions): Promise<Serving> {
  const { host, port, headersMs = 10_000, requestMs = 30_000, graceMs = 10_000 } = options;
  const listener = getRequestListener((request, env) => app.fetch(request, env as never), {
    hostname: host,
    errorHandler: () => badRequest(),
  });
  const bounds = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.ceil(headersMs / 5),
    keepAliveTimeout: 65_000,
    maxHeaderSize: maximumHeaderBytes,
    // Node would answer this one itself, without a body; the listener below says what is missing.
    requireHostHeader: false,
  };
  const server = createServer(bounds, (incoming, response) => {
    if (incoming.headers.host === undefined) answerProblem(response, withoutHost);
    else void listener(incoming, response);
  });
  server.on('clientError', answerBrokenHttp);
  server.on('checkExpectation', (_, response) => answerProblem(response, unknownExpectation));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port: listening } = server.address() as AddressInfo;
  const shownHost = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shownHost}:${listening}`, close: () => closeServer(server, graceMs) };
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return;
  // A connection whose last request has just ended idles until its keep-alive runs out, so look again.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(sweep);
  clearTimeout(cutOff);
}

const brokenRequest = refuse(
  'bad-request',
  'The request is not well-formed HTTP.',
  'Correct the address and the headers.',
);
const withoutHost = refuse(
  'bad-request',
  'The request has no Host header.',
  'Send Host, as HTTP/1.1 asks for.',
);
const unknownExpectation = refuse(
  'bad-request',
  'The header Expect asks for something that is not known here.',
  'Leave Expect out, or send 100-continue.',
);
const brokenBy: { readonly [code: string]: Refusal } = {
  HPE_HEADER_OVERFLOW: refuse(
    'too-large',
    `The headers are larger than the ${maximumHeaderBytes} bytes that are read here.`,
    'Send fewer or shorter headers.',
  ),
  ERR_HTTP_REQUEST_TIMEOUT: refuse(
    'bad-request',
    'The request took too long to arrive.',
    'Send it faster, or in smaller parts.',
  ),
};

/** An address or Host that no URL can be made of. */
function badRequest(): Response {
  const request = requestId(null);
  return new Response(problemText(brokenRequest, request), {
    status: statusOf(brokenRequest.code),
    headers: apiHeaders(request, 'application/problem+json'),
  });
}

/** Answers for Node where it would send a status alone, and ends the connection. */
function answerProblem(response: ServerResponse, refusal: Refusal): void {
  const request = requestId(null);
  const headers = apiHeaders(request, 'application/problem+json', { connection: 'close' });
  response.writeHead(statusOf(refusal.code), headers).end(problemText(refusal, request));
}

/** What Node's parser gave up on never reaches the app; it is told in the same form all the same. */
function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const refusal = brokenBy[error.code ?? ''] ?? brokenRequest;
  const status = statusOf(refusal.code);
  const request = requestId(null);
  const body = problemText(refusal, request);
  const headers = apiHeaders(request, 'application/problem+json', {
    connection: 'close',
    'content-length': String(Buffer.byteLength(body)),
  });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`);
}
