/** What happens on entering and leaving a state, and on a transition. */
import Type, { type Static } from 'typebox';
import { closed, NAME, Value } from './text.ts';

/** Context fields to set, each to a value. All expressions see the context as it was before. */
export const Assignments = Type.Record(Type.String({ pattern: NAME }), Value, {
  ...closed,
  description: 'Context fields to set. Every expression sees the context as it was before.',
});
export type Assignments = Static<typeof Assignments>;

export const Action = Type.Object({ assign: Assignments }, closed);
export type Action = Static<typeof Action>;
export const Actions = Type.Union([Action, Type.Array(Action, { minItems: 1, maxItems: 20 })]);
