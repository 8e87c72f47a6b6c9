/** What was done to the ledger itself, as auditors read it over HTTP. */
import Type from 'typebox';
import { AnyObject, closed, Hash, Limit } from './common.ts';

export const ActsQuery = Type.Object(
  {
    after: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        default: 0,
        description: 'Acts after this number.',
      }),
    ),
    limit: Type.Optional(Limit),
  },
  closed,
);

export const ActList = Type.Object({
  items: Type.Array(
    Type.Object({
      act: AnyObject('What, by whom, when, its details, its number, and the hash of the act before it.'),
      hash: Hash,
    }),
  ),
  next: Type.Union([Type.Integer(), Type.Null()], { description: 'Send as `after`; null at the end.' }),
});
