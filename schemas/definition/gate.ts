/** Human decision points: who decides, how many of them, and on what. */
import Type, { type Static } from 'typebox';
import { Assignments } from './action.ts';
import { Delay } from './delay.ts';
import { Allow } from './selector.ts';
import { closed, Duration, LegalBasis, NAME, Title } from './text.ts';
import { Target } from './transition.ts';

/** The three acts of Article 4.7. */
export const Meaning = Type.Union(
  [Type.Literal('consider'), Type.Literal('appraise'), Type.Literal('approve')],
  {
    description: 'The act of Article 4.7 this gate records: consider, appraise or approve.',
  },
);
export type Meaning = Static<typeof Meaning>;

const Share = Type.Union([
  Type.Integer({ minimum: 1, maximum: 1000 }),
  Type.Literal('more-than-half'),
  Type.Literal('two-thirds'),
  Type.Literal('all'),
]);

export const Quorum = Type.Object(
  {
    approve: Share,
    of: Type.Optional(
      Type.Union([Type.Literal('members'), Type.Literal('votes-cast')], {
        description:
          'What a share is of: members, all who may review, present or not; or votes-cast, which needs `present`. A decision on a person takes members.',
      }),
    ),
    present: Type.Optional(
      Type.Union(Share.anyOf, {
        description: 'How many members must have voted before the gate comes to an outcome.',
      }),
    ),
  },
  { ...closed, description: 'How many must approve. One, if left out.' },
);
export type Quorum = Static<typeof Quorum>;

/** What follows when a gate is overdue. Never an approval (P4). */
export const Overdue = Type.Object(
  {
    escalate: Type.Optional(
      Type.Union(Allow.anyOf, {
        description: 'Who is told of the delay as well. They gain no vote by it.',
      }),
    ),
    remind: Type.Optional(
      Type.Union(Delay.anyOf, {
        description: 'Whoever has not decided is reminded again after each such time.',
      }),
    ),
    target: Type.Optional(Target),
    assign: Type.Optional(Assignments),
    title: Type.Optional(Title),
    legalBasis: Type.Optional(LegalBasis),
  },
  {
    ...closed,
    minProperties: 1,
    description:
      'What follows when nobody decided in time. Silence is not consent: it never leads where approval leads.',
  },
);
export type Overdue = Static<typeof Overdue>;

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
      Type.Array(
        Type.Union([
          Type.Literal('initiator'),
          Type.Literal('proposer'),
          Type.Literal('subject'),
          Type.Literal('drafter', { description: 'Each person whose start or event changed the data.' }),
          Type.String({
            pattern: '^drafter:[A-Za-z][A-Za-z0-9_]{0,63}$',
            description: 'Each person whose start or event changed this field.',
          }),
          Type.String({
            pattern: '^gate:[A-Za-z][A-Za-z0-9_.-]{0,399}$',
            description: 'Each person who ever decided at this other gate of the case.',
          }),
        ]),
        {
          uniqueItems: true,
          maxItems: 100,
          description:
            'Who may not decide here, whatever roles they hold. The proposer and the subject never may.',
        },
      ),
    ),
    quorum: Type.Optional(Quorum),
    independentView: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'true: each reviewer says what they think of the case before they are shown the proposal, and decides only then.',
      }),
    ),
    due: Type.Optional(
      Type.Union(Delay.anyOf, {
        description: 'How long the reviewers have, from when the gate opens: P3D, or { workingDays: 3 }.',
      }),
    ),
    onOverdue: Type.Optional(Overdue),
    claim: Type.Optional({
      ...Duration,
      description: 'How long a reviewer who claims the gate holds it; PT4H, if left out.',
    }),
    reassign: Type.Optional(
      Type.Union(Allow.anyOf, {
        description:
          'Who may hand the gate to another of its reviewers. Left out: who answers for the case, and who was told that it is overdue.',
      }),
    ),
    ballot: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('secret')], {
        default: 'open',
        description: 'open: who voted how is told. secret: who voted is kept apart from how.',
      }),
    ),
    assurance: Type.Optional(
      Type.Union(
        [Type.Literal('session'), Type.Literal('otp'), Type.Literal('passkey'), Type.Literal('certificate')],
        {
          default: 'session',
          description:
            'How surely reviewers must be known when they decide: session (signed in), otp (a one-time password), passkey or certificate (they sign the decision).',
        },
      ),
    ),
  },
  closed,
);
export type Gate = Static<typeof Gate>;
