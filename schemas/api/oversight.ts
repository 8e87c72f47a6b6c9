/** How reviewers decide, as auditors read it over HTTP. */
import Type from 'typebox';
import { closed, Time } from './common.ts';

const Instant = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,3})?Z$',
    description: `${description} ISO 8601, UTC: 2030-01-31T00:00:00Z.`,
  });

export const ReviewersQuery = Type.Object(
  {
    process: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Of this process only.' }),
    ),
    from: Type.Optional(Instant('Decisions given at this time or later.')),
    until: Type.Optional(Instant('Decisions given before this time.')),
  },
  closed,
);

const Figures = Type.Object({
  decisions: Type.Integer({ description: 'How many they gave. Stepping back is none.' }),
  medianSeconds: Type.Integer({ description: "Half of them came sooner after the gate's opening." }),
  approvalRate: Type.Number({ description: 'The share that approved, from 0 to 1.' }),
  agreementRate: Type.Union([Type.Number(), Type.Null()], {
    description:
      'Of the decisions on a proposal of an AI, the share that approved it without ever having returned it there; ' +
      'null where there are too few.',
  }),
  underAMinute: Type.Integer({ description: 'How many came within a minute of the opening.' }),
});

export const ReviewerReport = Type.Object(
  {
    note: Type.String({ description: 'What the figures are for, and what they are not.' }),
    fewest: Type.Integer({ description: 'Of fewer decisions than this no figure is told.' }),
    process: Type.Union([Type.String(), Type.Null()]),
    from: Type.Union([Time, Type.Null()]),
    until: Type.Union([Time, Type.Null()]),
    items: Type.Array(
      Type.Object({
        person: Type.String({ description: 'The natural person, whatever accounts they used.' }),
        name: Type.String(),
        process: Type.String(),
        figures: Type.Union([Figures, Type.Null()], { description: 'Null: too few decisions.' }),
      }),
      { description: 'In order of name.' },
    ),
  },
  { description: 'How reviewers decided, by person and process.' },
);
