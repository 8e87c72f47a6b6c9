/** Where the states of one definition go in another: the map of a migration, over HTTP and as a file. */
import Type, { type Static } from 'typebox';

const StateName = Type.String({ minLength: 1, maxLength: 1000 });

export const StateMap = Type.Record(
  StateName,
  Type.Union([StateName, Type.Array(StateName, { minItems: 1, maxItems: 100 }), Type.Null()]),
  {
    maxProperties: 10_000,
    description:
      'State of the one definition -> state of the other, or several of them in parallel parts. What is inside a state goes with it. A state that is not named keeps its name; left blank (null), instances in it stay where they are.',
  },
);

const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** As `countersign migrate --suggest` writes it. */
export const StateMapFile = Type.Object(
  {
    from: Type.Optional(Hash),
    to: Type.Optional(Hash),
    states: StateMap,
  },
  {
    additionalProperties: false,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign state map',
  },
);
export type StateMapFile = Static<typeof StateMapFile>;
