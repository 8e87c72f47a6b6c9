/**
 * Where a browser begins to sign in and comes back to. Both answer people: with a redirect, or with a page that says
 * what went wrong. A sign-in that somebody else began (login CSRF) or that has ended before opens no session.
 */
import type { Engine, Refusal } from '../../engine/index.ts';
import { refuse } from '../problems.ts';
import type { SignIn } from './open-sign-in.ts';
import { returnPath } from './return-path.ts';
import { newTransactionId, transactionSeconds } from './sign-in-transaction.ts';

export interface Redirect {
  readonly kind: 'redirect';
  readonly address: string;
  readonly cookies: readonly string[];
}

const longestAgeSeconds = 30 * 24 * 3600;

/** GET /v1/sign-in */
export async function beginSignIn(
  { provider, seal, underWay, options }: SignIn,
  query: URLSearchParams,
): Promise<Redirect | Refusal> {
  for (const name of query.keys()) {
    if (!['return_to', 'max_age'].includes(name) || query.getAll(name).length > 1)
      return refuseParameter(name);
  }
  const returnTo = returnPath(query.get('return_to') ?? '/', options.origin);
  if (returnTo === null) return refuseReturn;
  const age = query.get('max_age');
  if (age !== null && (!/^\d{1,7}$/.test(age) || Number(age) > longestAgeSeconds)) return refuseAge;
  const maxAgeSeconds = age === null ? null : Number(age);
  const begun = await provider.begin(newTransactionId(), returnTo, maxAgeSeconds);
  return {
    kind: 'redirect',
    address: begun.address.href,
    cookies: [underWay.set(await seal.seal(begun.transaction), transactionSeconds)],
  };
}

/** GET /v1/sign-in/callback */
export async function endSignIn(
  engine: Engine,
  { provider, seal, session, underWay }: SignIn,
  query: string,
  cookies: string | null,
): Promise<Redirect | Refusal> {
  const sealed = underWay.read(cookies);
  const transaction = sealed === null ? null : await seal.open(sealed);
  if (transaction === null) return refuseUnknown;
  const { state } = transaction;
  if (new URLSearchParams(query).get('state') !== state) return refuseForeign;
  const came = await provider.complete(transaction, query);
  if (came.kind === 'not-vouched') return refuseNotVouched(came.why);
  const { issuer, subject, acr, amr, authenticatedAt } = came;
  const answer = await engine.openSession({
    ...{ issuer, subject, acr, amr, authenticatedAt },
    signIn: transaction.id,
    replaces: session.read(cookies),
  });
  if (answer.kind === 'refusal') return answer;
  return {
    kind: 'redirect',
    address: transaction.returnTo,
    cookies: [session.set(answer.value.secret)],
  };
}

const again = 'Begin again at /v1/sign-in.';

const refuseNotVouched = (why: string) => refuse('sign-in-refused', `You are not signed in: ${why}.`, again);
const refuseUnknown = refuse(
  'sign-in-refused',
  'This browser has no sign-in under way, or it took longer than ten minutes.',
  again,
);
const refuseForeign = refuse(
  'sign-in-refused',
  'This is the end of another sign-in than the one that this browser began.',
  again,
);
const refuseReturn = refuse(
  'bad-request',
  'return_to must be a path of this server, such as /docs.',
  'Leave the scheme and the host out.',
);
const refuseAge = refuse(
  'bad-request',
  `max_age must be a whole number of seconds up to ${longestAgeSeconds}.`,
  'Leave it out, and any sign-in does.',
);
const refuseParameter = (name: string) =>
  refuse(
    'bad-request',
    `The parameter ${JSON.stringify(name.slice(0, 40))} is not taken here, or is given twice.`,
    'There are return_to and max_age, each once.',
  );
