import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { gate, instance, moved, subject } from '../support/hand-engine.ts';

const address = `/v1/instances/${instance}/gates/approving`;
const decisions = `${address}/decisions`;

test('the inbox is read a page at a time', async () => {
  const { send, asked } = testApp();
  const page = (await (await send('GET', '/v1/gates')).json()) as { items: unknown[]; next: string };
  expect(page.items).toEqual([gate]);
  expect(page.next).toMatch(/^[A-Za-z0-9_-]+$/);
  await send('GET', `/v1/gates?limit=5&cursor=${page.next}`);
  expect(asked.map(({ input }) => input)).toEqual([
    [null, 50],
    [`${instance} approving`, 5],
  ]);
});

test('P2: the tag of a gate, sent back, names exactly the opening and the subject that were read', async () => {
  const { send, asked } = testApp();
  const etag = (await send('GET', address)).headers.get('etag') ?? '';
  expect(etag).toBe(`"3.${subject}"`);
  const response = await send('POST', decisions, {
    body: { verdict: 'approve' },
    headers: { 'if-match': etag },
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ...moved, outcome: 'approved' });
  expect(asked.at(-1)).toEqual({
    method: 'decide',
    input: [
      {
        instance,
        state: 'approving',
        opened: 3,
        subject,
        verdict: 'approve',
        choice: null,
        reason: null,
        mark: null,
        factor: null,
        onBehalfOf: null,
      },
      null,
    ],
  });
});

test.each([undefined, '*'])(
  'P2: a decision that does not say what it decides is refused (If-Match %s)',
  async (tag) => {
    const { refused, asked } = testApp();
    const headers: Record<string, string> = tag === undefined ? {} : { 'if-match': tag };
    const problem = await refused('POST', decisions, { body: { verdict: 'approve' }, headers });
    expect(problem).toMatchObject({ status: 428, code: 'precondition-required' });
    expect(problem.next).toContain(address);
    expect(asked).toEqual([]);
  },
);

test.each(['"x"', '"3"', '"3."', '"0.abc"'])('P2: a tag this gate never had is stale: %s', async (tag) => {
  const { refused, asked } = testApp();
  const problem = await refused('POST', decisions, {
    body: { verdict: 'approve' },
    headers: { 'if-match': tag },
  });
  expect(problem).toMatchObject({ status: 412, code: 'stale' });
  expect(asked).toEqual([]);
});

test('P2: what changed since it was read is refused by the engine, and told as 412', async () => {
  const stale = {
    kind: 'refusal' as const,
    code: 'stale' as const,
    message: 'Changed.',
    next: 'Look.',
    considered: [],
  };
  const { refused } = testApp({ decide: async () => stale });
  const headers = { 'if-match': `"3.${subject}"` };
  expect(await refused('POST', decisions, { body: { verdict: 'approve' }, headers })).toMatchObject({
    status: 412,
  });
});

test.each([
  {},
  { verdict: 'maybe' },
  { verdict: 'approve', reason: '' },
  { verdict: 'approve', subject },
  { verdict: ['approve'] },
])('refuses the decision %j', async (body) => {
  const { refused, asked } = testApp();
  const problem = await refused('POST', decisions, { body, headers: { 'if-match': `"3.${subject}"` } });
  expect(problem.code).toBe('bad-request');
  expect(asked).toEqual([]);
});

test('a gate that is not open now is not found', async () => {
  const stale = {
    kind: 'refusal' as const,
    code: 'stale' as const,
    message: 'Not open.',
    next: 'Look.',
    considered: [],
  };
  const problem = await testApp({ readGate: async () => stale }).refused('GET', address);
  expect(problem).toMatchObject({ status: 404, code: 'not-found', detail: 'Not open.' });
});

test('P4: a link to a gate shows it, with the tag of that opening, and asks for nothing else', async () => {
  const { send, asked } = testApp();
  const response = await send('GET', `${address}/openings/3`);
  expect([response.status, response.headers.get('etag')]).toEqual([200, `"3.${subject}"`]);
  expect(asked).toEqual([{ method: 'readOpening', input: [instance, 'approving', 3] }]);
  expect((await send('GET', `${address}/openings/three`)).status).toBe(404);
});
