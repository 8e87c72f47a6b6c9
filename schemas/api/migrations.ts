/** Moving running instances to another definition of their process over HTTP. */
import Type from 'typebox';
import { problemCodes } from '../problem-codes.ts';
import { StateMap } from '../state-map.ts';
import { Cursor, closed, Hash, InstanceId, Limit, Next, pageSize } from './common.ts';
import { Issue } from './problem.ts';

export const MigrationBody = Type.Object(
  {
    from: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Hash of the definition they are on.' }),
    to: Type.String({
      pattern: '^[0-9a-f]{64}$',
      description: 'Hash of the definition they go to: deployed, and of the same process.',
    }),
    map: Type.Optional(StateMap),
    dryRun: Type.Optional(
      Type.Boolean({ default: true, description: 'true: only say what would happen. Nothing is changed.' }),
    ),
    instances: Type.Optional(
      Type.Array(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' }), {
        minItems: 1,
        maxItems: pageSize.most,
        description:
          'Only these. Needed where dryRun is false; a dry run without it goes through all running instances, a page at a time.',
      }),
    ),
    reason: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2000,
        description: 'Why it is done, for the record. Needed where dryRun is false.',
      }),
    ),
    cursor: Type.Optional(Cursor),
    limit: Type.Optional(Limit),
  },
  {
    ...closed,
    examples: [{ from: 'a'.repeat(64), to: 'b'.repeat(64), map: { voting: 'committee-vote' } }],
  },
);

export const InstanceMigration = Type.Object({
  instance: InstanceId,
  outcome: Type.Union(
    [Type.Literal('would-move'), Type.Literal('moved'), Type.Literal('already'), Type.Literal('blocked')],
    { description: 'would-move only in a dry run; already: it is on the other definition.' },
  ),
  seq: Type.Union([Type.Integer(), Type.Null()], { description: 'Number of its last entry, where known.' }),
  from: Type.Array(Type.String(), { description: 'Ids of its active states.' }),
  to: Type.Union([Type.Array(Type.String()), Type.Null()], {
    description: 'Ids of its active states under the other definition; null when blocked.',
  }),
  voids: Type.Union([Type.Object({ decisions: Type.Integer(), acts: Type.Integer() }), Type.Null()], {
    description:
      'Where it would move: how many decisions at gates that wait, and how many acts on live proposals, are to be given again.',
  }),
  blocked: Type.Union(
    [
      Type.Object({
        code: Type.Enum([...problemCodes], { description: 'From the closed list of problems.' }),
        message: Type.String({ description: 'Why, in whole sentences.' }),
        next: Type.String({ description: 'What to do next.' }),
        issues: Type.Array(Issue, { description: 'Everything that keeps it, each with the state or field.' }),
      }),
      Type.Null(),
    ],
    { description: 'What keeps it where it is; null when nothing does.' },
  ),
});

export const Migration = Type.Object(
  {
    dryRun: Type.Boolean(),
    from: Hash,
    to: Hash,
    items: Type.Array(InstanceMigration),
    next: Next,
  },
  { description: 'What a migration does to each instance, or would do.' },
);
