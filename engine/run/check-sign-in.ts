/** Whether a sign-in is recent enough for what is wanted (RFC 9470). A key is no sign-in: it is not asked. */
import type { Refusal } from '../step/step.ts';
import type { Caller } from './engine-contract.ts';

export function checkRecentSignIn(caller: Caller, nowMs: number, maxAgeSeconds: number): Refusal | null {
  const { session } = caller;
  if (session === undefined) return null;
  const { authenticatedAt } = session;
  if (authenticatedAt !== null && nowMs - Date.parse(authenticatedAt) <= maxAgeSeconds * 1000) return null;
  const when = authenticatedAt === null ? 'at a time that is not known' : `at ${authenticatedAt}`;
  return {
    kind: 'refusal',
    code: 'sign-in-stale',
    message: `You signed in ${when}; this needs a sign-in of the last ${maxAgeSeconds} seconds.`,
    next: `Sign in again at /v1/sign-in?max_age=${maxAgeSeconds}, and send the same request once more.`,
    considered: [],
    maxAgeSeconds,
  };
}
