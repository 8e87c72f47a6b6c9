import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Answer, Moved, ReviewerReport } from '../../../engine/index.ts';
import { proposalDefinition, voteDefinition } from '../../support/definitions.ts';
import { codeOf, done, openTestHouse, type TestHouse } from '../../support/test-house.ts';

let house: TestHouse;
const start = async (process: string, data: object) =>
  done(await house.engine.start(house.as('officer'), { process, data: { ...data } }, null)).instance;

beforeAll(async () => {
  house = await openTestHouse([proposalDefinition, voteDefinition]);
  // The leader: seven decisions on proposals, one returned and then approved, four of them within a minute.
  for (const seconds of [10, 20, 30, 600, 700]) await reviewed('leader', seconds, ['approve']);
  await reviewed('leader', 40, ['return', 'approve']);
  // The head: too few for any figure.
  await reviewed('head', 10, ['approve']);
  // One votes where no AI proposes; five times, against.
  for (let count = 0; count < 5; count += 1) {
    const instance = await start('vote', { question: 'Shall we?' });
    house.clock.advance(90_000);
    await decide(instance, 'voting', 'member-one', 'reject');
    if (count === 0) await decide(instance, 'voting', 'member-two', 'recuse');
  }
});
afterAll(() => house.close());

async function reviewed(by: string, seconds: number, verdicts: readonly ('approve' | 'return')[]) {
  const instance = await start('proposal', { topic: 'Roads' });
  for (const verdict of verdicts) {
    const claimed = done(await house.engine.claimProposal(house.as('agent:drafter'), 60_000));
    if (claimed === null) throw new Error('Nothing was handed out.');
    const { state, opened, claim } = claimed;
    const proposal = {
      ...{ payload: { text: 'A wording.' }, model: 'm', modelVersion: '1', promptHash: 'a'.repeat(64) },
      ...{ rationale: 'Because.', confidence: null, inputs: [], evidence: [], operator: null },
    };
    done(
      await house.engine.submitProposal(
        house.as('agent:drafter'),
        { instance, state, opened, claim, proposal },
        null,
      ),
    );
    house.clock.advance(seconds * 1000);
    await decide(instance, 'approving', by, verdict);
  }
}

async function decide(
  instance: string,
  state: string,
  by: string,
  verdict: 'approve' | 'return' | 'reject' | 'recuse',
) {
  const { opened, subject } = done(await house.engine.readGate(house.as(by), instance, state));
  const input = { instance, state, opened, subject, verdict, reason: 'So.' } as const;
  done(await house.engine.decide(house.as(by), input, null));
}

const everything = { process: null, from: null, until: null };
const watch = async (
  question: Partial<Record<keyof typeof everything, string>> = {},
  by = 'auditor',
): Promise<Answer<ReviewerReport>> =>
  house.engine.watchReviewers(house.as(by), { ...everything, ...question });

test('auditors see how soon and how often reviewers approve, and how often they agree with the AI', async () => {
  const { items, note, fewest } = done(await watch());
  expect(items).toEqual([
    { person: 'person:head', name: 'person:head', process: 'proposal', figures: null },
    {
      person: 'person:leader',
      name: 'person:leader',
      process: 'proposal',
      figures: { decisions: 7, medianSeconds: 40, approvalRate: 0.86, agreementRate: 0.71, underAMinute: 5 },
    },
    {
      person: 'person:member-one',
      name: 'person:member-one',
      process: 'vote',
      figures: { decisions: 5, medianSeconds: 90, approvalRate: 0, agreementRate: null, underAMinute: 0 },
    },
  ]);
  expect([fewest, note]).toEqual([5, expect.stringContaining('no measure of a person')]);
});

test('the figures are narrowed by process and by time', async () => {
  const votes = done(await watch({ process: 'vote' }));
  expect(votes.items.map(({ person }) => person)).toEqual(['person:member-one']);
  const before = new Date(house.clock.now()).toISOString();
  expect(done(await watch({ from: before, process: 'proposal' })).items).toEqual([]);
  const { items } = done(await watch({ until: before, process: 'vote' }));
  // The last vote was given at this very instant, so four are left: too few for a figure.
  expect(items).toMatchObject([{ person: 'person:member-one', figures: null }]);
  expect(codeOf((await watch({ from: '2026-02-30T00:00:00Z' })) as Answer<unknown> as Answer<Moved>)).toBe(
    'bad-input',
  );
  expect(done(await watch({ process: 'none' })).items).toEqual([]);
});

test.each(['leader', 'controller', 'head', 'designer', 'service:intake', 'agent:drafter'])(
  'P9: %s is told none of it',
  async (by) => {
    expect(await watch({}, by)).toMatchObject({ kind: 'refusal', code: 'not-allowed' });
  },
);
