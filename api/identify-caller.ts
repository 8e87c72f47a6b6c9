/**
 * Who sends a request under /v1: by a bearer key or token, else by the session that a browser carries. It decides
 * what counts as showing who one is; what they may do is the engine's.
 */
import type { HttpBindings } from '@hono/node-server';
import type { Caller, Engine, Refusal } from '../engine/index.ts';
import { callerIsLocal } from './caller-is-local.ts';
import { bearerSecret } from './headers.ts';
import { refuse } from './problems.ts';
import { checkOwnPage } from './sign-in/check-own-page.ts';
import type { SignIn } from './sign-in/open-sign-in.ts';

export interface Asking {
  readonly method: string;
  readonly headers: Headers;
  readonly incoming: HttpBindings['incoming'] | undefined;
  readonly request: string;
}

export type Identified = { readonly kind: 'caller'; readonly caller: Caller } | Refusal;

export async function identifyCaller(
  engine: Engine,
  signIn: SignIn | null,
  asking: Asking,
): Promise<Identified> {
  const authorization = asking.headers.get('authorization');
  if (authorization !== null || signIn === null) return byBearer(engine, signIn, authorization, asking);
  const secret = signIn.session.read(asking.headers.get('cookie'));
  return secret === null ? refuseNobody : bySession(engine, signIn, secret, asking);
}

async function byBearer(
  engine: Engine,
  signIn: SignIn | null,
  authorization: string | null,
  { incoming, request }: Asking,
): Promise<Identified> {
  const secret = bearerSecret(authorization);
  if (secret === null) return signIn === null ? refuseNoKey : refuseNobody;
  if (signIn !== null && jsonWebToken.test(secret)) return byJsonWebToken(engine, signIn, secret, request);
  const caller = await engine.authenticate(secret, request, callerIsLocal(incoming));
  return caller === null ? refuseUnknownKey : { kind: 'caller', caller };
}

/** Keys and tokens of our own hold no dot. */
const jsonWebToken = /^[\w-]+\.[\w-]*\.[\w-]*$/;

async function byJsonWebToken(
  engine: Engine,
  { provider }: SignIn,
  token: string,
  request: string,
): Promise<Identified> {
  const claims = await provider.readAccessToken(token);
  if (claims === null) return refuseToken;
  const { issuer, subject, scopes } = claims;
  const caller = await engine.authenticateAccount({ issuer, subject }, scopes, request);
  return caller === null ? refuseToken : { kind: 'caller', caller };
}

async function bySession(
  engine: Engine,
  signIn: SignIn,
  secret: string,
  { method, headers, request }: Asking,
): Promise<Identified> {
  if (method !== 'GET' && method !== 'HEAD') {
    const foreign = checkOwnPage(headers, signIn.options.origin);
    if (foreign !== null) return foreign;
  }
  const caller = await engine.authenticateSession(secret, request);
  return caller === null ? refuseOver : { kind: 'caller', caller };
}

const refuseNoKey = refuse(
  'unauthenticated',
  'The request carries no bearer key.',
  'Send the header Authorization: Bearer KEY.',
);
const refuseNobody = refuse(
  'unauthenticated',
  'The request carries no bearer key and no session.',
  'Sign in at /v1/sign-in, or send the header Authorization: Bearer KEY.',
);
const refuseUnknownKey = refuse(
  'unauthenticated',
  'The bearer key is unknown, expired, revoked, or not honoured from here.',
  'Ask for a new key; demonstration keys work on the machine of the server only.',
);
const refuseToken = refuse(
  'unauthenticated',
  'The token is not one of the identity provider for this server, has expired, or is that of no service or agent.',
  'Get a new one; people sign in at /v1/sign-in instead.',
);
const refuseOver = refuse(
  'unauthenticated',
  'Your session has ended, or your entry in the directory has.',
  'Sign in again at /v1/sign-in.',
);
