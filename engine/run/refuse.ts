import type { ProblemCode } from '../../schemas/problem-codes.ts';
import type { Refusal } from '../step/step.ts';

/** A refusal that the shell decides by itself: a whole sentence on why, and one on what to do next. */
export function refuse(code: ProblemCode, message: string, next: string): Refusal {
  return { kind: 'refusal', code, message, next, considered: [] };
}

export const refuseUnavailable = () =>
  refuse(
    'unavailable',
    'The database cannot be reached, so it is not known whether this took effect.',
    'Send the same request again with the same Idempotency-Key: it takes effect once at most.',
  );

/** Of what only a person does, whose key, session or factor ended between its being shown and its being committed. */
export const refuseWhoeverLeft = () =>
  refuse(
    'unauthenticated',
    'What you came with, or showed for this, no longer counts: it has ended or was removed a moment ago.',
    'Sign in again, or show another factor, and do it once more: nothing was changed.',
  );

export const refuseUnknownInstance = (instance: string) =>
  refuse(
    'not-found',
    `There is no instance ${instance} that you may see.`,
    'Check the id, or ask whoever answers for the process to give you a part in it.',
  );

export const refuseUnknownDefinition = (wanted: string) =>
  refuse(
    'definition-unknown',
    `No definition ${wanted} is deployed.`,
    'List the definitions that are, or deploy this one first.',
  );
