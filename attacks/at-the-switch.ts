/** Whoever wants to go on while things are stopped, to restart alone, or to use a stop as a way past a gate. */
import type { ServerRequest } from '../cli/server-client.ts';
import type { Attack } from './attack.ts';
import { answerOf, decision, decisionsOf, proposalOf, type Range } from './range.ts';

type Mode = 'paused' | 'stopped';

/** Plays while a control of one case stands, and lifts it by two people afterwards. */
const whileSet = (
  name: string,
  stated: string,
  mode: Mode,
  play: (range: Range, instance: string, control: string) => Promise<string>,
): Attack => ({
  name,
  stated,
  async play(range) {
    const instance = mode === 'paused' ? await range.newLetter() : await range.letterAt('voting');
    const control = await set(range, instance, mode);
    try {
      return await play(range, instance, control);
    } finally {
      await liftByTwo(range, control);
    }
  },
});

export const atTheSwitch: readonly Attack[] = [
  {
    name: 'Somebody who is no controller stops a case',
    stated: '403 not-allowed',
    async play(range) {
      return answerOf(
        await range.ask('person:clerk', '/v1/controls', toStop(await range.letterAt('voting'))),
      );
    },
  },
  whileSet('A reviewer votes while the case is stopped', '423 stopped', 'stopped', (range, instance) =>
    range.attemptDecision('person:two', instance, 'voting'),
  ),
  whileSet(
    'An agent hands in its proposal while it is paused',
    '423 paused',
    'paused',
    async (range, instance) => {
      const { body } = await range.ask('person:keys', `/v1/instances/${instance}`);
      const opened = Number(body.seq);
      const handedIn = { state: 'asking', opened, claim: crypto.randomUUID(), proposal: proposalOf('x') };
      return range.attempt('agent:writer', instance, `/v1/instances/${instance}/proposals`, {
        method: 'POST',
        body: handedIn,
      });
    },
  ),
  whileSet(
    'One person asks to restart, and confirms it',
    '409 already-decided',
    'stopped',
    (range, _, control) => confirmAfterAsking(range, control, 'person:one', 'person:one'),
  ),
  whileSet(
    'One person asks to restart, and confirms it with their second account',
    '409 already-decided',
    'stopped',
    (range, _, control) => confirmAfterAsking(range, control, 'person:one', 'person:one-again'),
  ),
  whileSet(
    'A restart is confirmed that nobody asked for',
    '409 not-possible-here',
    'stopped',
    async (range, _, control) =>
      answerOf(await range.ask('person:two', `/v1/controls/${control}/lift/confirm`, { method: 'POST' })),
  ),
  {
    name: 'A stop and a restart turn an open vote into an approval',
    stated: 'voting, with the votes it had',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      await liftByTwo(range, await set(range, instance, 'stopped'));
      const { body } = await range.seeGate('person:two', instance, 'voting');
      const { approved } = body.quorum as { approved: number };
      const states = await range.statesOf(instance);
      return approved === 1 ? `${states}, with the votes it had` : `${states}, ${approved} approvals`;
    },
  },
  {
    name: 'The last vote races the stop',
    stated: 'one came first, and nothing moved after the stop',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      const { etag } = await range.seeGate('person:two', instance, 'voting');
      const [vote, control] = await Promise.all([
        range.ask('person:two', decisionsOf(instance, 'voting'), decision(etag)),
        set(range, instance, 'stopped'),
      ]);
      const states = await range.statesOf(instance);
      const fits = vote.status === 200 ? states === 'issuing' : vote.status === 423 && states === 'voting';
      const after = await range.attempt('person:clerk', instance, `/v1/instances/${instance}/events`, {
        method: 'POST',
        body: { type: 'issue', data: {} },
      });
      await liftByTwo(range, control);
      return fits && after === '423 stopped'
        ? 'one came first, and nothing moved after the stop'
        : `${answerOf(vote)}, ${states}; then ${after}`;
    },
  },
];

const because = 'An attack is played.';

function toStop(instance: string, mode: Mode = 'stopped'): ServerRequest {
  return { method: 'POST', body: { scope: { kind: 'instance', instance }, mode, reason: because } };
}

async function set(range: Range, instance: string, mode: Mode): Promise<string> {
  const answer = await range.must('person:one', '/v1/controls', toStop(instance, mode));
  return String((answer.control as { id?: string } | undefined)?.id ?? answer.id);
}

async function confirmAfterAsking(
  range: Range,
  control: string,
  first: string,
  second: string,
): Promise<string> {
  await range.must(first, `/v1/controls/${control}/lift`, { method: 'POST', body: { reason: because } });
  return answerOf(await range.ask(second, `/v1/controls/${control}/lift/confirm`, { method: 'POST' }));
}

/** Somebody may have asked already. */
async function liftByTwo(range: Range, control: string): Promise<void> {
  await range.ask('person:one', `/v1/controls/${control}/lift`, {
    method: 'POST',
    body: { reason: because },
  });
  await range.must('person:two', `/v1/controls/${control}/lift/confirm`, { method: 'POST' });
}
