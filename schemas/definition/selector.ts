/** Who may do something, by role, unit, position, body, principal or expression. */
import Type, { type Static } from 'typebox';
import { closed, Expression } from './text.ts';

const OneOrMore = Type.Union([
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 50 }),
]);

const BodyId = Type.String({ pattern: '^body:[a-z0-9][a-z0-9-]{0,99}$' });

/** Who: every condition that is present must hold; a list of values means any of them. */
export const Selector = Type.Object(
  {
    role: Type.Optional(OneOrMore),
    unit: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'A unit (unit:name), or a CEL expression that gives one, such as initiator.unit.',
      }),
    ),
    subunits: Type.Optional(
      Type.Literal(true, { description: 'With `unit`: the units beneath it count as it does.' }),
    ),
    position: Type.Optional(OneOrMore),
    body: Type.Optional(
      Type.Union([BodyId, Type.Array(BodyId, { minItems: 1, maxItems: 50 })], {
        description: 'A body of the directory, such as body:standing-committee: whoever sits in it.',
      }),
    ),
    principal: Type.Optional(OneOrMore),
    initiator: Type.Optional(Type.Literal(true, { description: 'Whoever started the instance.' })),
    expression: Type.Optional(Expression),
  },
  { ...closed, minProperties: 1, description: 'Who. Every condition present must hold.' },
);
export type Selector = Static<typeof Selector>;

/** One selector, or several of which any may hold. Absent means nobody. */
export const Allow = Type.Union([Selector, Type.Array(Selector, { minItems: 1, maxItems: 20 })]);
export type Allow = Static<typeof Allow>;
