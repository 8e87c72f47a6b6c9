/** What an operator may do to an instance that is stuck in a state: nothing that is not written here. */
import Type, { type Static } from 'typebox';
import { Allow } from './selector.ts';
import { closed } from './text.ts';
import { Target } from './transition.ts';

export const Operator = Type.Object(
  {
    allow: Type.Union(Allow.anyOf, { description: 'Who may do it.' }),
    skip: Type.Optional(
      Type.Union([Target], {
        description: 'Where the instance goes when the operator leaves this state undone.',
      }),
    ),
    repair: Type.Optional(
      Type.Array(Target, {
        minItems: 1,
        maxItems: 20,
        uniqueItems: true,
        description: 'The states that the operator may set the instance to.',
      }),
    ),
  },
  {
    ...closed,
    minProperties: 2,
    description:
      'What an operator may do in this state besides trying again. A proposal that is undecided stays so.',
  },
);
export type Operator = Static<typeof Operator>;
