import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { instance } from '../support/hand-engine.ts';

const claim = '/v1/proposal-requests/claim';
const proposals = `/v1/instances/${instance}/proposals`;
const proposal = {
  payload: { summary: 'x' },
  model: 'm',
  modelVersion: '1',
  promptHash: 'p',
  rationale: 'r',
};
const body = { state: 'drafting', opened: 1, claim: 'claim-1', proposal };

test('a request is leased for as long as asked, and for five minutes otherwise', async () => {
  const { send, app, asked } = testApp();
  await send('POST', claim, { body: { leaseSeconds: 60 } });
  await send('POST', claim, { body: {} });
  expect(await (await send('POST', claim)).json()).toMatchObject({ claim: 'claim-1', instance });
  expect(asked.map(({ input }) => input)).toEqual([[60_000], [300_000], [300_000]]);
  expect(
    (
      await app.request(claim, {
        method: 'POST',
        body: 'x',
        headers: { authorization: 'Bearer cs_test-secret' },
      })
    ).status,
  ).toBe(415);
});

test.each([{ leaseSeconds: 0 }, { leaseSeconds: 3601 }, { leaseSeconds: 1.5 }, { lease: 1 }, []])(
  'refuses the claim %j',
  async (wrong) => {
    expect((await testApp().refused('POST', claim, { body: wrong })).code).toBe('bad-request');
  },
);

test('when no proposal is wanted the answer is empty', async () => {
  const response = await testApp({ claimProposal: async () => ({ kind: 'done', value: null }) }).send(
    'POST',
    claim,
  );
  expect([response.status, await response.text()]).toEqual([204, '']);
});

test('a proposal goes on whole, and what it left out is null or empty', async () => {
  const { send, asked } = testApp();
  const more = { confidence: 0.5, inputs: ['doc:1'], evidence: ['page 2'], operator: 'unit:office' };
  await send('POST', proposals, { body });
  await send('POST', proposals, { body: { ...body, proposal: { ...proposal, ...more } } });
  const given = { instance, state: 'drafting', opened: 1, claim: 'claim-1' };
  expect(asked.map(({ input }) => input[0])).toEqual([
    { ...given, proposal: { ...proposal, confidence: null, inputs: [], evidence: [], operator: null } },
    { ...given, proposal: { ...proposal, ...more } },
  ]);
});

test.each([
  { ...body, opened: 0 },
  { ...body, extra: 1 },
  { ...body, proposal: { ...proposal, confidence: 1.5 } },
  { ...body, proposal: { ...proposal, approved: true } },
  { ...body, proposal: { ...proposal, payload: 'text' } },
  { ...body, proposal: { ...proposal, rationale: undefined } },
])('refuses the proposal %j', async (wrong) => {
  const { refused, asked } = testApp();
  expect((await refused('POST', proposals, { body: wrong })).code).toBe('bad-request');
  expect(asked).toEqual([]);
});
