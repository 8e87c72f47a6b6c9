/** Calls an app as a client would, and holds each answer to the document. */
import type { App } from '../../../api/create-app.ts';
import { createApp } from '../../../api/create-app.ts';
import type { Engine } from '../../../engine/index.ts';
import type { Problem } from '../../../schemas/api/problem.ts';
import { checkDocumented } from './document-check.ts';
import { type Asked, handEngine, secret } from './hand-engine.ts';

export interface Sent {
  readonly headers?: Record<string, string>;
  /** A string goes as it is, anything else as JSON. */
  readonly body?: unknown;
  /** Without the bearer key. */
  readonly anonymous?: true;
}

export interface TestApp {
  readonly app: App;
  readonly asked: readonly Asked[];
  send(method: string, path: string, sent?: Sent): Promise<Response>;
  /** The same for an answer that is a problem. */
  refused(method: string, path: string, sent?: Sent): Promise<Problem & { headers: Headers }>;
}

export function testApp(overrides: Partial<Engine> = {}): TestApp {
  const { engine, asked } = handEngine(overrides);
  const app = createApp(engine);
  const send = async (method: string, path: string, sent: Sent = {}) => {
    const response = await app.request(path, requestOf(method, sent));
    await checkDocumented(method, path, response);
    return response;
  };
  return {
    app,
    asked,
    send,
    async refused(method, path, sent) {
      const response = await send(method, path, sent);
      if (response.headers.get('content-type') !== 'application/problem+json') {
        throw new Error(`${method} ${path} answered ${response.status}, not a problem`);
      }
      const problem = (await response.json()) as Problem;
      if (problem.status !== response.status)
        throw new Error('The problem tells another status than the answer.');
      return { ...problem, headers: response.headers };
    },
  };
}

export function requestOf(method: string, { headers = {}, body, anonymous }: Sent): RequestInit {
  const isText = typeof body === 'string' || body instanceof Uint8Array;
  return {
    method,
    headers: {
      ...(anonymous ? {} : { authorization: `Bearer ${secret}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  };
}
