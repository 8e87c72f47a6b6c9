/** What lint says about a definition: stable code, place, and what to do. */
import Type, { type Static } from 'typebox';

/** Text of the file that another text takes the place of. */
export const TextEdit = Type.Object(
  {
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
    old: Type.String({ description: 'What stands there; empty where something is put in.' }),
    text: Type.String({ description: 'What takes its place.' }),
  },
  { additionalProperties: false },
);
export type TextEdit = Static<typeof TextEdit>;

export const Finding = Type.Object(
  {
    code: Type.String({ description: 'Stable: words joined by hyphens, such as unknown-target.' }),
    severity: Type.Union([Type.Literal('error'), Type.Literal('warning')]),
    message: Type.String({ description: 'A sentence that says what is wrong and what to do.' }),
    file: Type.String(),
    line: Type.Integer({ minimum: 1 }),
    column: Type.Integer({ minimum: 1 }),
    fix: Type.Optional(
      Type.Array(TextEdit, {
        minItems: 1,
        description:
          'Edits that mend it, where there is only one way to. None changes who decides, or on what.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type Finding = Static<typeof Finding>;
