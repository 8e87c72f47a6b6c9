/** Whoever wants an approval that is not theirs to give. */
import type { Attack } from './attack.ts';
import { answerOf, decision, decisionsOf } from './range.ts';

/** One who may not decide at the vote tries to. */
const notTheirs = (name: string, stated: string, principal: string): Attack => ({
  name,
  stated,
  async play(range) {
    return range.attemptDecision(principal, await range.letterAt('voting'), 'voting');
  },
});

export const atTheGate: readonly Attack[] = [
  notTheirs('The initiator approves their own case', '403 own-proposal', 'person:starter'),
  notTheirs(
    'The initiator approves it with their second account',
    '403 own-proposal',
    'person:starter-again',
  ),
  notTheirs('The person whom the case is about approves it', '403 own-proposal', 'person:subject'),
  notTheirs('Whoever operates the agent approves what it proposed', '403 own-proposal', 'person:operator'),
  notTheirs('Somebody whom no rule names approves it', '403 not-allowed', 'person:clerk'),
  notTheirs('An AI agent with the reviewers’ role decides', '403 not-allowed', 'agent:writer'),
  notTheirs('A service with the reviewers’ role decides', '403 not-allowed', 'service:system'),
  {
    name: 'A key for deciding is asked for an AI agent',
    stated: '403 not-allowed',
    async play(range) {
      const body = { principal: 'agent:writer', scopes: ['decide'] };
      return answerOf(await range.ask('person:keys', '/v1/keys', { method: 'POST', body }));
    },
  },
  {
    name: 'The same person votes twice',
    stated: '409 already-decided',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      return range.attemptDecision('person:one', instance, 'voting');
    },
  },
  {
    name: 'The same person votes again with a second account',
    stated: '409 already-decided',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      return range.attemptDecision('person:one-again', instance, 'voting');
    },
  },
  {
    name: 'A member votes, and once more on behalf of another who passed their seat on to them',
    stated: '409 already-decided',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      return range.attemptDecision('person:one', instance, 'voting', 'person:three');
    },
  },
  {
    name: 'A seat is used by its delegate, and once more by its owner',
    stated: '409 already-decided',
    async play(range) {
      const instance = await range.letterAt('voting');
      const { etag } = await range.seeGate('person:keys', instance, 'voting');
      const vote = decision(etag, 'approve', 'person:three');
      await range.must('person:delegate', decisionsOf(instance, 'voting'), vote);
      return range.attemptDecision('person:three', instance, 'voting');
    },
  },
  {
    name: 'The initiator has their seat used by a delegate',
    stated: '403 own-proposal',
    async play(range) {
      return range.attemptDecision(
        'person:delegate',
        await range.letterAt('voting'),
        'voting',
        'person:starter',
      );
    },
  },
  {
    name: 'Whoever operates the agent decides on behalf of a member',
    stated: '403 own-proposal',
    async play(range) {
      return range.attemptDecision(
        'person:operator',
        await range.letterAt('voting'),
        'voting',
        'person:three',
      );
    },
  },
  {
    name: 'Somebody decides on behalf of a member who passed nothing on to them',
    stated: '403 not-allowed',
    async play(range) {
      return range.attemptDecision('person:clerk', await range.letterAt('voting'), 'voting', 'person:three');
    },
  },
  {
    name: 'A decision is sent on a subject that was edited since it was read',
    stated: '412 stale',
    async play(range) {
      const instance = await range.letterAt('voting');
      const { etag } = await range.seeGate('person:one', instance, 'voting');
      const body = { type: 'edit', data: { note: 'changed behind the reviewers’ backs' } };
      await range.must('person:starter', `/v1/instances/${instance}/events`, { method: 'POST', body });
      return range.attempt('person:one', instance, decisionsOf(instance, 'voting'), decision(etag));
    },
  },
  {
    name: 'A decision is sent on a gate that was closed and opened again',
    stated: '412 stale',
    async play(range) {
      const instance = await range.letterAt('appraising');
      const { etag } = await range.seeGate('person:two', instance, 'appraising');
      await range.decideWell('person:two', instance, 'appraising', 'return');
      await range.propose(instance);
      return range.attempt('person:two', instance, decisionsOf(instance, 'appraising'), decision(etag));
    },
  },
  {
    name: 'A decision is sent without If-Match',
    stated: '428 precondition-required',
    async play(range) {
      const instance = await range.letterAt('voting');
      const body = { verdict: 'approve' };
      return range.attempt('person:one', instance, decisionsOf(instance, 'voting'), { method: 'POST', body });
    },
  },
  {
    name: 'A decision is sent with If-Match: *',
    stated: '428 precondition-required',
    async play(range) {
      const instance = await range.letterAt('voting');
      return range.attempt('person:one', instance, decisionsOf(instance, 'voting'), decision('*'));
    },
  },
  {
    name: 'The approver’s name is sent along with the decision',
    stated: '400 bad-request',
    async play(range) {
      const instance = await range.letterAt('voting');
      const { etag } = await range.seeGate('person:one', instance, 'voting');
      const { body } = decision(etag);
      return range.attempt('person:one', instance, decisionsOf(instance, 'voting'), {
        method: 'POST',
        body: { ...(body as object), principal: 'person:two' },
        ifMatch: etag,
      });
    },
  },
];
