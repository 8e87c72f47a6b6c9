/** The refusals of the pure core in words: why, and what to do next. */
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import type { ExpressionError, SchemaIssue } from '../definition/compiled-process.ts';
import type { FactorKind } from '../oversight/assurance.ts';
import type { Considered, Refusal } from './step.ts';

export function refuse(
  code: ProblemCode,
  message: string,
  next: string,
  more: { considered?: readonly Considered[]; issues?: readonly SchemaIssue[] } = {},
): Refusal {
  const { considered = [], issues } = more;
  return { kind: 'refusal', code, message, next, considered, ...(issues === undefined ? {} : { issues }) };
}

export function refuseInput(
  what: string,
  issues: readonly SchemaIssue[],
  considered: readonly Considered[] = [],
): Refusal {
  const first = issues[0];
  const where = first === undefined ? '' : `: ${first.at === '' ? '' : `${first.at} `}${first.message}`;
  return refuse(
    'bad-input',
    `${what} does not fit what the definition declares${where}.`,
    'Correct the data and send it again.',
    {
      considered,
      issues,
    },
  );
}

export function refuseExpression(
  { expression, message }: ExpressionError,
  considered: readonly Considered[] = [],
): Refusal {
  const { line, column } = expression.position;
  return refuse(
    'expression-failed',
    `An expression of the definition could not be evaluated (line ${line}, column ${column}): ${message}.`,
    'Nothing has changed. Ask the owner of the process to correct the definition, or send data that the expression can read.',
    { considered },
  );
}

export const refuseFinished = () =>
  refuse(
    'finished',
    'This instance has ended; nothing moves it any more.',
    'Read its record, or start a new instance.',
  );

export const refuseEngine = () =>
  refuse('not-allowed', 'Countersign itself only delivers timers.', 'Send this as a person or a service.');

export const refuseEndless = () =>
  refuse(
    'not-possible-here',
    'From here the definition goes from state to state without end.',
    'Nothing has changed. Ask the owner of the process to give its `always` transitions guards that come to an end.',
  );

export const refuseAssurance = (factors: readonly FactorKind[]): Refusal => ({
  ...refuse(
    'assurance-required',
    `At this gate a decision needs more than being signed in: ${factors.map((kind) => factorTitles[kind]).join(' or ')}, shown with the decision itself.`,
    'Send the decision again with `factor`. You enrol one under /v1/me/factors.',
  ),
  factors,
});

const factorTitles: { readonly [kind in FactorKind]: string } = {
  otp: 'a one-time code',
  passkey: 'a passkey',
  certificate: 'the signature of a certificate',
};

export const refuseCalendar = (why: string) =>
  refuse(
    'not-possible-here',
    `${why}.`,
    'Nothing has changed. Ask whoever runs the server for a release whose calendar goes further.',
  );
