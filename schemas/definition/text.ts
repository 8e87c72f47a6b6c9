/** The forms that a value in a definition may have: names, titles, expressions, durations, schemas. */
import Type, { type Static } from 'typebox';

export const closed = { additionalProperties: false } as const;
export const NAME = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
export const EVENT_NAME = '^[A-Za-z][A-Za-z0-9_.-]{0,63}$';
export const DURATION = '^P(?=.)(\\d+W|(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?)$';

/** As a key of `after`: `3 working days`. */
export const WORKING_DAYS = '^[1-9]\\d{0,2} working days?$';

/** Text in the two languages of the screens. */
export const Title = Type.Object(
  {
    vi: Type.String({ minLength: 1, maxLength: 300 }),
    en: Type.String({ minLength: 1, maxLength: 300 }),
  },
  { ...closed, description: 'What people see, in Vietnamese and in English.' },
);
export type Title = Static<typeof Title>;

/** A CEL expression. Which names are in scope depends on its place. */
export const Expression = Type.String({
  minLength: 1,
  maxLength: 2000,
  description:
    'A CEL expression. In scope by place: context, event, initiator, actor, now, gate, proposal, documents, task, item.',
});

/** A fixed JSON scalar, or a CEL expression when it is a string. */
export const Value = Type.Union([Expression, Type.Number(), Type.Boolean(), Type.Null()], {
  description:
    "A fixed number, true, false or null; a string is a CEL expression ('text' needs its own quotes).",
});
export type Value = Static<typeof Value>;

/** An ISO 8601 duration of weeks, days, hours, minutes and seconds: P3D, PT10M. */
export const Duration = Type.String({
  pattern: DURATION,
  maxLength: 40,
  description: 'An ISO 8601 duration in weeks, days, hours, minutes and seconds, such as P3D or PT10M.',
});

/** A JSON Schema 2020-12 written inside a definition. Checked by `engine/definition`. */
export const EmbeddedSchema = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A JSON Schema 2020-12. `$ref` may only point inside the same schema.',
});

export const LegalBasis = Type.Array(
  Type.String({ pattern: '^[0-9A-Za-z-]+/[0-9A-Za-z.-]+$', maxLength: 80 }),
  {
    maxItems: 30,
    description: 'Articles this rests on, as law/article: 379/4.7 is Article 4.7 of Regulation 379-QĐ/TW.',
  },
);
