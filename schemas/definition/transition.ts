/** Where a state may lead, and what follows on the way. */
import Type, { type Static } from 'typebox';
import { Assignments, Effects } from './action.ts';
import { Allow } from './selector.ts';
import { closed, EmbeddedSchema, Expression, LegalBasis, Title } from './text.ts';

export const Target = Type.String({
  minLength: 1,
  maxLength: 400,
  description: 'A sibling state (name), a child (.name), a path (name.child) or an id (#id).',
});

const transitionFields = {
  target: Type.Optional(Target),
  guard: Type.Optional(Expression),
  assign: Type.Optional(Assignments),
  actions: Type.Optional(Effects),
  reenter: Type.Optional(Type.Boolean()),
  title: Type.Optional(Title),
  legalBasis: Type.Optional(LegalBasis),
};

/** What an event may cause: who may send it, with what data, when, and what follows. */
export const EventTransition = Type.Object(
  {
    ...transitionFields,
    allow: Type.Optional(Allow),
    input: Type.Optional(EmbeddedSchema),
  },
  closed,
);
export type EventTransition = Static<typeof EventTransition>;

/** What follows by itself: always, after, onDone, onError and gate outcomes. Nobody sends these. */
export const PlainTransition = Type.Object(transitionFields, closed);
export type PlainTransition = Static<typeof PlainTransition>;

export const PlainTransitions = Type.Union([
  Target,
  PlainTransition,
  Type.Array(PlainTransition, { minItems: 1, maxItems: 50 }),
]);
export const EventTransitions = Type.Union([
  Type.Null({ description: 'Forbidden here, whatever an ancestor says.' }),
  EventTransition,
  Type.Array(EventTransition, { minItems: 1, maxItems: 50 }),
]);
