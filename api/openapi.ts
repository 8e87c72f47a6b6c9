/**
 * Writes the OpenAPI 3.1 document from the routes themselves. Its schemas are the JSON Schemas that
 * check requests, unchanged: 3.1 speaks JSON Schema 2020-12, so nothing is translated and nothing
 * can drift. What a route may refuse follows from its shape, besides the codes it names.
 */
import type { TObject, TSchema } from 'typebox';
import * as controls from '../schemas/api/controls.ts';
import * as definitions from '../schemas/api/definitions.ts';
import * as factors from '../schemas/api/factors.ts';
import * as gates from '../schemas/api/gates.ts';
import * as instances from '../schemas/api/instances.ts';
import * as keys from '../schemas/api/keys.ts';
import * as problem from '../schemas/api/problem.ts';
import * as proposals from '../schemas/api/proposals.ts';
import * as sessions from '../schemas/api/sessions.ts';
import { Entry } from '../schemas/entry.ts';
import { Finding } from '../schemas/finding.ts';
import type { Json, JsonObject } from '../schemas/json.ts';
import { type ProblemCode, problemCodes } from '../schemas/problem-codes.ts';
import { problems } from './problems.ts';
import type { OpenRoute, PathParameter, Route } from './route.ts';
import { allRoutes } from './routes/all-routes.ts';
import { serviceRoutes } from './routes/service.ts';
import { sessionCookie } from './sign-in/open-sign-in.ts';
import { signInOperations } from './sign-in/sign-in-operations.ts';

export function openApiDocument(version: string): JsonObject {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const route of [...allRoutes, ...serviceRoutes]) {
    const operations = paths[route.path] ?? {};
    operations[route.method.toLowerCase()] = operationOf(route);
    paths[route.path] = operations;
  }
  Object.assign(paths, signInOperations(problemResponses));
  paths['/v1/openapi.json'] = { get: documentOperation };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Countersign',
      version,
      description: about,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'This server.' }],
    tags: tags.map(([name, description]) => ({ name, description })),
    security: [{ key: [] }, { session: [] }, { token: [] }],
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key, issued by POST /v1/keys.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: `__Host-${sessionCookie}`,
          description:
            'The session of a person who signed in at /v1/sign-in. Requests that write must come from a page of this server.',
        },
        token: {
          type: 'oauth2',
          description: 'A short-lived token of a service or an agent.',
          flows: {
            clientCredentials: {
              tokenUrl: '/v1/token',
              scopes: Object.fromEntries(
                [...new Set([...allRoutes.flatMap(({ scope }) => scope ?? [])])].map((scope) => [
                  scope,
                  `What needs the scope ${scope}.`,
                ]),
              ),
            },
          },
        },
      },
      schemas: Object.fromEntries(named.map(([name, schema]) => [name, inlined(schema, name)])),
    },
  };
}

const about = [
  'Countersign runs document lifecycles and automated transactions. What an AI proposes takes effect only after authorised people approved exactly that, and every step is one entry on a record in which an altered entry is found.',
  'A request answered with success is durable. Send an Idempotency-Key with what moves an instance: the same request sent twice then has one effect. Refusals are problems (RFC 9457) with a code from a closed list, the reason, and what to do next. No GET ever changes anything, but for the end of a sign-in, which opens a session.',
  'A W3C `traceparent` header is honoured: its trace id becomes the id of the request, in the answer (`X-Request-Id`), the log and the record.',
].join('\n\n');

const tags = [
  ['Definitions', 'Process definitions: YAML state machines, checked and proven before they run.'],
  ['Instances', 'Cases under way: start, drive, find and read them.'],
  ['Gates', 'Human decision points.'],
  ['Proposals', 'What agents do: find a request, hold it for a while, hand in a proposal.'],
  ['Controls', 'Pausing, stopping and restarting: one person stops, two restart. And how reviewers decide.'],
  ['Directory', 'Who is who, and who acts for whom.'],
  ['Keys', 'Bearer keys for people, services and agents.'],
  ['Callbacks', 'Agents that are called when a request waits for them.'],
  ['Acts', 'What was done to the ledger itself: keys, sessions, directories, deployments.'],
  ['Factors', 'What people show at a decision itself: one-time codes, passkeys, certificates.'],
  ['Sign-in', 'How people sign in and out, and how services and agents get tokens.'],
  ['Service', 'For whoever operates the server.'],
] as const;

/** Schemas that stand under their own name; met anywhere else, they are referred to. */
const named: readonly (readonly [string, TSchema])[] = [
  ['Problem', problem.Problem],
  ['Considered', problem.Considered],
  ['Issue', problem.Issue],
  ['Finding', Finding],
  ['Entry', Entry],
  ['DeployedDefinition', definitions.DeployedDefinition],
  ['DefinitionSummary', definitions.DefinitionSummary],
  ['DefinitionList', definitions.DefinitionList],
  ['DefinitionDetail', definitions.DefinitionDetail],
  ['StartBody', instances.StartBody],
  ['EventBody', instances.EventBody],
  ['Moved', instances.Moved],
  ['HeldProposal', instances.HeldProposal],
  ['AiLabel', instances.AiLabel],
  ['FieldFromAi', instances.FieldFromAi],
  ['InstanceView', instances.InstanceView],
  ['InstanceSummary', instances.InstanceSummary],
  ['InstanceList', instances.InstanceList],
  ['RecordEntry', instances.RecordEntry],
  ['RecordList', instances.RecordList],
  ['DecisionBody', gates.DecisionBody],
  ['GivenFactor', factors.GivenFactor],
  ['Factor', factors.Factor],
  ['FactorList', factors.FactorList],
  ['BegunOtp', factors.BegunOtp],
  ['ViewBody', gates.ViewBody],
  ['Challenge', factors.Challenge],
  ['FactorChallenge', factors.FactorChallenge],
  ['GateView', gates.GateView],
  ['GateList', gates.GateList],
  ['ClaimBody', proposals.ClaimBody],
  ['ClaimedProposal', proposals.ClaimedProposal],
  ['RenewBody', proposals.RenewBody],
  ['ReleaseBody', proposals.ReleaseBody],
  ['Renewed', proposals.Renewed],
  ['Released', proposals.Released],
  ['RequestList', proposals.RequestList],
  ['ProposalBody', proposals.ProposalBody],
  ['ControlScope', controls.ControlScope],
  ['ControlBody', controls.ControlBody],
  ['LiftBody', controls.LiftBody],
  ['OverrideBody', controls.OverrideBody],
  ['Control', controls.Control],
  ['ControlList', controls.ControlList],
  ['IssueKeyBody', keys.IssueKeyBody],
  ['Key', keys.Key],
  ['KeyList', keys.KeyList],
  ['IssuedKey', keys.IssuedKey],
  ['Me', keys.Me],
  ['SignOutBody', sessions.SignOutBody],
  ['Session', sessions.Session],
  ['SessionList', sessions.SessionList],
  ['EndSessionsBody', sessions.EndSessionsBody],
  ['SignedOut', sessions.SignedOut],
  ['EndedSessions', sessions.EndedSessions],
];

const nameByText = new Map(named.map(([name, schema]) => [JSON.stringify(schema), name]));

/** The schema with every named schema inside it replaced by a reference, itself excepted. */
function inlined(schema: TSchema, self?: string): Json {
  const plain: Json = JSON.parse(JSON.stringify(schema));
  return withReferences(plain, self);
}

function withReferences(value: Json, self?: string): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => withReferences(item));
  const name = nameByText.get(JSON.stringify(value));
  if (name !== undefined && name !== self) return { $ref: `#/components/schemas/${name}` };
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withReferences(member)]));
}

function operationOf(route: Route | OpenRoute): JsonObject {
  const { operation, tag, summary, description } = route;
  const isOpen = !('scope' in route);
  const scope = isOpen || route.scope === null ? '' : `Needs a key with the scope \`${route.scope}\`.`;
  return {
    operationId: operation,
    tags: [tag],
    summary,
    description: [description, scope].filter(Boolean).join(' '),
    ...(isOpen ? { security: [] } : {}),
    ...(isOpen ? {} : withParameters(route)),
    ...(isOpen || route.body === undefined ? {} : { requestBody: requestBodyOf(route.body) }),
    responses: responsesOf(route),
  };
}

function withParameters(route: Route): JsonObject {
  const parameters = [
    ...[...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => pathParameters[name as PathParameter]),
    ...(route.query === undefined ? [] : queryParameters(route.query)),
    ...(route.ifMatch === undefined ? [] : [ifMatchParameter(route.ifMatch === 'required')]),
    ...(route.idempotent === undefined ? [] : [idempotencyParameter]),
  ];
  return { parameters };
}

const text = (description: string, name: string): JsonObject => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

const pathParameters: { readonly [name in PathParameter]: JsonObject } = {
  hash: { ...text('Hash of a definition.', 'hash'), schema: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
  instance: text('Id of an instance.', 'instance'),
  state: text('Id of a state with a gate: the path of its names joined by dots.', 'state'),
  opened: {
    ...text('Number of the entry that opened the gate.', 'opened'),
    schema: { type: 'string', pattern: '^[1-9][0-9]{0,8}$' },
  },
  key: text('Id of a key (not its secret).', 'key'),
  control: text('Id of a control.', 'control'),
  request: text('Names a request for a proposal, as the list of requests does.', 'request'),
  factor: text('Id of a factor.', 'factor'),
  session: text('Id of a session, as listed.', 'session'),
  entry: text('Name of an entry of the directory; of one without a name, what the list calls it.', 'entry'),
};

const idempotencyParameter: JsonObject = {
  name: 'Idempotency-Key',
  in: 'header',
  description:
    'The same key with the same request has one effect and one answer; with another request it is refused. A random UUID does. The answer is kept for 72 hours unless the server is set otherwise.',
  schema: { type: 'string', minLength: 1, maxLength: 200, pattern: '^[!-~]+$' },
};

function ifMatchParameter(required: boolean): JsonObject {
  return {
    name: 'If-Match',
    in: 'header',
    required,
    description: required
      ? 'The ETag of the gate as you read it: what you decide on.'
      : 'The ETag of the instance as you read it: refused when it has moved since.',
    schema: { type: 'string' },
  };
}

function queryParameters(query: TObject): JsonObject[] {
  const required = new Set<string>(query.required ?? []);
  const parameters = Object.entries(query.properties).map(([name, property]): JsonObject => {
    const schema = inlined(property) as JsonObject;
    const description = schema.description === undefined ? {} : { description: schema.description };
    return { name, in: 'query', ...(required.has(name) ? { required: true } : {}), ...description, schema };
  });
  const { patternProperties } = query as { patternProperties?: JsonObject };
  if (patternProperties === undefined) return parameters;
  const schema = { type: 'object', patternProperties, additionalProperties: false };
  const [pattern] = Object.values(patternProperties) as readonly JsonObject[];
  const description = pattern?.description ?? '';
  // An exploded object: each of its members is a parameter of its own, such as field.post=….
  return [...parameters, { name: 'fields', in: 'query', style: 'form', explode: true, description, schema }];
}

function requestBodyOf(body: NonNullable<Route['body']>): JsonObject {
  if (body.kind === 'json') {
    return {
      required: body.mayBeEmpty !== true,
      content: { 'application/json': { schema: inlined(body.schema) } },
    };
  }
  const yaml = { schema: { type: 'string' } };
  return {
    required: true,
    description: body.description,
    content: { 'application/yaml': yaml, 'text/yaml': yaml },
  };
}

function responsesOf(route: Route | OpenRoute): JsonObject {
  const { success } = route;
  const mediaType = ('mediaType' in success ? success.mediaType : undefined) ?? 'application/json';
  const headers = Object.entries(('headers' in success ? success.headers : undefined) ?? {});
  const responses: { [status: string]: Json } = {
    [success.status]: {
      description: success.description,
      headers: {
        ...requestIdHeader,
        ...Object.fromEntries(headers.map(([name, description]) => [name, headerOf(description)])),
      },
      content: { [mediaType.split(';')[0] ?? mediaType]: { schema: inlined(success.schema) } },
    },
  };
  if ('orNoContent' in success && success.orNoContent !== undefined) {
    responses['204'] = { description: success.orNoContent, headers: requestIdHeader };
  }
  return { ...responses, ...problemResponses(codesOf(route)) };
}

function problemResponses(codes: readonly ProblemCode[]): { [status: string]: Json } {
  const responses: { [status: string]: Json } = {};
  const codesByStatus = Map.groupBy(codes, (code) => problems[code].status);
  for (const [status, ofStatus] of [...codesByStatus].sort(([left], [right]) => left - right)) {
    responses[status] = {
      description: ofStatus.map((code) => `\`${code}\`: ${problems[code].meaning}`).join('\n\n'),
      headers: {
        ...requestIdHeader,
        ...(status === 401 ? { 'WWW-Authenticate': headerOf('Bearer.') } : {}),
        ...(status === 503 ? { 'Retry-After': headerOf('Seconds to wait.') } : {}),
      },
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return responses;
}

function headerOf(description: string): JsonObject {
  return { description, schema: { type: 'string' } };
}

const requestIdHeader = { 'X-Request-Id': headerOf('Id of this request, in the log and on the record.') };

/** Every code a route may refuse with, in the order of the closed list. */
function codesOf(route: Route | OpenRoute): readonly ProblemCode[] {
  const codes = new Set<ProblemCode>(route.refuses);
  if ('scope' in route) {
    for (const code of ['unauthenticated', 'bad-request', 'unavailable', 'internal'] as const)
      codes.add(code);
    if (route.scope !== null) codes.add('not-allowed');
    if (route.method !== 'GET') codes.add('cross-site');
    if (route.path.includes('{')) codes.add('not-found');
    if (route.body !== undefined) codes.add('too-large').add('unsupported-media-type');
    if (route.ifMatch !== undefined) codes.add('stale');
    if (route.ifMatch === 'required') codes.add('precondition-required');
    if (route.idempotent !== undefined) codes.add('idempotency-conflict');
  }
  return problemCodes.filter((code) => codes.has(code));
}

const documentOperation: JsonObject = {
  operationId: 'readDocument',
  tags: ['Service'],
  summary: 'This document',
  description: 'OpenAPI 3.1, written from the routes themselves.',
  security: [],
  responses: {
    '200': {
      description: 'The document.',
      headers: requestIdHeader,
      content: { 'application/json': { schema: { type: 'object' } } },
    },
  },
};
