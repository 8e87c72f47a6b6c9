/** Looking after agents that are called: the secret of their notices, and what came of each. */
import {
  CallbackList,
  CallbackSecret,
  CallbackSecretBody,
  CallbacksQuery,
} from '../../schemas/api/callbacks.ts';
import { pageSize } from '../../schemas/api/common.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Callbacks';

export const callbackRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/callback-secrets',
    operation: 'makeCallbackSecret',
    tag,
    summary: 'Make the secret of an agent that is called',
    description:
      'Notices to the agent are signed with it, as Standard Webhooks has it. It is shown in this answer and never again; one made before is good for nothing any more.',
    scope: 'keys',
    body: { kind: 'json', schema: CallbackSecretBody },
    success: { status: 201, schema: CallbackSecret, description: 'Made.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, body }) {
      const answer = await engine.makeCallbackSecret(caller, body.agent);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/callbacks',
    operation: 'listCallbacks',
    tag,
    summary: 'List notices to agents',
    description:
      'The latest first: whom they told of which request, how often it was tried, and what came of it.',
    scope: 'keys',
    query: CallbacksQuery,
    success: { status: 200, schema: CallbackList, description: 'Notices.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const answer = await engine.listCallbacks(caller, query.limit ?? pageSize.usual);
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
];
