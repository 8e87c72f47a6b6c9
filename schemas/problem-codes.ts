/**
 * The closed list of reasons Countersign refuses for, across core, shell, API and CLI.
 * `api/problems.ts` alone maps them to HTTP statuses.
 */
export const problemCodes = [
  // Decided by the pure core.
  'not-allowed', // no rule lets this principal do it
  'people-only', // P3: a service or an agent where only people decide
  'own-proposal', // P3: proposer, subject or excluded initiator
  'already-claimed', // another agent, or another claim, holds the request for a proposal; or another reviewer the gate
  'already-decided', // one person counts once
  'already-proposed', // one agent, and one operator, proposes once for one request
  'not-possible-here', // no active state takes this event
  'reserved-event', // xstate.* and countersign.* never come from outside
  'guard-failed',
  'bad-input', // data does not fit the declared schema
  'stale', // what was seen has changed, or the gate, request or timer is another one by now
  'finished', // the instance has ended
  'reason-required',
  'assurance-required', // the gate demands more of its reviewers than being signed in
  'view-required', // the gate asks for the reviewer's own view before the proposal is shown
  'not-countersigned', // P2: an effect of an unapproved proposal
  'nobody-responsible', // Article 27.2b: no start without a responsible person
  'expression-failed',
  'paused', // a control: nothing is taken from an AI here now
  'stopped', // a control: nothing moves here now
  // Decided by the shell and at the border.
  'unauthenticated',
  'factor-refused', // a code or a signature that is wrong, used, or of nobody
  'too-many-attempts', // wrong codes: wait
  'sign-in-stale', // signed in too long ago for this
  'sign-in-refused', // the identity provider vouched for nobody whom the directory knows, or for nothing at all
  'cross-site', // a browser sent it for another site
  'not-found',
  'gone', // the opening of a gate that a link leads to is over, or the reader has decided there
  'bad-request', // malformed body, header, parameter or cursor
  'too-large',
  'unsupported-media-type',
  'method-not-allowed',
  'precondition-required', // If-Match missing where a decision needs it
  'idempotency-conflict', // the same key with another body
  'definition-refused', // lint findings
  'directory-refused', // findings, too
  'definition-unknown',
  'conflict', // kept losing races; try again
  'unavailable', // the database is away; nothing was lost
  'internal',
] as const;
export type ProblemCode = (typeof problemCodes)[number];
