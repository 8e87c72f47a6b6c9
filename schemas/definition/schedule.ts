/** When instances start by themselves. */
import Type, { type Static } from 'typebox';
import { closed, NAME, Title, Value } from './text.ts';

export const Schedule = Type.Object(
  {
    title: Type.Optional(Title),
    cron: Type.String({
      minLength: 9,
      maxLength: 120,
      description: 'Minute, hour, day of the month, month, day of the week: "0 7 * * 1" is Mondays at seven.',
    }),
    timeZone: Type.String({ maxLength: 60, description: 'The time zone it is read in: Asia/Ho_Chi_Minh.' }),
    as: Type.String({
      pattern: '^service:[A-Za-z0-9._-]{1,100}$',
      description: 'The service that starts them; `start` must allow it.',
    }),
    input: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Value, {
        ...closed,
        description: 'What the start carries. Expressions read `now` alone.',
      }),
    ),
  },
  closed,
);
export type Schedule = Static<typeof Schedule>;
