/** The whole way: HTTP, the API, a real engine and a real database. Every answer is held to the document. */
import { createApp } from '../../../api/create-app.ts';
import { serve } from '../../../api/serve.ts';
import type { Scope } from '../../../engine/index.ts';
import { addKey, scopesByKind } from '../../../engine/run/manage-keys.ts';
import type { StepUp } from '../../../engine/run/step-up.ts';
import type { JsonObject } from '../../../schemas/json.ts';
import { openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { checkDocumented } from './document-check.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly etag: string;
  /** WWW-Authenticate. */
  readonly challenge: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes, and checkDocumented has checked them.
  readonly body: any;
}

export interface Sending {
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly yaml?: string;
}

/** Somebody with a key. */
export type Client = (method: string, path: string, sending?: Sending) => Promise<HttpAnswer>;

export interface HttpHouse {
  readonly house: TestHouse;
  readonly url: string;
  /** A client with a key of this principal; with every scope its kind may have unless told otherwise. */
  client(principal: string, scopes?: readonly Scope[]): Promise<Client>;
  clientWithSecret(secret: string): Client;
  secretOf(principal: string, scopes?: readonly Scope[], demonstration?: boolean): Promise<string>;
  close(): Promise<void>;
}

export async function openHttpHouse(stepUp?: StepUp): Promise<HttpHouse> {
  const house = await openTestHouse([], stepUp);
  const server = await serve(createApp(house.engine), { host: '127.0.0.1', port: 0, graceMs: 2000 });
  const secretOf = async (principal: string, scopes?: readonly Scope[], demonstration = false) => {
    const { id, kind } = house.as(principal).principal;
    const wanted = { principal: id, scopes: scopes ?? scopesByKind[kind], expiresAt: null, demonstration };
    return (await addKey(house, wanted)).secret;
  };
  const clientWithSecret =
    (secret: string): Client =>
    (method, path, sending = {}) =>
      send(server.url, secret, method, path, sending);
  return {
    house,
    url: server.url,
    secretOf,
    clientWithSecret,
    client: async (principal, scopes) => clientWithSecret(await secretOf(principal, scopes)),
    async close() {
      await server.close();
      await house.close();
    },
  };
}

async function send(
  url: string,
  secret: string,
  method: string,
  path: string,
  sending: Sending,
): Promise<HttpAnswer> {
  const { headers = {}, body, yaml } = sending;
  const type = yaml === undefined ? 'application/json' : 'application/yaml';
  const content = yaml ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${secret}`,
      ...(content === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(content === undefined ? {} : { body: content }),
  });
  await checkDocumented(method, path, response);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  const parsed: JsonObject | string = isJson ? JSON.parse(text) : text;
  const challenge = response.headers.get('www-authenticate') ?? '';
  return { status: response.status, etag: response.headers.get('etag') ?? '', challenge, body: parsed };
}
