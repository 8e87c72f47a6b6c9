import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { instance, subject } from '../support/hand-engine.ts';

const from = 'a'.repeat(64);
const to = subject;

test('a migration is a dry run unless it says otherwise', async () => {
  const { send, asked } = testApp();
  const response = await send('POST', '/v1/migrations', {
    body: { from, to, map: { a: ['b', 'c'], d: null } },
  });
  expect(response.status).toBe(200);
  expect(asked).toEqual([
    {
      method: 'migrate',
      input: [
        {
          from,
          to,
          map: { a: ['b', 'c'], d: null },
          dryRun: true,
          instances: null,
          reason: null,
          cursor: null,
          limit: 50,
        },
        null,
      ],
    },
  ]);
});

test('each instance is answered with where it goes, or with why it is blocked and what to do', async () => {
  const { send } = testApp();
  const response = await send('POST', '/v1/migrations', { body: { from, to } });
  const answer = (await response.json()) as { items: unknown[]; next: unknown };
  expect(answer.next).toBeNull();
  expect(answer.items).toEqual([
    {
      instance,
      outcome: 'would-move',
      seq: 4,
      from: ['approving'],
      to: ['approving'],
      voids: { decisions: 1, acts: 0 },
      blocked: null,
    },
    expect.objectContaining({
      outcome: 'blocked',
      to: null,
      blocked: {
        code: 'not-possible-here',
        message: 'It is in "drafting", and the other definition has no such state.',
        next: 'Say in the map where it goes.',
        issues: [{ at: 'drafting', message: 'The other definition has no such state.' }],
      },
    }),
  ]);
});

test('what is to be done is handed on with its instances, its reason and its key', async () => {
  const { send, asked } = testApp();
  const body = { from, to, dryRun: false, instances: [instance], reason: 'A new rule.' };
  await send('POST', '/v1/migrations', { body, headers: { 'idempotency-key': 'once' } });
  expect(asked[0]?.input).toEqual([
    expect.objectContaining({ dryRun: false, instances: [instance], reason: 'A new rule.' }),
    { key: 'once', bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test.each([
  ['no definition', { to }],
  ['a hash that is none', { from: 'A', to }],
  ['a member nobody knows', { from, to, force: true }],
  ['a state that is a number', { from, to, map: { a: 1 } }],
  ['no instance at all', { from, to, instances: [] }],
  ['too many instances', { from, to, instances: Array(201).fill(instance) }],
  ['an empty reason', { from, to, reason: '' }],
])('refuses %s', async (_, body) => {
  const { refused, asked } = testApp();
  expect((await refused('POST', '/v1/migrations', { body })).code).toBe('bad-request');
  expect(asked).toEqual([]);
});
