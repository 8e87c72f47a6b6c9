/** Agents that are called: the secret that their notices are signed with, and what came of each notice. */
import Type from 'typebox';
import { closed, InstanceId, Limit, Next, Time } from './common.ts';

export const CallbackSecretBody = Type.Object(
  {
    agent: Type.String({
      pattern: '^agent:[a-z0-9][a-z0-9.-]{0,99}$',
      description: 'As the directory has it.',
    }),
  },
  { ...closed, examples: [{ agent: 'agent:drafter' }] },
);

export const CallbackSecret = Type.Object(
  {
    agent: Type.String(),
    callback: Type.Union([Type.String(), Type.Null()], {
      description: 'Where it is called; null while the directory does not say.',
    }),
    secret: Type.String({ description: 'As Standard Webhooks writes it. It is shown here and never again.' }),
  },
  { description: 'What notices to this agent are signed with, from now on.' },
);

export const CallbacksQuery = Type.Object({ limit: Type.Optional(Limit) }, closed);

export const CallbackList = Type.Object({
  items: Type.Array(
    Type.Object({
      request: Type.String({ description: 'The request that the agent was told of.' }),
      instance: InstanceId,
      agent: Type.String(),
      process: Type.String(),
      decision: Type.String(),
      requestedAt: Time,
      attempts: Type.Integer(),
      triedAt: Time,
      nextAt: Type.Union([Time, Type.Null()], { description: 'Null when nothing more is tried.' }),
      status: Type.Union([Type.Integer(), Type.Null()], {
        description: 'HTTP status of the last answer; null where none came.',
      }),
      problem: Type.Union([Type.String(), Type.Null()]),
      outcome: Type.Union(
        [
          Type.Literal('delivered'),
          Type.Literal('given-up'),
          Type.Literal('withdrawn', { description: 'The request was answered, or withdrawn, before.' }),
          Type.Literal('not-for-them', { description: 'By its definition the agent may not answer it.' }),
          Type.Null(),
        ],
        { description: 'Null while it is still tried.' },
      ),
    }),
  ),
  next: Next,
});
