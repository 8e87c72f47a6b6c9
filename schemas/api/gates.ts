/** Gates as reviewers see them over HTTP, and what they decide. */
import Type from 'typebox';
import { Meaning, Title } from '../process-definition.ts';
import { AnyObject, Cursor, closed, Hash, InstanceId, Limit, Next, Time } from './common.ts';
import { GivenFactor } from './factors.ts';
import { FieldFromAi, HeldProposal, OnBehalfOf } from './instances.ts';

export const Verdict = Type.Union([
  Type.Literal('approve'),
  Type.Literal('reject'),
  Type.Literal('return'),
  Type.Literal('abstain', { description: 'Present, and neither for nor against.' }),
  Type.Literal('recuse', {
    description: 'Steps back from this gate for good, and is no member of it any more.',
  }),
]);

/** As the record has it. */
export const RecordedVerdict = Type.Union([
  ...Verdict.anyOf,
  Type.Literal('sealed', { description: 'Voted in a secret ballot: that they did, not how.' }),
]);

const Choice = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description:
    'Digest of the proposal that you approve. Mandatory where several lie before the gate: exactly one is approved.',
});

export const DecisionBody = Type.Object(
  {
    verdict: Verdict,
    choice: Type.Optional(Choice),
    reason: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description: 'Mandatory on everything but a plain approval, and on that too for personnel.',
      }),
    ),
    mark: Type.Optional(
      Type.String({
        pattern: '^[0-9A-Za-z]{6,32}$',
        description:
          'Only in a secret ballot: letters or digits of your own, which stand beside the number of your ballot at the count. Take some that nobody else would.',
      }),
    ),
    factor: Type.Optional(GivenFactor),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  { ...closed, examples: [{ verdict: 'approve' }, { verdict: 'return', reason: 'Article 3 is missing.' }] },
);

export const ViewBody = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 20_000,
      description: 'What you think of the case, in your own words.',
    }),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  { ...closed, examples: [{ text: 'Đủ tiêu chuẩn; cần làm rõ thời gian công tác ở cơ sở.' }] },
);

const Words = (description: string) => Type.String({ minLength: 1, maxLength: 10_000, description });
const PersonId = Type.String({ pattern: '^person:[a-z0-9][a-z0-9.-]{0,99}$' });

export const CountBody = Type.Object(
  { onBehalfOf: Type.Optional(OnBehalfOf) },
  { ...closed, examples: [{}] },
);

export const ClaimBody = Type.Object({}, closed);
export const ReassignBody = Type.Object(
  { to: PersonId, reason: Words('Why they, and not who held it.') },
  closed,
);
export const AskBody = Type.Object({ from: PersonId, question: Words('What you want to know.') }, closed);
export const OpinionBody = Type.Object(
  { opinion: Words('Shown to the reviewers. It binds nobody.') },
  closed,
);

export const GateChallengeBody = Type.Object(
  {
    verdict: Verdict,
    choice: Type.Optional(Choice),
    reason: Type.Optional(Type.String({ minLength: 1, maxLength: 10_000 })),
  },
  {
    ...closed,
    description: 'The decision that you are about to sign.',
    examples: [{ verdict: 'approve' }],
  },
);

export const GatesQuery = Type.Object({ cursor: Type.Optional(Cursor), limit: Type.Optional(Limit) }, closed);

const Change = Type.Object(
  { name: Type.String(), before: Type.Unknown(), after: Type.Unknown() },
  { description: 'Null stands for what is not there.' },
);

export const DecisionList = Type.Object({
  items: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      time: Time,
      gate: Type.String(),
      opened: Type.Integer(),
      meaning: Type.String(),
      subject: Type.String({ description: 'One on another subject than the last of its opening is void.' }),
      principal: Type.String(),
      onBehalfOf: Type.Union([Type.String(), Type.Null()]),
      verdict: Type.String({ description: '`sealed` in a secret ballot.' }),
      choice: Type.Union([Hash, Type.Null()], {
        description: 'Digest of the proposal that was approved, where the decision named it.',
      }),
      reason: Type.Union([Type.String(), Type.Null()], {
        description: 'Null where none was given, it was destroyed, or it is withheld from you.',
      }),
      outcome: Type.Union([Type.String(), Type.Null()], {
        description: 'What it brought the gate to; null while the quorum was open.',
      }),
      chosen: Type.Union([Hash, Type.Null()], {
        description: 'Digest of the one of several proposals that it chose thereby.',
      }),
    }),
  ),
  counts: Type.Array(
    Type.Object({
      seq: Type.Integer(),
      time: Time,
      gate: Type.String(),
      opened: Type.Integer(),
      meaning: Type.String(),
      subject: Type.String(),
      principal: Type.String({ description: 'Who counted.' }),
      ballots: Type.Union(
        [
          Type.Array(
            Type.Object({
              number: Type.String({ description: 'Told to its voter alone, when they voted.' }),
              verdict: Verdict,
              choice: Type.Union([Hash, Type.Null()], {
                description: 'Digest of the proposal that it approves, of several.',
              }),
              mark: Type.Union([Type.String(), Type.Null()], {
                description: 'What its voter had put on it to know it by.',
              }),
              reason: Type.Union([Type.String(), Type.Null()]),
            }),
          ),
          Type.Null(),
        ],
        {
          description:
            'In the order of their numbers, which were drawn at random. Null where they were destroyed, or are withheld from you.',
        },
      ),
      approved: Type.Integer(),
      rejected: Type.Integer(),
      returned: Type.Integer(),
      abstained: Type.Integer(),
      struck: Type.Integer({
        description:
          'Approvals that do not count: one for each voter who was no member any more at the count.',
      }),
      outcome: Type.String(),
      chosen: Type.Union([Hash, Type.Null()], {
        description: 'Digest of the one of several proposals that was chosen.',
      }),
    }),
    { description: 'Counts of secret ballots.' },
  ),
  next: Type.Union([Type.Integer(), Type.Null()], { description: 'Send as `after` for the next page.' }),
});

const Alternative = Type.Object(
  {
    ...HeldProposal.properties,
    approvals: Type.Integer({ description: 'How many of the decisions so far are for it.' }),
  },
  { description: 'One of several proposals for one step. An AI made it.' },
);

export const GateView = Type.Object(
  {
    instance: InstanceId,
    process: Type.String(),
    definition: Hash,
    state: Type.String(),
    title: Type.Union([Title, Type.Null()]),
    meaning: Meaning,
    assurance: Type.Union(
      [Type.Literal('session'), Type.Literal('otp'), Type.Literal('passkey'), Type.Literal('certificate')],
      { description: 'What a decision here must come with: nothing more, or at least this kind of factor.' },
    ),
    opened: Type.Integer({
      description: 'Number of the entry that opened it: entered again, it is another gate.',
    }),
    openedAt: Time,
    dueAt: Type.Union([Time, Type.Null()], {
      description: 'When its reviewers are late; null where the process gives them no time.',
    }),
    overdue: Type.Union([
      Type.Object({
        since: Time,
        escalatedTo: Type.Array(Type.String(), {
          description: 'People who were told besides the reviewers. They gained no vote by it.',
        }),
        reminders: Type.Integer({ description: 'How often the reviewers were reminded since.' }),
        toldAt: Time,
      }),
      Type.Null(),
    ]),
    changed: Type.Union(
      [
        Type.Object({
          since: Type.Object({ seq: Type.Integer(), verdict: RecordedVerdict, time: Time }),
          fields: Type.Array(Change),
          proposal: Type.Array(Type.Object({ ...Change.properties, origin: Type.Literal('ai') }), {
            description: 'Of the proposal that is decided here: an AI made it.',
          }),
        }),
        Type.Null(),
      ],
      {
        description:
          'What is otherwise than when you decided here, for whoever has to decide anew. Null in a list, and where you never decided here.',
      },
    ),
    claim: Type.Union([Type.Object({ person: Type.String(), until: Time }), Type.Null()], {
      description: 'Who holds the gate. Where one decision is enough, those of the others wait until then.',
    }),
    opinions: Type.Array(
      Type.Object({
        askedBy: Type.String(),
        person: Type.String(),
        question: Type.String(),
        askedAt: Time,
        opinion: Type.Union([Type.String(), Type.Null()]),
        givenAt: Type.Union([Time, Type.Null()]),
      }),
      { description: 'What others were asked for. It binds nobody.' },
    ),
    told: Type.Array(Type.Union([Type.Literal('escalated'), Type.Literal('opinion')]), {
      description: 'Why it is in your inbox, besides that you may review there.',
    }),
    subject: Type.String({ description: 'Digest of what is decided here.' }),
    views: Type.Union(
      [Type.Array(Type.Object({ person: Type.String(), text: Type.String(), time: Time })), Type.Null()],
      {
        description: 'What reviewers thought before they saw the proposal; null where the gate asks nobody.',
      },
    ),
    proposal: Type.Union([HeldProposal, Type.Null()], {
      description:
        'Null where the gate binds none, where there are alternatives, and while it is withheld from you.',
    }),
    alternatives: Type.Union([Type.Array(Alternative), Type.Null()], {
      description:
        'Several proposals, of which an approval is for exactly one: send its digest as `choice`. Each reviewer sees them in another order. Null where there is nothing to choose, and while they are withheld from you.',
    }),
    withheld: Type.Union([Type.String(), Type.Null()], {
      description: 'Why the proposal, and what others said of it, is not shown to you yet.',
    }),
    context: AnyObject('The data of the instance.'),
    fromAi: Type.Array(FieldFromAi, { description: 'What of the data an AI made.' }),
    decisions: Type.Array(
      Type.Object({
        person: Type.String(),
        onBehalfOf: Type.Union([Type.String(), Type.Null()], {
          description: 'In whose seat; null: their own.',
        }),
        verdict: RecordedVerdict,
        choice: Type.Union([Hash, Type.Null()], {
          description: 'Digest of the one that was approved, of several.',
        }),
        reason: Type.Union([Type.String(), Type.Null()]),
        time: Time,
      }),
    ),
    ballot: Type.Union([Type.Literal('open'), Type.Literal('secret')]),
    count: Type.Union([Type.Object({ allowed: Type.Boolean(), why: Type.String() }), Type.Null()], {
      description: 'Of a secret ballot: whether you may count it now. Null where the ballot is open.',
    }),
    quorum: Type.Object({
      needed: Type.Integer({ description: 'Approvals that are needed, as the votes stand.' }),
      approved: Type.Integer({
        description: 'Of several alternatives: those for the one that has the most.',
      }),
      rejected: Type.Integer(),
      returned: Type.Integer(),
      abstained: Type.Integer(),
      recused: Type.Integer(),
      present: Type.Integer({ description: 'How many voted; who recused themself did not.' }),
      presentNeeded: Type.Integer({ description: 'How many must have voted before anything comes of it.' }),
      members: Type.Integer({ description: 'How many may decide here, present or not.' }),
      reachable: Type.Boolean({
        description: 'Whether those who have not voted could still bring it to an approval.',
      }),
    }),
    mayActFor: Type.Array(Type.String(), {
      description: 'In whose seats you may decide besides your own. Of several, say which: `onBehalfOf`.',
    }),
    allowed: Type.Boolean({ description: 'Whether you may decide here.' }),
    why: Type.String({ description: 'Why you may, or why you may not.' }),
  },
  { description: 'A human decision point. The ETag binds its opening and its subject.' },
);
export const GateList = Type.Object({ items: Type.Array(GateView), next: Next });
