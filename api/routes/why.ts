/** Why somebody may act on an instance, or may not. */
import { Why, WhyQuery } from '../../schemas/api/why.ts';
import { type Route, reply, route } from '../route.ts';

export const whyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/instances/{instance}/why',
    operation: 'explainWhy',
    tag: 'Instances',
    summary: 'Why, or why not?',
    description:
      'What you may do with an instance now, by which rule, what is missing where you may not, and who could. ' +
      'About others only auditors and whoever is responsible for the instance may ask. Nothing is changed by asking.',
    scope: 'read',
    query: WhyQuery,
    success: { status: 200, schema: Why, description: 'The answers.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters, query: { principal, event } }) {
      const answer = await engine.why(caller, {
        instance: parameters.instance,
        ...(principal === undefined ? {} : { principal }),
        ...(event === undefined ? {} : { event }),
      });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
];
