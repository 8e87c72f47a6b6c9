/** What an AI agent is asked for, and what kinds of decision it may propose on. */
import Type, { type Static } from 'typebox';
import { Meaning } from './gate.ts';
import { Allow } from './selector.ts';
import { closed, Duration, EmbeddedSchema, NAME, Title, Value } from './text.ts';

/** How many agents must, and may, hand in a proposal each. */
export const Several = Type.Object(
  {
    atLeast: Type.Integer({
      minimum: 1,
      maximum: 8,
      description:
        'With so many when the timeout passes, people choose among them; with fewer, onError follows.',
    }),
    atMost: Type.Integer({
      minimum: 2,
      maximum: 8,
      description: 'When so many have come, people choose among them at once.',
    }),
  },
  {
    ...closed,
    description:
      'Several agents propose side by side, one proposal each; the first gate that binds the decision chooses exactly one.',
  },
);
export type Several = Static<typeof Several>;

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
    several: Type.Optional(Several),
  },
  closed,
);
export type Propose = Static<typeof Propose>;

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
    acts: Type.Optional(
      Type.Array(Meaning, {
        uniqueItems: true,
        minItems: 1,
        maxItems: 3,
        description:
          'Acts that an ordinary one needs, too. Approval is always needed, and important ones need all three.',
      }),
    ),
    personnel: Type.Optional(
      Type.Boolean({ description: 'On a person: always important, and approved by a collective vote.' }),
    ),
  },
  closed,
);
export type Decision = Static<typeof Decision>;
