import { expect, test } from 'vitest';
import { problems } from '../../api/problems.ts';
import { problemCodes } from '../../schemas/problem-codes.ts';
import { testApp } from './support/caller.ts';
import { instance, secret } from './support/hand-engine.ts';

test('every code of the closed list has a status, a title in both languages and a meaning', () => {
  expect(Object.keys(problems).sort()).toEqual([...problemCodes].sort());
  for (const { status, title, meaning } of Object.values(problems)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(600);
    expect(title.en.length * title.vi.length).toBeGreaterThan(0);
    expect(meaning).toMatch(/\.$/);
  }
});

test.each(problemCodes)(
  'P9: a refusal with %s reaches the caller with its status, reason and next step',
  async (code) => {
    const considered = [
      {
        transition: 'draft:submit:0',
        from: 'draft',
        position: { line: 3, column: 5 },
        reason: 'guard-failed' as const,
        detail: 'context.ready',
      },
    ];
    const refusal = { kind: 'refusal' as const, code, message: 'Because.', next: 'Do this.', considered };
    const { app } = testApp({
      postEvent: async () => ({ ...refusal, issues: [{ at: '/a', message: 'is odd' }] }),
    });
    const response = await app.request(`/v1/instances/${instance}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
      body: '{"type":"submit"}',
    });
    expect(response.status).toBe(problems[code].status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toEqual({
      type: `/problems/${code}`,
      title: problems[code].title.en,
      status: problems[code].status,
      detail: 'Because.',
      code,
      next: 'Do this.',
      request: response.headers.get('x-request-id'),
      considered,
      issues: [{ at: '/a', message: 'is odd' }],
    });
  },
);
