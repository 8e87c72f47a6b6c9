/**
 * The addresses of SCIM 2.0 under /scim/v2. They are described by RFC 7643 and 7644 and by what they tell of
 * themselves, not by the OpenAPI document; bodies and errors have the standard's form. Only keys and tokens are taken
 * here, no session: an identity provider is a service.
 */
import type { Engine } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { type ApiContext, refusalFor } from '../answer-request.ts';
import type { App } from '../create-app.ts';
import { identifyCaller } from '../identify-caller.ts';
import { describeError, type Logger } from '../log.ts';
import { parseJson } from '../parse-json.ts';
import { readBody } from '../read-body.ts';
import { requestId } from '../request-id.ts';
import { apiHeaders } from '../security-headers.ts';
import type { SignIn } from '../sign-in/open-sign-in.ts';
import { resourceTypes, schemaResources, serviceProviderConfig } from './discovery.ts';
import { problemBody, type ScimProblem, scimProblem, toScimProblem } from './scim-problem.ts';
import {
  createResource,
  listResources,
  patchResource,
  readResource,
  removeResource,
  replaceResource,
  type ScimAnswer,
  type ScimCall,
} from './scim-service.ts';

export const scimPath = '/scim/v2';
const maximumBytes = 1024 * 1024;

export function mountScim(app: App, engine: Engine, signIn: SignIn | null, log: Logger | undefined): void {
  app.all(`${scimPath}/*`, async (context) => {
    const startedAt = performance.now();
    const request = requestId(context.req.raw.headers.get('traceparent'));
    let answer: ScimAnswer;
    try {
      answer = await answerScim(engine, signIn, context, request);
    } catch (error) {
      log?.error({ request, error: describeError(error) }, 'a request failed');
      answer = toScimProblem(refusalFor(error));
    }
    const response = toResponse(answer, request);
    log?.info({
      ...{ request, method: context.req.method, route: scimPath, status: response.status },
      durationMs: Math.round((performance.now() - startedAt) * 100) / 100,
    });
    return response;
  });
}

async function answerScim(
  engine: Engine,
  signIn: SignIn | null,
  context: ApiContext,
  request: string,
): Promise<ScimAnswer> {
  const { raw } = context.req;
  const { headers } = raw;
  // A HEAD is answered as a GET whose body is not sent.
  const method = raw.method === 'HEAD' ? 'GET' : raw.method;
  const incoming = context.env?.incoming;
  if (headers.get('authorization') === null) return refuseNobody;
  const identified = await identifyCaller(engine, signIn, { method, headers, incoming, request });
  if (identified.kind === 'refusal') return toScimProblem(identified);
  const url = new URL(raw.url);
  const base = `${signIn?.options.origin ?? url.origin}${scimPath}`;
  const [kind = '', id, ...more] = url.pathname.slice(scimPath.length + 1).split('/');
  if (more.length > 0) return refuseAddress;
  const query = url.searchParams;
  if (new Set(query.keys()).size !== [...query.keys()].length)
    return scimProblem(400, 'invalidValue', 'A query parameter is given twice.');
  if (kind !== 'Users' && kind !== 'Groups')
    return method === 'GET'
      ? discover(kind, id, base)
      : isDiscovery(kind)
        ? refuseMethod('GET')
        : refuseAddress;
  const call: ScimCall = {
    ...{ engine, caller: identified.caller, base, kind, query },
    ifMatch: headers.get('if-match'),
    issuer: signIn?.options.issuer ?? null,
  };
  if (id !== undefined && !/^[a-z0-9][a-z0-9.-]{0,99}$/.test(id)) return refuseAddress;
  if (method === 'GET') return id === undefined ? listResources(call) : readResource(call, id);
  if (method === 'DELETE' && id !== undefined) return removeResource(call, id);
  const isTaken = id === undefined ? method === 'POST' : method === 'PUT' || method === 'PATCH';
  if (!isTaken) return refuseMethod(id === undefined ? 'GET, POST' : 'GET, PUT, PATCH, DELETE');
  const body = await readScimBody(raw, incoming);
  if (body.kind === 'scim-problem') return body;
  if (id === undefined) return createResource(call, body.value);
  return method === 'PUT' ? replaceResource(call, id, body.value) : patchResource(call, id, body.value);
}

const isDiscovery = (kind: string) => ['ServiceProviderConfig', 'ResourceTypes', 'Schemas'].includes(kind);

function discover(kind: string, id: string | undefined, base: string): ScimAnswer {
  if (kind === 'ServiceProviderConfig' && id === undefined)
    return { kind: 'answer', status: 200, body: serviceProviderConfig(base) };
  const list =
    kind === 'Schemas' ? schemaResources(base) : kind === 'ResourceTypes' ? resourceTypes(base) : [];
  if (list.length === 0) return refuseAddress;
  if (id === undefined) {
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
    const counts = { totalResults: list.length, startIndex: 1, itemsPerPage: list.length };
    return { kind: 'answer', status: 200, body: { schemas, ...counts, Resources: list } };
  }
  const found = list.find((one) => one.id === id.replaceAll(/%3a/gi, ':'));
  return found === undefined ? refuseAddress : { kind: 'answer', status: 200, body: found };
}

async function readScimBody(
  request: Request,
  incoming: Parameters<typeof readBody>[1],
): Promise<{ readonly kind: 'body'; readonly value: JsonObject } | ScimProblem> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const encoding = request.headers.get('content-encoding') ?? 'identity';
  if (!['application/scim+json', 'application/json'].includes(type) || encoding !== 'identity')
    return scimProblem(415, null, 'The body must be application/scim+json in UTF-8, not compressed.');
  const read = await readBody(request, incoming, maximumBytes);
  if (read.kind === 'refusal') return toScimProblem(read);
  const parsed = parseJson(read.text);
  if (parsed.kind === 'malformed') {
    const place = `line ${parsed.line}, column ${parsed.column}`;
    return scimProblem(
      400,
      'invalidSyntax',
      `The body is not acceptable JSON: ${parsed.message}, at ${place}.`,
    );
  }
  const value: Json = parsed.value;
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return scimProblem(400, 'invalidSyntax', 'The body must be an object.');
  return { kind: 'body', value: value as JsonObject };
}

function toResponse(answer: ScimAnswer, request: string): Response {
  if (answer.kind === 'nothing') return new Response(null, { status: 204, headers: apiHeaders(request) });
  const type = 'application/scim+json';
  if (answer.kind === 'scim-problem') {
    const challenge = answer.status === 401 ? { 'www-authenticate': 'Bearer realm="countersign"' } : {};
    return new Response(problemBody(answer), {
      status: answer.status,
      headers: apiHeaders(request, type, {
        ...challenge,
        ...(answer.allow === undefined ? {} : { allow: answer.allow }),
      }),
    });
  }
  const { meta } = answer.body as {
    readonly meta?: { readonly version?: string; readonly location?: string };
  };
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: apiHeaders(request, type, {
      ...(meta?.version === undefined ? {} : { etag: meta.version }),
      ...(answer.status !== 201 || meta?.location === undefined ? {} : { location: meta.location }),
    }),
  });
}

const refuseNobody = scimProblem(401, null, 'Send the header Authorization: Bearer KEY.');
const refuseAddress = scimProblem(404, null, 'There is nothing at this address.');
const refuseMethod = (allow: string): ScimProblem => ({
  ...scimProblem(405, null, `This address takes ${allow}.`),
  allow,
});
