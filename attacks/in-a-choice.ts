/** Of several proposals: to have one approved that nobody chose, or to be all the choice there is. */
import type { ServerRequest } from '../cli/server-client.ts';
import type { JsonObject } from '../schemas/json.ts';
import type { Attack } from './attack.ts';
import { answerOf, decisionsOf, proposalOf, type Range } from './range.ts';

const gate = 'choosing';

export const inAChoice: readonly Attack[] = [
  {
    name: 'An approval says not which of two proposals it is for',
    stated: '422 bad-input',
    async play(range) {
      const instance = await choice(range);
      const { etag } = await range.seeGate('person:two', instance, gate);
      return range.attempt('person:two', instance, decisionsOf(instance, gate), approval(etag, null));
    },
  },
  {
    name: 'An approval is for the proposal of another case',
    stated: '412 stale',
    async play(range) {
      const [instance, other] = [await choice(range), await choice(range)];
      const { etag } = await range.seeGate('person:two', instance, gate);
      const [stranger] = await digestsOf(range, other);
      const request = approval(etag, stranger ?? '');
      return range.attempt('person:two', instance, decisionsOf(instance, gate), request);
    },
  },
  {
    name: 'An agent hands in both of the two proposals',
    stated: '409 already-proposed',
    async play(range) {
      const instance = await begun(range);
      await propose(range, instance, 'agent:first-adviser');
      return range.attempt(
        'agent:first-adviser',
        instance,
        `/v1/instances/${instance}/proposals`,
        handingIn('the same in other words'),
      );
    },
  },
  {
    name: 'Two approvals, one for each of two proposals, are made out to be two for one',
    stated: 'open, with 1 of 2',
    async play(range) {
      const instance = await choice(range);
      const digests = await digestsOf(range, instance);
      for (const [at, member] of ['person:two', 'person:three'].entries()) {
        const { etag } = await range.seeGate(member, instance, gate);
        await range.must(member, decisionsOf(instance, gate), approval(etag, digests[at] ?? ''));
      }
      const { body } = await range.seeGate('person:keys', instance, gate);
      const { approved, needed } = body.quorum as JsonObject;
      return `${(await range.statesOf(instance)) === gate ? 'open' : 'closed'}, with ${approved} of ${needed}`;
    },
  },
  {
    name: 'The operator of the agent that was passed over would decide on the other',
    stated: '403 own-proposal',
    async play(range) {
      const instance = await choice(range);
      const { etag } = await range.seeGate('person:keys', instance, gate);
      const [digest] = await digestsOf(range, instance, 'agent:first-adviser');
      const request = approval(etag, digest ?? '');
      return range.attempt('person:operator', instance, decisionsOf(instance, gate), request);
    },
  },
];

async function begun(range: Range): Promise<string> {
  const body = { process: 'attacked-choice', data: {} };
  return String((await range.must('person:starter', '/v1/instances', { method: 'POST', body })).instance);
}

async function choice(range: Range): Promise<string> {
  const instance = await begun(range);
  await propose(range, instance, 'agent:first-adviser');
  await propose(range, instance, 'agent:second-adviser');
  return instance;
}

async function propose(range: Range, instance: string, agent: string): Promise<void> {
  const answer = await range.ask(agent, `/v1/instances/${instance}/proposals`, handingIn(agent));
  if (answer.status >= 400) throw new Error(`${agent}: ${answerOf(answer)} ${answer.body.detail}`);
}

function handingIn(text: string): ServerRequest {
  return { method: 'POST', body: { state: 'writing', opened: 1, proposal: proposalOf(text) } };
}

/** What lies before the gate; of one agent, or of all. */
async function digestsOf(range: Range, instance: string, proposer?: string): Promise<readonly string[]> {
  const { body } = await range.seeGate('person:keys', instance, gate);
  return (body.alternatives as JsonObject[])
    .filter((one) => proposer === undefined || one.proposer === proposer)
    .map(({ digest }) => String(digest));
}

function approval(etag: string, choice: string | null): ServerRequest {
  const body = { verdict: 'approve', ...(choice === null ? {} : { choice }) };
  return { method: 'POST', body, ifMatch: etag };
}
