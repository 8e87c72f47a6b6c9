/** What lint says about a definition: stable code, place, and what to do. */
import Type, { type Static } from 'typebox';

export const Finding = Type.Object(
  {
    code: Type.String({ description: 'Stable: words joined by hyphens, such as unknown-target.' }),
    severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
    message: Type.String({ description: 'A sentence that says what is wrong and what to do.' }),
    file: Type.String(),
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
  },
  { additionalProperties: false },
);
export type Finding = Static<typeof Finding>;
