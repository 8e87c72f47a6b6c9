/** A refusal as HTTP tells it (RFC 9457), with the closed code and what to do next. */
import Type, { type Static } from 'typebox';
import { Finding } from '../finding.ts';
import { problemCodes } from '../problem-codes.ts';
import { AnyJson } from './common.ts';

export const Considered = Type.Object(
  {
    transition: Type.String({ description: 'Id of a transition of the definition.' }),
    from: Type.String({ description: 'The state it leaves.' }),
    position: Type.Object({ line: Type.Integer(), column: Type.Integer() }),
    reason: Type.Union([
      Type.Literal('forbidden'),
      Type.Literal('not-allowed'),
      Type.Literal('bad-input'),
      Type.Literal('guard-failed'),
      Type.Literal('expression-failed'),
    ]),
    detail: AnyJson,
  },
  { description: 'A transition that was looked at, and why it was not taken.' },
);

export const Issue = Type.Object({
  at: Type.String({ description: 'JSON Pointer into the value; empty for the whole.' }),
  message: Type.String(),
});

export const Problem = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', description: '/problems/CODE: a page that explains it.' }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String({ description: 'Why, in a whole sentence.' }),
    code: Type.Enum([...problemCodes], { description: 'From a closed list; stable.' }),
    next: Type.String({ description: 'What to do next.' }),
    request: Type.String({ description: 'Id of this request, as in the X-Request-Id header.' }),
    considered: Type.Optional(Type.Array(Considered)),
    issues: Type.Optional(Type.Array(Issue)),
    findings: Type.Optional(Type.Array(Finding)),
    factors: Type.Optional(
      Type.Array(Type.String(), { description: 'The kinds of factor that would do, weakest first.' }),
    ),
  },
  { description: 'A refusal (RFC 9457).' },
);
export type Problem = Static<typeof Problem>;
