/** What happens on entering and leaving a state, and on a transition. */
import Type, { type Static } from 'typebox';
import { DocumentWork } from './document.ts';
import { type DocumentActionName, documentActions } from './document-operations.ts';
import { Send } from './message.ts';
import { closed, NAME, Value } from './text.ts';

/** Context fields to set, each to a value. All expressions see the context as it was before. */
export const Assignments = Type.Record(Type.String({ pattern: NAME }), Value, {
  ...closed,
  description: 'Context fields to set. Every expression sees the context as it was before.',
});
export type Assignments = Static<typeof Assignments>;

type DocumentMembers = { [Name in DocumentActionName]: Type.TOptional<typeof DocumentWork> };

const effectFields = {
  send: Type.Optional(Send),
  ...(Object.fromEntries(
    Object.entries(documentActions).map(([name, { description }]) => [
      name,
      Type.Optional(Type.Object(DocumentWork.properties, { ...closed, description })),
    ]),
  ) as DocumentMembers),
};

/** One thing that reaches beyond the context of the instance: a message, or an action on a document. */
export const Effect = Type.Object(effectFields, {
  ...closed,
  minProperties: 1,
  maxProperties: 1,
  description: 'One message to send, or one action on a document.',
});
export type Effect = Static<typeof Effect>;

// Both stand in very many places; written out in each, the schema would be ten times as long.
const effectRef = Type.Unsafe<Effect>({ $ref: '#/$defs/Effect' });
export const Effects = Type.Union([effectRef, Type.Array(effectRef, { minItems: 1, maxItems: 20 })]);

/** One thing to do: fields to set, a message to send, or an action on a document. */
export const Action = Type.Object(
  { assign: Type.Optional(Assignments), ...effectFields },
  {
    ...closed,
    minProperties: 1,
    maxProperties: 1,
    description: 'One thing to do: fields to set, a message to send, or an action on a document.',
  },
);
export type Action = Static<typeof Action>;
const actionRef = Type.Unsafe<Action>({ $ref: '#/$defs/Action' });
export const Actions = Type.Union([actionRef, Type.Array(actionRef, { minItems: 1, maxItems: 20 })]);
