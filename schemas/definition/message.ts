/** Messages between processes: what they carry, and how the right instance is found. */
import Type, { type Static } from 'typebox';
import { closed, Duration, EmbeddedSchema, Expression, NAME, Title, Value } from './text.ts';

/** A message this process sends or takes. */
export const Message = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    keys: Type.Record(Type.String({ pattern: NAME }), Expression, {
      ...closed,
      minProperties: 1,
      description:
        'What an instance is found by: it takes a message where each of these gives what the sender gave.',
    }),
    input: Type.Optional(EmbeddedSchema),
    timeToLive: Type.Optional(Duration),
  },
  closed,
);
export type Message = Static<typeof Message>;

/** Sends a message. It leaves with the commit of the step, once. */
export const Send = Type.Object(
  {
    message: Type.String({ pattern: NAME, description: 'The message, declared under `messages`.' }),
    keys: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Value, {
        ...closed,
        description: 'What the receiver is found by. Left out: the same as for this instance.',
      }),
    ),
    input: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Value, { ...closed, description: 'What it carries.' }),
    ),
  },
  closed,
);
export type Send = Static<typeof Send>;
