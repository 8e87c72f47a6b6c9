/** Starting, driving, finding and reading instances over HTTP. */
import Type from 'typebox';
import { Entry } from '../entry.ts';
import type { Json } from '../json.ts';
import { Meaning, Title } from '../process-definition.ts';
import {
  AnyJson,
  AnyObject,
  Cursor,
  closed,
  Hash,
  InstanceId,
  InstanceStatus,
  Limit,
  Next,
  Time,
} from './common.ts';

export const StartBody = Type.Object(
  {
    process: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[a-z0-9-]+$',
      description: 'A process id, for its current definition; or the hash of a definition.',
    }),
    data: Type.Optional(AnyObject('What the instance starts with; the definition says what may be in it.')),
  },
  { ...closed, examples: [{ process: 'outgoing-document', data: { title: 'Về việc tổ chức hội nghị' } }] },
);

/** For whom somebody acts. */
export const OnBehalfOf = Type.String({
  pattern: '^person:[a-z0-9][a-z0-9.-]{0,99}$',
  description:
    'The natural person whose authority is used: they passed it on, or are away and you stand in for them.',
});

export const EventBody = Type.Object(
  {
    type: Type.String({ minLength: 1, maxLength: 200, description: 'Name of the event.' }),
    data: Type.Optional(AnyObject('What the event carries; the definition says what may be in it.')),
    onBehalfOf: Type.Optional(OnBehalfOf),
  },
  { ...closed, examples: [{ type: 'submit', data: { note: 'Ready' } }] },
);

export const GateOutcome = Type.Union([
  Type.Literal('approved'),
  Type.Literal('rejected'),
  Type.Literal('returned'),
]);

export const Moved = Type.Object(
  {
    instance: InstanceId,
    process: Type.String(),
    definition: Hash,
    seq: Type.Integer({ description: 'Number of the entry this made; the ETag of the instance.' }),
    status: InstanceStatus,
    states: Type.Array(Type.String(), { description: 'Ids of the active states.' }),
    output: Type.Unsafe<Json>({ description: 'What a finished instance answers; else null.' }),
    entry: Type.String({ description: 'Hash of the entry on the record.' }),
    outcome: Type.Union([GateOutcome, Type.Null()], {
      description: 'What a decision came to; null while the quorum is open.',
    }),
    ballot: Type.Optional(
      Type.String({
        description:
          'Of a vote in a secret ballot: its number at the count. It is told this once, and not when the request comes again.',
      }),
    ),
  },
  { description: 'The instance after a step that is durably on the record.' },
);

const NullableText = Type.Union([Type.String(), Type.Null()]);

/** Said of everything that an AI made, wherever it appears. */
const aiLabel = {
  origin: Type.Literal('ai', { description: 'An AI made it. An approval does not change that.' }),
  model: NullableText,
  modelVersion: NullableText,
  proposer: NullableText,
  operator: Type.Union([Type.String(), Type.Null()], { description: 'Who operates the agent.' }),
};

export const AiLabel = Type.Object(aiLabel, { description: 'That an AI made this, and which.' });

export const FieldFromAi = Type.Object(
  {
    field: Type.String({ description: 'A field of `context`, or `output`.' }),
    decision: Type.String(),
    digest: Type.Union([Hash, Type.Null()], {
      description: 'Of the proposal; null, like the rest, once another of its kind was handed in.',
    }),
    ...aiLabel,
  },
  { description: 'A field that holds what an AI proposed and people approved.' },
);

export const HeldProposal = Type.Object(
  {
    ...aiLabel,
    digest: Hash,
    payload: AnyObject('What the agent proposes.'),
    provenance: AnyObject('Model, version, prompt hash, inputs, rationale and evidence.'),
    seq: Type.Integer(),
    status: Type.Union([Type.Literal('live'), Type.Literal('approved')]),
    acts: Type.Array(Meaning, { description: 'Acts of Article 4.7 recorded on this digest.' }),
    passedOver: Type.Optional(
      Type.Array(
        Type.Object({
          digest: Hash,
          proposer: Type.String(),
          operator: Type.Union([Type.String(), Type.Null()]),
        }),
        { description: 'The others of its request, which were not chosen and never have an effect.' },
      ),
    ),
    definition: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{64}$',
        description: 'Definition that the digest binds, once the instance was migrated to another one.',
      }),
    ),
  },
  { description: 'A proposal: inert until people approved exactly this digest.' },
);

const NullableTitle = Type.Union([Title, Type.Null()]);
const permission = {
  allowed: Type.Boolean(),
  why: Type.String({ description: 'Why you may, or why you may not.' }),
};

export const InstanceView = Type.Object(
  {
    instance: InstanceId,
    process: Type.String(),
    definition: Hash,
    title: Title,
    seq: Type.Integer(),
    status: InstanceStatus,
    states: Type.Array(Type.Object({ state: Type.String(), title: NullableTitle })),
    context: AnyObject('The data of the instance.'),
    output: AnyJson,
    initiator: Type.String(),
    responsible: Type.Array(Type.String(), { description: 'Who answers for it (Article 27.2b).' }),
    proposals: Type.Record(Type.String(), HeldProposal, {
      description: 'The latest proposal of each kind of decision.',
    }),
    alternatives: Type.Record(Type.String(), Type.Array(HeldProposal), {
      description: 'Where several agents proposed, those among which people have yet to choose.',
    }),
    fromAi: Type.Array(FieldFromAi, { description: 'What of the data an AI made.' }),
    withheld: Type.Array(Type.String(), {
      description:
        'Kinds of decision whose proposals you are not shown before you gave a view of your own at their gate.',
    }),
    timers: Type.Array(Type.Object({ timer: Type.String(), dueAt: Time })),
    events: Type.Array(Type.Object({ event: Type.String(), title: NullableTitle, ...permission })),
    gates: Type.Array(Type.Object({ state: Type.String(), meaning: Meaning, ...permission })),
    startedAt: Time,
    updatedAt: Time,
  },
  { description: 'An instance, with what you may do now and why not where you may not.' },
);

export const InstanceSummary = Type.Object({
  instance: InstanceId,
  process: Type.String(),
  definition: Hash,
  seq: Type.Integer(),
  status: InstanceStatus,
  states: Type.Array(Type.String()),
  indexed: AnyObject('The fields the definition makes searchable.'),
  startedAt: Time,
  updatedAt: Time,
});
export const InstanceList = Type.Object({ items: Type.Array(InstanceSummary), next: Next });

export const SearchQuery = Type.Object(
  {
    process: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Process id.' })),
    status: Type.Optional(InstanceStatus),
    state: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1000, description: 'Id of an active state.' }),
    ),
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Limit),
  },
  {
    ...closed,
    patternProperties: {
      '^field\\.[A-Za-z][A-Za-z0-9_-]{0,63}$': {
        type: 'string',
        maxLength: 1000,
        description: 'field.NAME=VALUE: only instances whose indexed field NAME has this value.',
      },
    },
  },
);

export const RecordQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        default: 0,
        description: 'Entries after this number.',
      }),
    ),
    limit: Type.Optional(Limit),
  },
  closed,
);

export const RecordEntry = Type.Object({
  entry: Entry,
  hash: Hash,
  data: Type.Unsafe<Json>({
    description: 'What the commitment `data` binds; null when it was destroyed, or is withheld.',
  }),
  ai: Type.Union([AiLabel, Type.Null()], {
    description: 'Of an entry with a proposal: that an AI made it, and which.',
  }),
  withheld: Type.Boolean({
    description: 'Whether you owe a view of your own at a gate before you are shown `data`.',
  }),
});
export const RecordList = Type.Object({
  items: Type.Array(RecordEntry),
  next: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Hand it back as `after` for the next page; null on the last.',
  }),
});
