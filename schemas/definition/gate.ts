/** Human decision points: who decides, how many of them, and on what. */
import Type, { type Static } from 'typebox';
import { Allow } from './selector.ts';
import { closed, NAME } from './text.ts';

/** The three acts of Article 4.7. */
export const Meaning = Type.Union(
  [Type.Literal('consider'), Type.Literal('appraise'), Type.Literal('approve')],
  {
    description: 'The act of Article 4.7 this gate records: consider, appraise or approve.',
  },
);
export type Meaning = Static<typeof Meaning>;

export const Quorum = Type.Object(
  {
    approve: Type.Union([
      Type.Integer({ minimum: 1, maximum: 1000 }),
      Type.Literal('more-than-half'),
      Type.Literal('two-thirds'),
      Type.Literal('all'),
    ]),
    of: Type.Optional(
      Type.Literal('members', { description: 'All who may review, present or not. Needed for a share.' }),
    ),
  },
  { ...closed, description: 'How many must approve. One, if left out.' },
);
export type Quorum = Static<typeof Quorum>;

/** A human decision point. Only people decide here. */
export const Gate = Type.Object(
  {
    binds: Type.Optional(
      Type.String({
        pattern: NAME,
        description: 'The kind of decision (under `decisions`) whose proposal is decided here.',
      }),
    ),
    meaning: Meaning,
    reviewers: Allow,
    exclude: Type.Optional(
      Type.Array(Type.Union([Type.Literal('initiator'), Type.Literal('proposer'), Type.Literal('subject')]), {
        uniqueItems: true,
        description:
          'Who may not decide here, whatever roles they hold. The proposer and the subject never may.',
      }),
    ),
    quorum: Type.Optional(Quorum),
  },
  closed,
);
export type Gate = Static<typeof Gate>;
