import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { instance, request } from '../support/hand-engine.ts';

const claim = '/v1/proposal-requests/claim';
const proposals = `/v1/instances/${instance}/proposals`;
const proposal = {
  payload: { summary: 'x' },
  model: 'm',
  modelVersion: '1',
  promptHash: '0'.repeat(64),
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
  const more = {
    confidence: 0.5,
    inputs: ['doc:1'],
    evidence: ['https://example.vn/page?no=2'],
    operator: 'unit:office',
  };
  await send('POST', proposals, { body });
  await send('POST', proposals, { body: { ...body, proposal: { ...proposal, ...more } } });
  await send('POST', proposals, { body: { state: 'drafting', opened: 1, proposal } });
  const given = { instance, state: 'drafting', opened: 1, claim: 'claim-1' };
  expect(asked.map(({ input }) => input[0])).toEqual([
    { ...given, proposal: { ...proposal, confidence: null, inputs: [], evidence: [], operator: null } },
    { ...given, proposal: { ...proposal, ...more } },
    {
      ...given,
      claim: null,
      proposal: { ...proposal, confidence: null, inputs: [], evidence: [], operator: null },
    },
  ]);
});

const said = (parts: object) => ({ ...body, proposal: { ...proposal, ...parts } });

test.each([
  { ...body, opened: 0 },
  { ...body, extra: 1 },
  { ...body, claim: 7 },
  said({ confidence: 1.5 }),
  said({ approved: true }),
  said({ payload: 'text' }),
  said({ rationale: undefined }),
  said({ rationale: 'x'.repeat(20_001) }),
  said({ model: 'x'.repeat(201) }),
  said({ promptHash: 'sha256' }),
  said({ inputs: Array.from({ length: 201 }, String) }),
  said({ evidence: Array.from({ length: 51 }, (_, at) => `https://example.vn/${at}`) }),
  ...[
    'http://example.vn/',
    'javascript:alert(1)',
    'https://user:secret@example.vn/',
    'https://example.vn/"onclick="x',
    'https://example.vn/ and more',
    'page 2',
  ].map((link) => said({ evidence: [link] })),
])('P2: what does not fit is no proposal: 422, and nothing is handed on (%#)', async (wrong) => {
  const { refused, asked } = testApp();
  expect(await refused('POST', proposals, { body: wrong })).toMatchObject({ code: 'bad-input', status: 422 });
  expect(asked).toEqual([]);
});

test('a request is listed, taken by its name, kept for longer and given back', async () => {
  const { send, refused, asked } = testApp();
  const address = `/v1/proposal-requests/${request.request}`;
  expect(await (await send('GET', '/v1/proposal-requests?limit=2')).json()).toMatchObject({
    items: [{ request: request.request, leaseUntil: null }],
  });
  await send('POST', `${address}/claim`, { body: { leaseSeconds: 60 } });
  await send('POST', `${address}/claim`);
  await send('POST', `${address}/renew`, { body: { claim: 'claim-1', leaseSeconds: 90 } });
  await send('POST', `${address}/release`, { body: { claim: 'claim-1' } });
  const name = { instance, opened: 1, state: 'drafting' };
  expect(asked.map(({ input }) => input)).toEqual([
    [null, 2],
    [name, 60_000],
    [name, 300_000],
    [{ ...name, claim: 'claim-1' }, 90_000],
    [{ ...name, claim: 'claim-1' }],
  ]);
  expect((await refused('POST', `${address}/renew`, { body: {} })).code).toBe('bad-request');
  expect((await refused('POST', '/v1/proposal-requests/x.0.y/claim')).code).toBe('not-found');
});

test('a request that somebody else holds is 409, with what to do next', async () => {
  const held = {
    kind: 'refusal',
    code: 'already-claimed',
    message: 'Held.',
    next: 'Wait.',
    considered: [],
  } as const;
  const { refused } = testApp({ claimRequest: async () => held, submitProposal: async () => held });
  const address = `/v1/proposal-requests/${request.request}/claim`;
  expect(await refused('POST', address)).toMatchObject({ status: 409, code: 'already-claimed' });
  expect(await refused('POST', proposals, { body })).toMatchObject({ status: 409, next: 'Wait.' });
});
