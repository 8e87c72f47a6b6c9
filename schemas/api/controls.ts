/** The stop switch: what can be paused or stopped, and what stands now. */
import Type from 'typebox';
import { closed, Next, Time } from './common.ts';

const Name = (description: string) =>
  Type.String({ minLength: 1, maxLength: 400, pattern: '^[!-~]+$', description });
const process = Name('Id of a process. Every version of its definition is meant.');
const scope = <Members extends Record<string, ReturnType<typeof Name>>, Kind extends string>(
  kind: Kind,
  description: string,
  members: Members,
) => Type.Object({ kind: Type.Literal(kind, { description }), ...members }, closed);

export const ControlScope = Type.Union(
  [
    scope('everything', 'All there is.', {}),
    scope('process', 'Every instance of a process, and its starts.', { process }),
    scope('decision', 'Every instance in which a proposal of this kind was asked for.', {
      process,
      decision: Name('A kind of decision that the process declares.'),
    }),
    scope('step', 'Every instance that is in this AI step.', {
      process,
      state: Name('A state that asks an AI for a proposal.'),
    }),
    scope('agent', 'An AI agent, and every instance that holds a proposal of its.', {
      agent: Name('agent:…'),
    }),
    scope('instance', 'One instance.', { instance: Name('Id of an instance.') }),
  ],
  { description: 'What a control is for.' },
);

export const ControlMode = Type.Union(
  [
    Type.Literal('paused', {
      description: 'No request is handed to an AI, and no proposal is taken; people go on.',
    }),
    Type.Literal('stopped', {
      description: 'Nothing moves: no event, no decision, no timer. What comes due stays due.',
    }),
  ],
  { description: 'What it does.' },
);

const Reason = Type.String({
  minLength: 1,
  maxLength: 2000,
  pattern: '^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f]*$',
  description: 'Why. It stands on the record for good: name no person who need not be named.',
});

export const ControlBody = Type.Object(
  {
    scope: ControlScope,
    mode: ControlMode,
    reason: Reason,
    drill: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'An exercise: it holds back as any other, and the record says that it was one.',
      }),
    ),
  },
  {
    ...closed,
    examples: [
      {
        scope: { kind: 'agent', agent: 'agent:tro-ly-soan-thao' },
        mode: 'paused',
        reason: 'Its drafts quote decisions that do not exist.',
      },
    ],
  },
);

export const LiftBody = Type.Object(
  { reason: Reason },
  { ...closed, examples: [{ reason: 'The model was replaced and tried.' }] },
);

export const OverrideBody = Type.Object(
  {
    state: Name('The state that waits for a proposal.'),
    reason: Reason,
  },
  { ...closed, examples: [{ state: 'drafting', reason: 'The assistant is paused; the office drafts.' }] },
);

const controlFields = {
  id: Type.String(),
  scope: ControlScope,
  mode: ControlMode,
  drill: Type.Boolean(),
  reason: Type.String(),
  setBy: Type.String({ description: 'The person who set it.' }),
  setAt: Time,
  asked: Type.Union([Type.Object({ by: Type.String(), at: Time, reason: Type.String() }), Type.Null()], {
    description: 'The first of the two people who lift it; null while nobody has asked.',
  }),
  lifted: Type.Union([Type.Object({ by: Type.String(), at: Time }), Type.Null()], {
    description: 'The second; null while it stands.',
  }),
  allowed: Type.Boolean({ description: 'Whether you are one of those who may lift it.' }),
};

export const Control = Type.Object(controlFields, { description: 'A control, standing or lifted.' });
export const SetControl = Type.Object(
  {
    ...controlFields,
    isNew: Type.Boolean({ description: 'False when the same one stood already.' }),
  },
  { description: 'The control that stands now.' },
);
export const ControlList = Type.Object({ items: Type.Array(Control), next: Next });
export const ControlsQuery = Type.Object(
  {
    which: Type.Optional(
      Type.Union([Type.Literal('standing'), Type.Literal('all')], {
        default: 'standing',
        description: 'All: the latest hundred that were lifted, too.',
      }),
    ),
  },
  closed,
);
