/**
 * POST /v1/token: OAuth client credentials (RFC 6749, 4.4) for services and agents. The client's id is that of a
 * principal or of its key, its secret the key itself. Requests and errors have the form of that standard, since
 * OAuth libraries speak it.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Engine } from '../../engine/index.ts';
import { callerIsLocal } from '../caller-is-local.ts';
import { readBody } from '../read-body.ts';

export interface TokenAnswer {
  readonly status: 200 | 400 | 401;
  readonly body: { readonly [member: string]: string | number };
  readonly headers: { readonly [name: string]: string };
}

const maximumBytes = 10_000;

export async function answerToken(
  engine: Engine,
  request: Request,
  incoming: HttpBindings['incoming'] | undefined,
): Promise<TokenAnswer> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return refuse('invalid_request', 'The body must be application/x-www-form-urlencoded.');
  }
  const read = await readBody(request, incoming, maximumBytes);
  if (read.kind === 'refusal') return refuse('invalid_request', 'The body is too large, or not UTF-8.');
  const form = new URLSearchParams(read.text);
  for (const name of form.keys()) {
    if (form.getAll(name).length > 1) return refuse('invalid_request', 'A parameter is given twice.');
  }
  const grant = form.get('grant_type');
  if (grant === null) return refuse('invalid_request', 'There is no grant_type.');
  if (grant !== 'client_credentials') {
    return refuse('unsupported_grant_type', 'Only client_credentials is granted here.');
  }
  const client = clientOf(request.headers.get('authorization'), form);
  if (client === null) return refuseClient;
  const scope = form.get('scope');
  if (scope !== null && !/^[a-z ]{1,500}$/.test(scope))
    return refuse('invalid_scope', 'There is no such scope.');
  const scopes = scope === null ? null : [...new Set(scope.split(' ').filter((one) => one !== ''))];
  const answer = await engine.issueAccessToken({ ...client, scopes }, callerIsLocal(incoming));
  if (answer.kind === 'refusal') {
    if (answer.code === 'unauthenticated') return refuseClient;
    return refuse(answer.code === 'bad-input' ? 'invalid_scope' : 'unauthorized_client', answer.message);
  }
  const { secret, expiresInSeconds, scopes: granted } = answer.value;
  return {
    status: 200,
    headers: {},
    body: {
      access_token: secret,
      token_type: 'Bearer',
      expires_in: expiresInSeconds,
      scope: granted.join(' '),
    },
  };
}

/** From the header or the form, and never from both (RFC 6749, 2.3). */
function clientOf(
  authorization: string | null,
  form: URLSearchParams,
): { readonly client: string; readonly secret: string } | null {
  const [id, secret] = [form.get('client_id'), form.get('client_secret')];
  if (authorization === null) return id === null || secret === null ? null : { client: id, secret };
  const encoded = /^basic +([A-Za-z0-9+/]{1,2000}={0,2}) *$/i.exec(authorization)?.[1];
  if (encoded === undefined || secret !== null) return null;
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const [client, password] = [decoded(pair.slice(0, colon)), decoded(pair.slice(colon + 1))];
  if (colon === -1 || client === null || password === null || (id !== null && id !== client)) return null;
  return { client, secret: password };
}

/** Both are form-encoded before they are joined. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function refuse(error: string, description: string): TokenAnswer {
  return { status: 400, headers: {}, body: { error, error_description: description } };
}

const refuseClient: TokenAnswer = {
  status: 401,
  headers: { 'www-authenticate': 'Basic realm="countersign"' },
  body: {
    error: 'invalid_client',
    error_description:
      'There is no client of this id with this secret. client_id is the id of a service or an agent, or of its key; client_secret is the key.',
  },
};
