/**
 * Sixty-four reviewers at many gates at once, each of them everywhere, some to approve and some to reject: at each
 * gate the legal outcome comes, by the order of the record alone.
 */
import type { ServerAnswer } from '../cli/server-client.ts';
import type { Attack } from './attack.ts';
import { decision, decisionsOf, type Range } from './range.ts';

const crowd = 64;
const needed = 3;

export const reviewerOf = (number: number): string => `person:reviewer-${number}`;

/** As YAML that goes at the end of the directory file. */
export const crowdOfReviewers: string = Array.from(
  { length: crowd },
  (_, number) =>
    `  - { id: ${reviewerOf(number)}, name: Người Duyệt ${number}, unit: unit:here, roles: [reviewer] }\n`,
).join('');

/** How many gates: a thousand take about a minute. */
export const inACrowd = (gates: number): Attack => ({
  name: `Sixty-four reviewers decide at ${gates} gates, all at once`,
  stated: `the legal outcome at each of ${gates} gates`,
  async play(range) {
    const instances: string[] = [];
    for (let at = 0; at < gates; at += 50)
      instances.push(...(await startSome(range, Math.min(50, gates - at))));
    const queue = [...instances.entries()];
    const wrong: string[] = [];
    const together = Array.from({ length: 8 }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const problem = await crowdAt(range, next[1], next[0]);
        if (problem !== null) wrong.push(problem);
      }
    });
    await Promise.all(together);
    return wrong.length === 0 ? `the legal outcome at each of ${gates} gates` : wrong.slice(0, 3).join('; ');
  },
});

async function startSome(range: Range, count: number): Promise<readonly string[]> {
  const body = { process: 'crowded-gate', data: {} };
  const started = await Promise.all(
    Array.from({ length: count }, () =>
      range.must('person:starter', '/v1/instances', { method: 'POST', body }),
    ),
  );
  return started.map(({ instance }) => String(instance));
}

/** Everybody decides; at every third gate a few reject. Says what is not as the rule has it. */
async function crowdAt(range: Range, instance: string, number: number): Promise<string | null> {
  const { etag } = await range.seeGate(reviewerOf(number % crowd), instance, 'deciding');
  const rejecting = (reviewer: number) => number % 3 === 0 && (reviewer + number) % 16 === 0;
  const answers = await Promise.all(
    Array.from({ length: crowd }, (_, at) => {
      const verdict = rejecting(at) ? 'reject' : 'approve';
      return range.ask(reviewerOf(at), decisionsOf(instance, 'deciding'), decision(etag, verdict));
    }),
  );
  const { items } = await range.must('person:keys', `/v1/instances/${instance}/record?limit=200`);
  const votes = (items as { entry: { gate?: { verdict: string; outcome?: string } } }[]).flatMap(
    ({ entry }) => entry.gate ?? [],
  );
  return problemIn(votes, answers, await range.statesOf(instance), instance);
}

function problemIn(
  votes: readonly { readonly verdict: string; readonly outcome?: string }[],
  answers: readonly ServerAnswer[],
  states: string,
  instance: string,
): string | null {
  const approvals = votes.filter(({ verdict }) => verdict === 'approve').length;
  const last = votes.at(-1);
  const expected = last?.verdict === 'reject' ? 'refused' : 'passed';
  const counted = answers.filter(({ status }) => status === 200).length;
  const legal =
    last?.outcome === (expected === 'passed' ? 'approved' : 'rejected') &&
    votes.slice(0, -1).every(({ outcome, verdict }) => outcome === undefined && verdict === 'approve') &&
    (expected === 'passed' ? approvals === needed : approvals < needed) &&
    states === expected &&
    counted === votes.length;
  return legal ? null : `${instance}: ${counted} counted, ${JSON.stringify(votes)}, ${states}`;
}
