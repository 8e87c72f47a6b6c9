/** Whoever hopes that two things at once come to more than either. */
import type { Attack } from './attack.ts';
import { answerOf, decision, decisionsOf, type Range } from './range.ts';

export const inARace: readonly Attack[] = [
  {
    name: 'Ten copies of one vote are sent at once',
    stated: '1 counted, 9 refused',
    async play(range) {
      const instance = await range.letterAt('voting');
      const { etag } = await range.seeGate('person:one', instance, 'voting');
      const answers = await Promise.all(
        Array.from({ length: 10 }, () =>
          range.ask('person:one', decisionsOf(instance, 'voting'), decision(etag)),
        ),
      );
      await isStill(range, instance, 'voting');
      const counted = answers.filter(({ status }) => status === 200).length;
      const refused = answers.filter((answer) => /^409|^412/.test(answerOf(answer))).length;
      return `${counted} counted, ${refused} refused`;
    },
  },
  {
    name: 'Both accounts of one person vote at once, with a true reviewer',
    stated: '2 counted, 1 refused, issuing',
    async play(range) {
      const instance = await range.letterAt('voting');
      const { etag } = await range.seeGate('person:one', instance, 'voting');
      const answers = await Promise.all(
        ['person:one', 'person:one-again', 'person:three'].map((principal) =>
          range.ask(principal, decisionsOf(instance, 'voting'), decision(etag)),
        ),
      );
      const counted = answers.filter(({ status }) => status === 200).length;
      return `${counted} counted, ${answers.length - counted} refused, ${await range.statesOf(instance)}`;
    },
  },
  {
    name: 'The last approval and a rejection are sent at once',
    stated: 'one outcome, on the record once',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      const { etag } = await range.seeGate('person:two', instance, 'voting');
      const answers = await Promise.all([
        range.ask('person:two', decisionsOf(instance, 'voting'), decision(etag)),
        range.ask('person:three', decisionsOf(instance, 'voting'), decision(etag, 'reject')),
      ]);
      const states = await range.statesOf(instance);
      const outcomes = await outcomesOf(range, instance, 'voting');
      const fits = states === (outcomes[0] === 'approved' ? 'issuing' : 'lost');
      if (answers.every(({ status }) => status >= 400) || outcomes.length !== 1 || !fits)
        return `${answers.map(answerOf).join(', ')}; ${outcomes.join(', ')}; ${states}`;
      return 'one outcome, on the record once';
    },
  },
  {
    name: 'An edit of the subject races the last approval',
    stated: 'the edit first and no outcome, or the outcome first and no edit of it',
    async play(range) {
      const instance = await range.letterAt('voting');
      await range.decideWell('person:one', instance, 'voting');
      const { etag } = await range.seeGate('person:two', instance, 'voting');
      const body = { type: 'edit', data: { note: 'in the last moment' } };
      const [vote] = await Promise.all([
        range.ask('person:two', decisionsOf(instance, 'voting'), decision(etag)),
        range.ask('person:starter', `/v1/instances/${instance}/events`, { method: 'POST', body }),
      ]);
      const states = await range.statesOf(instance);
      const held = vote.status === 200 ? states === 'issuing' : vote.status === 412 && states === 'voting';
      return held
        ? 'the edit first and no outcome, or the outcome first and no edit of it'
        : `${answerOf(vote)}; ${states}`;
    },
  },
];

async function isStill(range: Range, instance: string, state: string): Promise<void> {
  const states = await range.statesOf(instance);
  if (states !== state) throw new Error(`The case went on to ${states}.`);
}

/** What the gate came to, as the record has it. */
async function outcomesOf(range: Range, instance: string, state: string): Promise<readonly string[]> {
  const { items } = await range.must('person:keys', `/v1/instances/${instance}/record?limit=200`);
  return (items as { entry: { gate?: { state: string; outcome?: string } } }[]).flatMap(({ entry }) =>
    entry.gate?.state === state && entry.gate.outcome !== undefined ? [entry.gate.outcome] : [],
  );
}
