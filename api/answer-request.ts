/**
 * The way of every request under /v1: authenticate, read and bound the body,
 * check its shape, hand it to the engine, answer. It decides nothing about who may do what; the engine does.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import { type Engine, LedgerUnavailable, type Refusal } from '../engine/index.ts';
import type { Json } from '../schemas/json.ts';
import { bodyHash } from './body-hash.ts';
import { type CheckShape, compileShape } from './check-shape.ts';
import { idempotencyKey, seenTag } from './headers.ts';
import { identifyCaller } from './identify-caller.ts';
import { describeError, type Logger } from './log.ts';
import { acceptsMediaType } from './media-type.ts';
import { parseJson } from './parse-json.ts';
import { type AnyRefusal, problemText, refuse, statusOf } from './problems.ts';
import { ClientGone, readBody } from './read-body.ts';
import { compileQuery, type ReadQuery } from './read-query.ts';
import { requestId } from './request-id.ts';
import type { Call, NoContent, PathParameter, Reply, Route } from './route.ts';
import { apiHeaders } from './security-headers.ts';
import { ProviderUnavailable } from './sign-in/identity-provider.ts';
import type { SignIn } from './sign-in/open-sign-in.ts';

export type ApiContext = Context<{ Bindings: Partial<HttpBindings> }>;

/** Bytes of a body that are read at most. */
export const maximumBodyBytes = 1024 * 1024;

/** Serves one route. Everything that can be prepared is prepared here, once. */
export function answerRequest(
  engine: Engine,
  route: Route,
  log: Logger | undefined,
  signIn: SignIn | null = null,
): (context: ApiContext) => Promise<Response> {
  const server: PreparedRoute = {
    engine,
    route,
    signIn,
    readQuery: compileQuery(route.query),
    checkBody:
      route.body?.kind === 'json' ? compileShape(route.body.schema, 'The body', route.body.misfit) : null,
    parameterNames: [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name as PathParameter),
  };
  return async (context) => {
    const startedAt = performance.now();
    const request = requestId(context.req.raw.headers.get('traceparent'));
    let principal: string | undefined;
    let outcome: Reply<unknown> | NoContent | AnyRefusal;
    try {
      const call = await prepareCall(server, context, request);
      if (call.kind === 'call') principal = call.call.caller.principal.id;
      outcome = call.kind === 'call' ? await route.handle(call.call) : call;
    } catch (error) {
      if (!(error instanceof ClientGone))
        log?.error({ request, error: describeError(error) }, 'a request failed');
      outcome = refusalFor(error);
    }
    const response = toResponse(outcome, route.success, request);
    log?.info({
      request,
      method: route.method,
      route: route.path,
      status: response.status,
      code: outcome.kind === 'refusal' ? outcome.code : undefined,
      principal,
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
    });
    return response;
  };
}

interface PreparedRoute {
  readonly engine: Engine;
  readonly signIn: SignIn | null;
  readonly route: Route;
  readonly readQuery: ReadQuery;
  readonly checkBody: CheckShape | null;
  readonly parameterNames: readonly PathParameter[];
}

type PreparedCall = { readonly kind: 'call'; readonly call: Call<unknown, never> } | Refusal;

/** Who it is comes first: a stranger makes us parse nothing. */
async function prepareCall(
  server: PreparedRoute,
  context: ApiContext,
  request: string,
): Promise<PreparedCall> {
  const { engine, route, signIn } = server;
  const { raw } = context.req;
  const { headers } = raw;
  const incoming = context.env?.incoming;

  const { method } = route;
  const identified = await identifyCaller(engine, signIn, { method, headers, incoming, request });
  if (identified.kind === 'refusal') return identified;
  const { caller } = identified;

  const parameters: { [name in PathParameter]: string } = { ...noParameters };
  for (const name of server.parameterNames) {
    const value = context.req.param(name) ?? '';
    if (!parameterPatterns[name].test(value)) return refuseAddress;
    parameters[name] = value;
  }
  const query = server.readQuery(raw.url);
  if (query.kind === 'refusal') return query;

  const key = headers.get('idempotency-key');
  const match = headers.get('if-match');
  if (route.method !== 'GET') {
    if (key !== null && route.idempotent === undefined) return refuseIdempotencyKey;
    if (match !== null && route.ifMatch === undefined) return refuseIfMatch;
  }
  const seen = match === null || route.ifMatch === undefined ? null : seenTag(match);
  if (seen?.kind === 'refusal') return seen;
  const idempotency = key === null || route.idempotent === undefined ? null : idempotencyKey(key);
  if (idempotency?.kind === 'refusal') return idempotency;

  const body = await prepareBody(server, raw, incoming);
  if (body.kind === 'refusal') return body;
  return {
    kind: 'call',
    call: {
      engine,
      caller,
      signIn,
      parameters,
      query: query.values as never,
      body: body.value,
      seen,
      idempotency:
        idempotency === null
          ? null
          : {
              key: idempotency.key,
              bodyHash: bodyHash(route.method, context.req.path, match, body.value ?? null),
            },
    },
  };
}

type PreparedBody = { readonly kind: 'body'; readonly value: Json | undefined } | Refusal;

async function prepareBody(
  { route, checkBody }: PreparedRoute,
  request: Request,
  incoming: HttpBindings['incoming'] | undefined,
): Promise<PreparedBody> {
  if (route.body === undefined) return noBody;
  const mayBeEmpty = route.body.kind === 'json' && route.body.mayBeEmpty === true;
  const mediaType = acceptsMediaType(request.headers, route.body.kind);
  if (mediaType !== null && !mayBeEmpty) return mediaType;
  const read = await readBody(request, incoming, maximumBodyBytes);
  if (read.kind === 'refusal') return read;
  if (read.text === '' && mayBeEmpty) return noBody;
  if (mediaType !== null) return mediaType;
  if (checkBody === null) return { kind: 'body', value: read.text };
  const parsed = parseJson(read.text);
  if (parsed.kind === 'malformed') {
    const place = `line ${parsed.line}, column ${parsed.column}`;
    return refuse(
      'bad-request',
      `The body is not acceptable JSON: ${parsed.message}, at ${place}.`,
      'Correct it there.',
    );
  }
  return checkBody(parsed.value) ?? { kind: 'body', value: parsed.value };
}

export function toResponse(
  outcome: Reply<unknown> | NoContent | AnyRefusal,
  success: { readonly status: number; readonly mediaType?: string },
  request: string,
): Response {
  if (outcome.kind === 'reply') {
    const isText = success.mediaType !== undefined && typeof outcome.body === 'string';
    return new Response(isText ? (outcome.body as string) : JSON.stringify(outcome.body), {
      status: success.status,
      headers: apiHeaders(request, success.mediaType ?? 'application/json', outcome.headers),
    });
  }
  if (outcome.kind === 'no-content') return new Response(null, { status: 204, headers: apiHeaders(request) });
  return new Response(problemText(outcome, request), {
    status: statusOf(outcome.code),
    headers: apiHeaders(request, 'application/problem+json', headersOf(outcome)),
  });
}

/** RFC 9470 names what would be enough; the other headers follow from the code alone. */
function headersOf({
  code,
  factors,
  maxAgeSeconds,
}: AnyRefusal): { readonly [name: string]: string } | undefined {
  if (factors === undefined && maxAgeSeconds === undefined) return headersByCode[code];
  const enough =
    factors === undefined ? `max_age=${maxAgeSeconds ?? 0}` : `acr_values="${factors.join(' ')}"`;
  return {
    'www-authenticate': `Bearer realm="countersign", error="insufficient_user_authentication", ${enough}`,
  };
}

/** Headers that a status must or should come with. */
const headersByCode: { readonly [code: string]: { readonly [name: string]: string } } = {
  unauthenticated: { 'www-authenticate': 'Bearer realm="countersign"' },
  unavailable: { 'retry-after': '1' },
  'too-many-attempts': { 'retry-after': '900' },
  // What is left of the body is not waited for.
  'too-large': { connection: 'close' },
};

export function refusalFor(error: unknown): Refusal {
  if (error instanceof LedgerUnavailable) {
    return refuse(
      'unavailable',
      'The database cannot be reached.',
      'Send the same request again, with the same Idempotency-Key if it had one.',
    );
  }
  if (error instanceof ProviderUnavailable) {
    return refuse(
      'unavailable',
      'The identity provider cannot be reached.',
      'Try again in a moment; if it stays so, tell whoever operates this server.',
    );
  }
  if (error instanceof ClientGone) {
    return refuse('bad-request', 'The connection ended before the body did.', 'Send the whole body.');
  }
  return refuse('internal', 'Countersign failed on this request.', 'Tell its operator the request id.');
}

const noParameters: { readonly [name in PathParameter]: string } = {
  hash: '',
  instance: '',
  state: '',
  opened: '',
  key: '',
  request: '',
  control: '',
  factor: '',
  session: '',
  entry: '',
};

/** Anything else names nothing that was ever stored, and stays away from the database. */
const parameterPatterns: { readonly [name in PathParameter]: RegExp } = {
  hash: /^[0-9a-f]{64}$/,
  instance: /^[A-Za-z0-9_-]{1,64}$/,
  state: /^[A-Za-z0-9_.-]{1,1000}$/,
  opened: /^[1-9]\d{0,8}$/,
  key: /^[A-Za-z0-9_-]{1,100}$/,
  control: /^[A-Za-z0-9_-]{1,64}$/,
  request: /^[A-Za-z0-9-]{1,64}\.[1-9]\d{0,8}\.[A-Za-z0-9_.-]{1,1000}$/,
  factor: /^[A-Za-z0-9_-]{1,100}$/,
  session: /^[A-Za-z0-9_-]{1,100}$/,
  entry: /^[a-z0-9][a-z0-9:.-]{0,109}$/,
};

const noBody: PreparedBody = { kind: 'body', value: undefined };
const refuseAddress = refuse(
  'not-found',
  'There is nothing at this address.',
  'Check the id in the address.',
);
const refuseIdempotencyKey = refuse(
  'bad-request',
  'Idempotency-Key is not taken here: repeating this request may do the same again.',
  'Leave the header out.',
);
const refuseIfMatch = refuse(
  'bad-request',
  'If-Match is not taken here: this request would not be held to what you saw.',
  'Leave the header out.',
);
