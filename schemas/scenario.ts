/**
 * Scenario tests as people write them in YAML beside a process definition: who does what, and what
 * they expect then.
 *
 * The types below are the single source of `schemas/scenario.schema.json` for editors. This file says
 * what a scenario may look like; what its names mean is checked in `engine/scenario`.
 */
import Type, { type Static } from 'typebox';
import type { ProblemCode } from './problem-codes.ts';
import { Duration } from './process-definition.ts';

const closed = { additionalProperties: false } as const;
const NAME = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';

const PrincipalId = Type.String({ pattern: '^(person|service|agent):[a-z0-9][a-z0-9.-]{0,99}$' });
const Text = Type.String({ minLength: 1, maxLength: 400 });
const StateName = Type.String({ minLength: 1, maxLength: 400, description: 'The path of a state, as a.b.' });
const JsonMap = Type.Record(Type.String(), Type.Unknown());
const Verdict = (what: string) =>
  Type.String({
    minLength: 1,
    maxLength: 400,
    description: `The gate (its state) at which whoever is named under "by" ${what}.`,
  });

/** Someone who takes part: a principal of the directory, or one made up for the test. */
export const CastMember = Type.Union(
  [
    PrincipalId,
    Type.Object(
      {
        kind: Type.Optional(
          Type.Union([Type.Literal('person'), Type.Literal('service'), Type.Literal('agent')], {
            default: 'person',
            description: 'What they are; a person, if left out.',
          }),
        ),
        roles: Type.Optional(Type.Array(Text, { maxItems: 100, description: 'The roles they hold.' })),
        positions: Type.Optional(Type.Array(Text, { maxItems: 100 })),
        unit: Type.Optional(Type.String({ pattern: '^unit:[a-z0-9][a-z0-9-]{0,99}$' })),
        person: Type.Optional(
          Type.String({
            pattern: NAME,
            description: 'For a second account: the person of this cast behind it.',
          }),
        ),
      },
      closed,
    ),
  ],
  { description: 'A principal of the directory, or somebody made up: { roles: [clerk], unit: unit:a }.' },
);
export type CastMember = Static<typeof CastMember>;

const States = Type.Union([StateName, Type.Array(StateName, { minItems: 1, maxItems: 200 })], {
  description: 'The state the instance is in; in parallel states, all of them.',
});

/** What is expected after a step. Whatever is left out is not looked at. */
export const Expectation = Type.Object(
  {
    state: Type.Optional(States),
    status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('done')])),
    context: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description:
          'Fields of the context: those named must have these values; null means the field is unset.',
      }),
    ),
    output: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), {
        description: 'Members of the output; those named must have these values.',
      }),
    ),
    outcome: Type.Optional(
      Type.Union(
        [Type.Literal('approved'), Type.Literal('rejected'), Type.Literal('returned'), Type.Literal('open')],
        { description: 'What the gate came to with this decision; open while the quorum is not complete.' },
      ),
    ),
    proposals: Type.Optional(
      Type.Record(
        Type.String(),
        Type.Union([
          Type.Literal('live', { description: 'Handed in, and without effect.' }),
          Type.Literal('approved'),
          Type.Object(
            {
              status: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('approved')])),
              acts: Type.Optional(
                Type.Array(
                  Type.Union([Type.Literal('consider'), Type.Literal('appraise'), Type.Literal('approve')]),
                ),
              ),
              payload: Type.Optional(JsonMap),
            },
            closed,
          ),
        ]),
        {
          description:
            'Proposals by the kind of decision: live, approved, or the acts on them and the payload.',
        },
      ),
    ),
    gates: Type.Optional(
      Type.Array(StateName, { maxItems: 200, description: 'The gates that are open: exactly these.' }),
    ),
    requests: Type.Optional(
      Type.Union(
        [Type.Array(StateName, { maxItems: 200 }), Type.Record(Type.String(), JsonMap, { minProperties: 1 })],
        {
          description:
            'The states that wait for a proposal: exactly these; or each with what the agent is given.',
        },
      ),
    ),
    timers: Type.Optional(
      Type.Array(Text, {
        maxItems: 200,
        description:
          'The timers that run, exactly these: "STATE after P3D", "STATE timeout", "STATE due" or "STATE reminder".',
      }),
    ),
    record: Type.Optional(
      Type.Union(
        [
          Type.Integer({ minimum: 0, maximum: 100_000 }),
          Type.Array(
            Type.Union([
              Type.Literal('start'),
              Type.Literal('event'),
              Type.Literal('decision'),
              Type.Literal('view'),
              Type.Literal('proposal'),
              Type.Literal('timer'),
            ]),
            { maxItems: 10_000 },
          ),
        ],
        { description: 'The record so far: how many entries, or the kind of each in order.' },
      ),
    ),
  },
  { ...closed, minProperties: 1 },
);
export type Expectation = Static<typeof Expectation>;

/** What the pure core refuses for; the others are of the border around it, where no scenario comes. */
const refusals = [
  'not-allowed',
  'people-only',
  'own-proposal',
  'already-decided',
  'already-proposed',
  'not-possible-here',
  'guard-failed',
  'bad-input',
  'stale',
  'finished',
  'reason-required',
  'view-required',
  'not-countersigned',
  'nobody-responsible',
  'expression-failed',
] as const satisfies readonly ProblemCode[];
const RefusalCode = Type.Union(
  refusals.map((code) => Type.Literal(code)),
  { description: 'The code of the refusal.' },
);

/** That the step is refused, and why. */
export const ExpectedRefusal = Type.Union(
  [
    RefusalCode,
    Type.Object(
      {
        code: RefusalCode,
        says: Type.Optional(
          Type.String({ minLength: 1, maxLength: 1000, description: 'Words of its sentence.' }),
        ),
        reason: Type.Optional(
          Type.Union(
            ['forbidden', 'not-allowed', 'bad-input', 'guard-failed', 'expression-failed'].map((reason) =>
              Type.Literal(reason),
            ),
            { description: 'Why one of the transitions that were looked at was not taken.' },
          ),
        ),
      },
      closed,
    ),
  ],
  { description: 'The step must be refused, with this code. A refused step changes nothing.' },
);
export type ExpectedRefusal = Static<typeof ExpectedRefusal>;

const Who = Type.String({ minLength: 1, maxLength: 200 });

/** One step: one of start, event, proposal, a verdict, count, view, advance and play. */
export const ScenarioStep = Type.Object(
  {
    by: Type.Optional(
      Type.Union([Who, Type.Array(Who, { minItems: 1, maxItems: 200 })], {
        description:
          'Who does it, by their name under "cast" or as person:name. Several do it one after the other.',
      }),
    ),
    start: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'Starts the instance with this data.' }),
    ),
    event: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'Sends this event, with "data" if it takes any.',
      }),
    ),
    data: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'The data of the event.' }),
    ),
    proposal: Type.Optional(
      Type.Record(Type.String(), Type.Unknown(), { description: 'An agent hands in this proposal.' }),
    ),
    at: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 400,
        description: 'The state that asked for the proposal, where several ask at once.',
      }),
    ),
    operator: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Who operates the agent that proposes.' }),
    ),
    approve: Type.Optional(Verdict('approves')),
    reject: Type.Optional(Verdict('rejects')),
    return: Type.Optional(Verdict('returns')),
    choice: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Of several proposals: the agent whose proposal is approved, by its name under "cast".',
      }),
    ),
    abstain: Type.Optional(Verdict('abstains')),
    recuse: Type.Optional(Verdict('steps back for good')),
    count: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 400,
        description: 'Counts the secret ballots of this gate.',
      }),
    ),
    reason: Type.Optional(
      Type.String({ maxLength: 10_000, description: 'The reason that is given with the decision.' }),
    ),
    view: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 400,
        description: 'Gives a view of their own at this gate, "text", before the proposal is shown to them.',
      }),
    ),
    text: Type.Optional(Type.String({ maxLength: 20_000, description: 'What the view says.' })),
    advance: Type.Optional({
      ...Duration,
      description: 'Moves the clock by this duration; timers that come due meanwhile fire in their order.',
    }),
    play: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: 'Plays the steps of this part.' }),
    ),
    refused: Type.Optional(ExpectedRefusal),
    // biome-ignore lint/suspicious/noThenProperty: it is data, and nobody awaits it.
    then: Type.Optional(
      Type.Union([StateName, Type.Array(StateName, { minItems: 1, maxItems: 200 }), Expectation], {
        description: 'What is expected then: a state, or state, context, output, record and others by name.',
      }),
    ),
  },
  { ...closed, minProperties: 1 },
);
export type ScenarioStep = Static<typeof ScenarioStep>;

const Steps = Type.Array(ScenarioStep, { minItems: 1, maxItems: 500 });
const Clock = Type.String({
  pattern: '^2\\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ$',
  description: 'When it begins, such as 2026-01-05T08:00:00Z. The clock moves only by "advance".',
});

/** A whole file of scenarios: NAME.test.yaml beside NAME.yaml. */
export const ScenarioFile = Type.Object(
  {
    process: Type.String({
      minLength: 1,
      maxLength: 1000,
      description: 'The process definition, as a path from this file.',
    }),
    directory: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 1000,
        description: 'The directory of people, as a path from this file. Without it, the cast is everybody.',
      }),
    ),
    clock: Type.Optional(Clock),
    cast: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), CastMember, {
        ...closed,
        description: 'Short names for who takes part.',
      }),
    ),
    data: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Type.Unknown(), {
        ...closed,
        description: 'A place for values that steps share: name them with &name, and use them with *name.',
      }),
    ),
    parts: Type.Optional(
      Type.Record(Type.String({ pattern: NAME }), Steps, {
        ...closed,
        description: 'Steps that several scenarios share: { play: NAME }.',
      }),
    ),
    scenarios: Type.Array(
      Type.Object(
        {
          title: Type.String({ minLength: 1, maxLength: 300, description: 'What it shows, in a sentence.' }),
          clock: Type.Optional(Clock),
          steps: Steps,
        },
        closed,
      ),
      { minItems: 1, maxItems: 1000 },
    ),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign scenario tests',
  },
);
export type ScenarioFile = Static<typeof ScenarioFile>;
