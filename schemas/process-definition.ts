/**
 * The process definition as people write it in YAML: one file, one machine.
 *
 * This file is the single source: the types below are derived from the schemas, and
 * `schemas/process.schema.json` (for editors) is written from them by `npm run schemas`.
 * It says what a definition may look like; what it means, and whether it may run, is
 * decided in `engine/definition` and `engine/verify`.
 */
import Type, { type Static } from 'typebox';

const closed = { additionalProperties: false } as const;
const NAME = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
const EVENT_NAME = '^[A-Za-z][A-Za-z0-9_.-]{0,63}$';
const DURATION = '^P(?=.)(\\d+W|(\\d+D)?(T(?=.)(\\d+H)?(\\d+M)?(\\d+S)?)?)$';

/** Text in the two languages of the screens. */
export const Title = Type.Object(
  {
    vi: Type.String({ minLength: 1, maxLength: 300 }),
    en: Type.String({ minLength: 1, maxLength: 300 }),
  },
  { ...closed, description: 'What people see, in Vietnamese and in English.' },
);
export type Title = Static<typeof Title>;

/** A CEL expression. Names in scope: context, event, initiator, actor, now, gate, proposal. */
export const Expression = Type.String({
  minLength: 1,
  maxLength: 2000,
  description: 'A CEL expression. In scope: context, event, initiator, actor, now, gate, proposal.',
});

/** A fixed JSON scalar, or a CEL expression when it is a string. */
export const Value = Type.Union([Expression, Type.Number(), Type.Boolean(), Type.Null()], {
  description:
    "A fixed number, true, false or null; a string is a CEL expression ('text' needs its own quotes).",
});
export type Value = Static<typeof Value>;

/** An ISO 8601 duration of weeks, days, hours, minutes and seconds: P3D, PT10M. */
export const Duration = Type.String({
  pattern: DURATION,
  maxLength: 40,
  description: 'An ISO 8601 duration in weeks, days, hours, minutes and seconds, such as P3D or PT10M.',
});

/** A JSON Schema 2020-12 written inside a definition. Checked by `engine/definition`. */
export const EmbeddedSchema = Type.Record(Type.String(), Type.Unknown(), {
  description: 'A JSON Schema 2020-12. `$ref` may only point inside the same schema.',
});

const OneOrMore = Type.Union([
  Type.String({ minLength: 1, maxLength: 200 }),
  Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 50 }),
]);

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
    position: Type.Optional(OneOrMore),
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

export const LegalBasis = Type.Array(
  Type.String({ pattern: '^[0-9A-Za-z-]+/[0-9A-Za-z.-]+$', maxLength: 80 }),
  {
    maxItems: 30,
    description: 'Articles this rests on, as law/article: 379/4.7 is Article 4.7 of Regulation 379-QĐ/TW.',
  },
);

/** Context fields to set, each to a value. All expressions see the context as it was before. */
export const Assignments = Type.Record(Type.String({ pattern: NAME }), Value, {
  ...closed,
  description: 'Context fields to set. Every expression sees the context as it was before.',
});
export type Assignments = Static<typeof Assignments>;

export const Action = Type.Object({ assign: Assignments }, closed);
export type Action = Static<typeof Action>;
const Actions = Type.Union([Action, Type.Array(Action, { minItems: 1, maxItems: 20 })]);

const Target = Type.String({
  minLength: 1,
  maxLength: 400,
  description: 'A sibling state (name), a child (.name), a path (name.child) or an id (#id).',
});

const transitionFields = {
  target: Type.Optional(Target),
  guard: Type.Optional(Expression),
  assign: Type.Optional(Assignments),
  reenter: Type.Optional(Type.Boolean()),
  title: Type.Optional(Title),
  legalBasis: Type.Optional(LegalBasis),
};

/** What an event may cause: who may send it, with what data, when, and what follows. */
export const EventTransition = Type.Object(
  {
    ...transitionFields,
    allow: Type.Optional(Allow),
    input: Type.Optional(EmbeddedSchema),
  },
  closed,
);
export type EventTransition = Static<typeof EventTransition>;

/** What follows by itself: always, after, onDone, onError and gate outcomes. Nobody sends these. */
export const PlainTransition = Type.Object(transitionFields, closed);
export type PlainTransition = Static<typeof PlainTransition>;

const PlainTransitions = Type.Union([
  Target,
  PlainTransition,
  Type.Array(PlainTransition, { minItems: 1, maxItems: 50 }),
]);
const EventTransitions = Type.Union([
  Type.Null({ description: 'Forbidden here, whatever an ancestor says.' }),
  EventTransition,
  Type.Array(EventTransition, { minItems: 1, maxItems: 50 }),
]);

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

/** An AI agent is asked for a proposal on entering the state. The answer is stored, and inert. */
export const Propose = Type.Object(
  {
    decision: Type.String({
      pattern: NAME,
      description: 'The kind of decision, declared under `decisions`.',
    }),
    agent: Allow,
    input: Type.Optional(Type.Record(Type.String({ pattern: NAME }), Value, closed)),
    output: EmbeddedSchema,
    instructions: Type.Optional(Type.String({ maxLength: 10000 })),
    timeout: Type.Optional(Duration),
  },
  closed,
);
export type Propose = Static<typeof Propose>;

const stateFields = {
  id: Type.Optional(Type.String({ pattern: NAME, description: 'A name for #id targets.' })),
  type: Type.Optional(
    Type.Union([
      Type.Literal('atomic'),
      Type.Literal('compound'),
      Type.Literal('parallel'),
      Type.Literal('final'),
      Type.Literal('history'),
    ]),
  ),
  title: Type.Optional(Title),
  description: Type.Optional(Type.String({ maxLength: 4000 })),
  legalBasis: Type.Optional(LegalBasis),
  initial: Type.Optional(Type.String({ pattern: NAME })),
  history: Type.Optional(Type.Union([Type.Literal('shallow'), Type.Literal('deep')])),
  target: Type.Optional(
    Type.String({ description: 'For a history state: where to go when there is no history.' }),
  ),
  entry: Type.Optional(Actions),
  exit: Type.Optional(Actions),
  on: Type.Optional(
    Type.Record(Type.String({ pattern: `${EVENT_NAME}|^\\*$` }), Type.Union([Target, EventTransitions]), {
      ...closed,
      description:
        'Events and what they cause. In a state with a gate: also its outcomes approved, rejected, returned.',
    }),
  ),
  always: Type.Optional(PlainTransitions),
  after: Type.Optional(
    Type.Record(Type.String({ pattern: DURATION }), PlainTransitions, {
      ...closed,
      description: 'What happens when the state has lasted this long (ISO 8601 duration).',
    }),
  ),
  onDone: Type.Optional(PlainTransitions),
  onError: Type.Optional(PlainTransitions),
  propose: Type.Optional(Propose),
  gate: Type.Optional(Gate),
  output: Type.Optional(
    Type.Record(Type.String({ pattern: NAME }), Value, {
      ...closed,
      description: 'What a final state answers.',
    }),
  ),
};

const stateRef = Type.Unsafe<State>({ $ref: '#/$defs/State' });
const stateMap = Type.Record(Type.String({ pattern: NAME }), stateRef, { ...closed, minProperties: 1 });
const flatState = Type.Object(stateFields, closed);

/** A state, with states inside it where it is compound or parallel. */
export interface State extends Static<typeof flatState> {
  states?: Record<string, State>;
}
const StateSchema = Type.Object({ ...stateFields, states: Type.Optional(stateMap) }, closed);

/** What an AI may propose in this process. Without a word on importance it counts as important. */
export const Decision = Type.Object(
  {
    title: Type.Optional(Title),
    importance: Type.Optional(
      Type.Union([Type.Literal('ordinary'), Type.Literal('important')], {
        default: 'important',
        description: 'Important ones need all three acts: consider, appraise, approve (Article 4.7).',
      }),
    ),
    personnel: Type.Optional(
      Type.Boolean({ description: 'On a person: always important, and approved by a collective vote.' }),
    ),
  },
  closed,
);
export type Decision = Static<typeof Decision>;

/** A whole process definition. */
export const ProcessDefinition = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$' }),
    version: Type.String({
      pattern: '^\\d+\\.\\d+\\.\\d+$',
      description: 'For people. What identifies a definition is the SHA-256 of its file.',
    }),
    title: Title,
    description: Type.Optional(Type.String({ maxLength: 4000 })),
    owner: Type.String({
      pattern: '^unit:[a-z0-9-]+$',
      description: 'The system owner (chủ quản hệ thống), Article 3.2.',
    }),
    responsible: Type.Object(
      { role: Type.String({ minLength: 1, maxLength: 200 }) },
      { ...closed, description: 'Who answers for this automated process (Article 27.2b).' },
    ),
    securityLevel: Type.Integer({
      minimum: 1,
      maximum: 5,
      description: 'Security level of the information system (Article 27.2d).',
    }),
    classification: Type.Union(
      [
        Type.Literal('normal'),
        Type.Literal('confidential'),
        Type.Literal('secret'),
        Type.Literal('top-secret'),
      ],
      { description: 'The highest secrecy it may carry. top-secret is refused (Article 1.2).' },
    ),
    legalBasis: Type.Optional(LegalBasis),
    decisions: Type.Optional(Type.Record(Type.String({ pattern: NAME }), Decision, closed)),
    context: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'JSON Schema of the data an instance carries. A property with `decision: KIND` is written only by an approved proposal.',
    }),
    subject: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2000,
        description: 'A CEL expression naming the person the case is about; that person never decides in it.',
      }),
    ),
    index: Type.Optional(Type.Array(Type.String({ pattern: NAME }), { maxItems: 16, uniqueItems: true })),
    start: Type.Object(
      { allow: Allow, input: Type.Optional(EmbeddedSchema), title: Type.Optional(Title) },
      {
        ...closed,
        description: 'Who may start an instance. Without `input`: the context, less decision fields.',
      },
    ),
    type: Type.Optional(Type.Literal('parallel')),
    initial: Type.Optional(Type.String({ pattern: NAME })),
    on: stateFields.on,
    states: stateMap,
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign process definition',
    $defs: { State: StateSchema },
  },
);
export type ProcessDefinition = Static<typeof ProcessDefinition>;
