/** Bearer keys, and who a key stands for. */
import Type from 'typebox';
import { type Scope as ScopeName, scopes } from '../scopes.ts';
import { closed, Next, Time } from './common.ts';
import { OwnSession } from './sessions.ts';

export const Scope = Type.Unsafe<ScopeName>(
  Type.Union(
    scopes.map((scope) => Type.Literal(scope)),
    { description: 'What a key may be used for. It narrows; the rules of each process decide the rest.' },
  ),
);

export const IssueKeyBody = Type.Object(
  {
    principal: Type.String({
      minLength: 1,
      maxLength: 200,
      pattern: '^[!-~]+$',
      description: 'person:…, service:… or agent:…',
    }),
    scopes: Type.Array(Scope, { minItems: 1, maxItems: 20, uniqueItems: true }),
    expiresAt: Type.Optional(
      Type.Union(
        [
          Type.String({
            pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$',
            description: 'ISO 8601, UTC: 2030-01-31T00:00:00Z.',
          }),
          Type.Null(),
        ],
        { description: 'When it stops working; null or left out: when it is revoked.' },
      ),
    ),
  },
  { ...closed, examples: [{ principal: 'service:records', scopes: ['read', 'start', 'event'] }] },
);

const keyFields = {
  id: Type.String(),
  principal: Type.String(),
  scopes: Type.Array(Type.String()),
  createdAt: Time,
  expiresAt: Type.Union([Time, Type.Null()]),
  revokedAt: Type.Union([Time, Type.Null()]),
  demonstration: Type.Boolean({ description: 'Honoured on this machine only.' }),
};

export const Key = Type.Object(keyFields);
export const KeyList = Type.Object({ items: Type.Array(Key), next: Next });
export const IssuedKey = Type.Object(
  {
    ...keyFields,
    secret: Type.String({ description: 'The bearer secret. Shown this once, stored nowhere.' }),
  },
  { description: 'A new key, with its secret.' },
);

export const Me = Type.Object(
  {
    principal: Type.String(),
    kind: Type.Union([Type.Literal('person'), Type.Literal('service'), Type.Literal('agent')]),
    name: Type.String(),
    person: Type.String({ description: 'The natural person behind the account.' }),
    unit: Type.Union([Type.String(), Type.Null()]),
    roles: Type.Array(Type.String()),
    positions: Type.Array(Type.String()),
    scopes: Type.Array(Scope),
    authentication: Type.Array(Type.String()),
    session: OwnSession,
  },
  { description: 'Who you are to Countersign.' },
);
