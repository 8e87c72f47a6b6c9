/**
 * Talks to a running Countersign over HTTP, as any department's system would. It decides nothing:
 * a problem answered by the server becomes an error with the server's own sentences.
 */
import type { Json, JsonObject } from '../schemas/json.ts';
import { Failure } from './misuse.ts';

export interface ServerAddress {
  readonly url: string;
  readonly key: string;
}

export interface ServerAnswer {
  readonly status: number;
  readonly body: JsonObject;
  /** The body as it came, for what is no JSON. */
  readonly text: string;
  readonly etag: string | null;
}

export interface ServerRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: Json;
  /** Sent as it is, with its own media type, instead of JSON. */
  readonly text?: { readonly content: string; readonly type: string };
  readonly ifMatch?: string;
  readonly idempotencyKey?: string;
}

/** A refusal of the server: what it said, and what to do next. */
export class ServerRefusal extends Failure {
  readonly problem: JsonObject;
  readonly status: number;
  constructor(status: number, problem: JsonObject) {
    const sentences = [problem.detail ?? problem.title ?? `The server answered ${status}.`, problem.next];
    super(sentences.filter((sentence) => typeof sentence === 'string').join(' '));
    this.status = status;
    this.problem = problem;
  }
}

/** Nobody answers, or the connection broke before an answer came. */
export class ServerSilent extends Failure {}

/** Sends one request and gives the answer, whatever its status. */
export async function ask(
  { url, key }: ServerAddress,
  path: string,
  request: ServerRequest = {},
): Promise<ServerAnswer> {
  const headers: Record<string, string> = { authorization: `Bearer ${key}`, accept: 'application/json' };
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  if (request.text !== undefined) headers['content-type'] = request.text.type;
  if (request.ifMatch !== undefined) headers['if-match'] = request.ifMatch;
  if (request.idempotencyKey !== undefined) headers['idempotency-key'] = request.idempotencyKey;
  const body = request.text?.content ?? (request.body === undefined ? null : JSON.stringify(request.body));
  return reach(url, path, { method: request.method ?? 'GET', headers, body });
}

/** Sends one request and gives the body; a refusal is thrown. */
export async function request(
  address: ServerAddress,
  path: string,
  options: ServerRequest = {},
): Promise<JsonObject> {
  const answer = await ask(address, path, options);
  if (answer.status >= 400) throw new ServerRefusal(answer.status, answer.body);
  return answer.body;
}

async function reach(url: string, path: string, init: RequestInit): Promise<ServerAnswer> {
  try {
    const response = await fetch(new URL(path, url), init);
    const text = await response.text();
    return { status: response.status, body: asObject(text), text, etag: response.headers.get('etag') };
  } catch (error) {
    const cause =
      error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new ServerSilent(
      `No server answers at ${url} (${cause}). Start one with "countersign start", or name another with --url.`,
    );
  }
}

function asObject(text: string): JsonObject {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : { value: value as Json };
  } catch {
    return { detail: text.slice(0, 500) };
  }
}
