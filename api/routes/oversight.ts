/** Watching the watchers: how reviewers decide. */
import { ReviewerReport, ReviewersQuery } from '../../schemas/api/oversight.ts';
import { type Route, reply, route } from '../route.ts';

export const oversightRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/oversight/reviewers',
    operation: 'watchReviewers',
    tag: 'Controls',
    summary: 'How reviewers decide',
    description:
      'By person and process: how many decisions, how soon, how many approved, how often the AI was agreed with. For ' +
      'spotting approvals that nobody thought about; no ranking of people. For auditors.',
    scope: 'read',
    query: ReviewersQuery,
    success: { status: 200, schema: ReviewerReport, description: 'The figures.' },
    refuses: ['not-allowed', 'bad-input'],
    async handle({ engine, caller, query: { process = null, from = null, until = null } }) {
      const answer = await engine.watchReviewers(caller, { process, from, until });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
];
