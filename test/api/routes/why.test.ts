import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { instance, whyView } from '../support/hand-engine.ts';

test('the question is handed on as it was asked, and the answer as it was given', async () => {
  const { send, asked } = testApp();
  const answer = await send('GET', `/v1/instances/${instance}/why`);
  expect([answer.status, await answer.json()]).toEqual([200, whyView]);
  await send('GET', `/v1/instances/${instance}/why?principal=person%3Ab&event=withdraw`);
  expect(asked).toEqual([
    { method: 'why', input: [{ instance }] },
    { method: 'why', input: [{ instance, principal: 'person:b', event: 'withdraw' }] },
  ]);
});

test('a question that is none is refused before anybody is asked', async () => {
  const { refused, asked } = testApp();
  for (const query of ['person=person:b', 'event=', `event=${'x'.repeat(201)}`, 'principal=']) {
    expect((await refused('GET', `/v1/instances/${instance}/why?${query}`)).code).toBe('bad-request');
  }
  expect(asked).toEqual([]);
});
