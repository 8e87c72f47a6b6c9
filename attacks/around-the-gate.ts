/** Whoever wants to get past a gate without its decision. */
import type { ServerRequest } from '../cli/server-client.ts';
import type { Attack } from './attack.ts';
import { decision, decisionsOf, proposalOf, type Range } from './range.ts';

const atVote = (
  name: string,
  stated: string,
  principal: string,
  path: string,
  request: ServerRequest,
): Attack => ({
  name,
  stated,
  async play(range) {
    const instance = await range.letterAt('voting');
    return range.attempt(principal, instance, `/v1/instances/${instance}${path}`, request);
  },
});

const event = (type: string): ServerRequest => ({ method: 'POST', body: { type, data: {} } });

export const aroundTheGate: readonly Attack[] = [
  atVote(
    'The clerk issues it while the vote is open',
    '409 not-possible-here',
    'person:clerk',
    '/events',
    event('issue'),
  ),
  atVote(
    '"approved" is sent as an event',
    '409 not-possible-here',
    'person:one',
    '/events',
    event('approved'),
  ),
  atVote(
    'The engine’s own outcome is forged as an event',
    '422 reserved-event',
    'person:one',
    '/events',
    event('countersign.outcome.voting.approved'),
  ),
  atVote(
    'XState’s own done event is forged',
    '422 reserved-event',
    'person:one',
    '/events',
    event('xstate.done.state.voting'),
  ),
  atVote('An AI agent sends an event', '403 not-allowed', 'agent:writer', '/events', event('issue')),
  atVote(
    'A reader opens the address of a decision',
    '405 method-not-allowed',
    'person:one',
    '/gates/voting/decisions?verdict=approve',
    {},
  ),
  {
    name: 'A mail scanner follows every address of the case with GET',
    stated: 'nothing moved',
    async play(range) {
      const instance = await range.letterAt('voting');
      const before = await range.seqOf(instance);
      const { paths } = await range.must('person:one', '/v1/openapi.json');
      for (const path of Object.keys(paths as object)) {
        const filled = path
          .replace('{instance}', instance)
          .replace('{state}', 'voting')
          .replace(/\{\w+\}/g, '1');
        await range.ask('person:one', `${filled}?verdict=approve&decision=approve&confirm=true`);
      }
      const after = await range.seqOf(instance);
      return after === before ? 'nothing moved' : `entry ${after}`;
    },
  },
  {
    name: 'A link to a gate is followed that another reviewer was sent',
    stated: '404 not-found',
    async play(range) {
      const instance = await range.letterAt('voting');
      return range.attempt('person:clerk', instance, await linkTo(range, instance));
    },
  },
  {
    name: 'A link to a gate is followed by whoever has decided there',
    stated: '410 gone',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      return range.attempt('person:one', instance, await linkTo(range, instance));
    },
  },
  {
    name: 'A link to a gate is followed after it has closed',
    stated: '410 gone',
    async play(range) {
      const instance = await range.letterAt('voting');
      const link = await linkTo(range, instance);
      for (const member of ['person:one', 'person:two']) await range.decideWell(member, instance, 'voting');
      return range.attempt('person:three', instance, link);
    },
  },
  {
    name: 'Another unit’s officer reads the case',
    stated: '404 not-found',
    async play(range) {
      const instance = await range.letterAt('voting');
      return range.attempt('person:stranger', instance, `/v1/instances/${instance}`);
    },
  },
  {
    name: 'Another unit’s officer decides in the case',
    stated: '403 not-allowed',
    async play(range) {
      return range.attemptDecision('person:stranger', await range.letterAt('voting'), 'voting');
    },
  },
  {
    name: 'A proposal comes with more fields than were asked for',
    stated: '422 bad-input',
    async play(range) {
      const instance = await range.newLetter();
      const { state = null, opened = null, claim = null } = await range.claim(instance);
      const proposal = { ...proposalOf('x'), payload: { text: 'x', approved: true } };
      const body = { state, opened, claim, proposal };
      return range.attempt('agent:writer', instance, `/v1/instances/${instance}/proposals`, {
        method: 'POST',
        body,
      });
    },
  },
  {
    name: 'A proposal says of itself that it is approved',
    stated: '422 bad-input',
    async play(range) {
      const instance = await range.newLetter();
      const { state = null, opened = null, claim = null } = await range.claim(instance);
      const body = { state, opened, claim, proposal: { ...proposalOf('x'), status: 'approved' } };
      return range.attempt('agent:writer', instance, `/v1/instances/${instance}/proposals`, {
        method: 'POST',
        body,
      });
    },
  },
  {
    name: 'A person hands in what an agent was asked for',
    stated: '403 not-allowed',
    async play(range) {
      const instance = await range.newLetter();
      const { state = null, opened = null, claim = null } = await range.claim(instance);
      const body = { state, opened, claim, proposal: proposalOf('x') };
      return range.attempt('person:one', instance, `/v1/instances/${instance}/proposals`, {
        method: 'POST',
        body,
      });
    },
  },
  {
    name: 'The field of a decision is set when a case is started',
    stated: '422 bad-input',
    async play(range) {
      const data = { about: 'person:subject', note: 'x', wording: 'mine' };
      const answer = await range.ask('person:starter', '/v1/instances', {
        method: 'POST',
        body: { process: 'attacked-letter', data },
      });
      return `${answer.status} ${answer.body.code}`;
    },
  },
  {
    name: 'A decision on one case is sent to another',
    stated: '412 stale',
    async play(range) {
      const [one, other] = [await range.letterAt('voting'), await range.letterAt('voting')];
      const { etag } = await range.seeGate('person:one', one, 'voting');
      return range.attempt('person:one', other, decisionsOf(other, 'voting'), decision(etag));
    },
  },
  {
    name: 'An approval given before is sent again, with its idempotency key, to another gate',
    stated: '422 idempotency-conflict',
    async play(range) {
      const instance = await range.letterAt('appraising');
      const { etag } = await range.seeGate('person:two', instance, 'appraising');
      const once = { ...decision(etag), idempotencyKey: `approval-${instance}` };
      await range.must('person:two', decisionsOf(instance, 'appraising'), once);
      const { etag: next } = await range.seeGate('person:two', instance, 'voting');
      return range.attempt('person:two', instance, decisionsOf(instance, 'voting'), {
        ...once,
        ifMatch: next,
      });
    },
  },
];

/** What a message to the reviewers would link to. */
async function linkTo(range: Range, instance: string): Promise<string> {
  const { body } = await range.seeGate('person:three', instance, 'voting');
  return `/v1/instances/${instance}/gates/voting/openings/${body.opened}`;
}
