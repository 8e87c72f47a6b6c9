/**
 * An entry of the evidence log: what is hashed, chained, and never changed.
 *
 * It holds no personal content in the clear except who acted. What was said lives apart
 * (`EntryContent`), bound by salted commitments, so that it can be destroyed while the
 * record still verifies. Implements Article 27.2b.
 */
import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
/** Lower-case hexadecimal SHA-256. */
export const Digest = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });

export const EntryActor = Type.Object(
  {
    principal: Type.String(),
    kind: Type.Union([
      Type.Literal('person'),
      Type.Literal('service'),
      Type.Literal('agent'),
      Type.Literal('engine', {
        description: 'Countersign itself, for what nobody sends: a timer that came due.',
      }),
    ]),
    position: Type.Optional(Type.String()),
    unit: Type.Optional(Type.String()),
    onBehalfOf: Type.Optional(Type.String()),
  },
  closed,
);

export const Entry = Type.Object(
  {
    format: Type.Literal(1),
    instance: Type.String(),
    seq: Type.Integer({ minimum: 1 }),
    time: Instant,
    kind: Type.Union([
      Type.Literal('start'),
      Type.Literal('event'),
      Type.Literal('decision'),
      Type.Literal('count', { description: 'A person counted the ballots of a secret ballot.' }),
      Type.Literal('view', { description: 'What a reviewer thinks before the proposal is shown to them.' }),
      Type.Literal('proposal'),
      Type.Literal('timer'),
      Type.Literal('attend', { description: 'What people did at a gate besides deciding.' }),
      Type.Literal('override', { description: 'A person took an AI step out of the hands of the AI.' }),
      Type.Literal('migration'),
    ]),
    event: Type.String({
      description:
        'The event type; for a decision, a count, a view and what is done at a gate, its state, for a proposal or an override its state, for a timer its id, else what kind of step it is.',
    }),
    actor: EntryActor,
    authentication: Type.Array(Type.String(), {
      description:
        'How the actor showed who they are: `key:` and the id of the bearer key; or `session:` and the id of a session, with `oidc:` and the identity provider; or `oidc:`, the provider, `#` and an account there.',
    }),
    responsible: Type.Array(Type.String(), { description: 'Who answers for the process (Article 27.2b).' }),
    from: Type.Array(Type.String()),
    to: Type.Array(Type.String()),
    definition: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Hash of the definition the instance is on after this entry.',
    }),
    data: Type.Optional(Digest),
    context: Type.Optional(Digest),
    gate: Type.Optional(
      Type.Object(
        {
          state: Type.String(),
          opened: Type.Integer(),
          meaning: Type.String(),
          subject: Digest,
          verdict: Type.String({ description: 'In a secret ballot `sealed`: that they voted, not how.' }),
          ballot: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'What a sealed vote is committed to. Nobody can open it once it is counted.',
            }),
          ),
          decision: Digest,
          choice: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'Digest of the proposal that was approved, where the decision named it.',
            }),
          ),
          outcome: Type.Optional(Type.String({ description: 'Set when this decision completed the gate.' })),
          chosen: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'Digest of the one of several proposals that the gate approved.',
            }),
          ),
        },
        closed,
      ),
    ),
    counted: Type.Optional(
      Type.Object(
        {
          gate: Type.String(),
          opened: Type.Integer(),
          meaning: Type.String(),
          subject: Digest,
          ballots: Type.String({
            pattern: '^[0-9a-f]{64}$',
            description: 'SHA-256 of all ballots as canonical JSON, in the order of their numbers.',
          }),
          approved: Type.Integer(),
          rejected: Type.Integer(),
          returned: Type.Integer(),
          abstained: Type.Integer(),
          struck: Type.Integer({
            description: 'Approvals that do not count: one for each voter who is no member any more.',
          }),
          outcome: Type.String(),
          chosen: Type.Optional(
            Type.String({
              pattern: '^[0-9a-f]{64}$',
              description: 'Digest of the one of several proposals that was chosen.',
            }),
          ),
        },
        { ...closed, description: 'What was in the box at the count of a secret ballot.' },
      ),
    ),
    attended: Type.Optional(
      Type.Object(
        {
          gate: Type.String(),
          opened: Type.Integer(),
          act: Type.Union([
            Type.Literal('claim'),
            Type.Literal('release'),
            Type.Literal('reassign'),
            Type.Literal('ask'),
            Type.Literal('answer'),
          ]),
        },
        closed,
      ),
    ),
    migration: Type.Optional(
      Type.Object(
        { from: Digest },
        { ...closed, description: 'Hash of the definition that this entry took the instance off.' },
      ),
    ),
    proposal: Type.Optional(
      Type.Object(
        {
          decision: Type.String(),
          digest: Digest,
          opened: Type.Optional(
            Type.Integer({ description: 'Where several agents are asked: which opening of the request.' }),
          ),
        },
        closed,
      ),
    ),
    candidates: Type.Optional(
      Type.Object(
        {
          decision: Type.String(),
          digests: Type.Array(Digest),
          opened: Type.Integer(),
          state: Type.String(),
        },
        {
          ...closed,
          description:
            'A request to several agents has closed: the proposals that people decide on from here.',
        },
      ),
    ),
    request: Type.String(),
    previous: Type.String({ description: 'Hash of the entry before; 64 zeros for the first.' }),
  },
  { ...closed, title: 'Countersign evidence log entry' },
);
export type Entry = Static<typeof Entry>;
export type EntryActor = Static<typeof EntryActor>;
