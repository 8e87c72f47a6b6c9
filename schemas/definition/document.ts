/** The documents a process works on, each by a name of its own. */
import Type, { type Static } from 'typebox';
import { closed, Duration, NAME, Title, Value } from './text.ts';

/** A document of the process. */
export const DocumentDeclaration = Type.Object(
  {
    title: Type.Optional(Title),
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    register: Type.Optional(
      Type.String({ pattern: NAME, description: 'The register its number comes from.' }),
    ),
    retention: Type.Optional(
      Type.Union([Duration, Type.Literal('permanent')], {
        description: 'How long it is kept after it was archived (Article 20.1): a duration, or permanent.',
      }),
    ),
  },
  closed,
);
export type DocumentDeclaration = Static<typeof DocumentDeclaration>;

export const documentName = Type.String({
  pattern: NAME,
  description: 'The document meant, declared under `documents`. Left out: the only one there is.',
});

/** What a `document.…` action is given. */
export const DocumentWork = Type.Object(
  {
    document: Type.Optional(documentName),
    input: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Value, { ...closed, description: 'What it is given.' }),
    ),
  },
  closed,
);
export type DocumentWork = Static<typeof DocumentWork>;
