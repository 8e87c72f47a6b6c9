/** The chain of acts: what was done to the ledger itself. */
import { ActList, ActsQuery } from '../../schemas/api/acts.ts';
import { pageSize } from '../../schemas/api/common.ts';
import { type Route, reply, route } from '../route.ts';

export const actRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/acts',
    operation: 'readActs',
    tag: 'Acts',
    summary: 'Read the chain of acts',
    description:
      'Keys issued and revoked, directories, deployments: what was done to the ledger itself, oldest first. For auditors.',
    scope: 'read',
    query: ActsQuery,
    success: { status: 200, schema: ActList, description: 'A page of acts.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const { after = 0, limit = pageSize.usual } = query;
      const answer = await engine.readActs(caller, after, limit);
      if (answer.kind === 'refusal') return answer;
      const { items, next } = answer.value;
      return reply({ items, next: next === null ? null : Number(next) });
    },
  }),
];
