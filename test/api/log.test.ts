import { pino } from 'pino';
import { expect, test } from 'vitest';
import { createApp } from '../../api/create-app.ts';
import { describeError } from '../../api/log.ts';
import { requestOf } from './support/caller.ts';
import { handEngine, instance, secret } from './support/hand-engine.ts';

function logged() {
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => lines.push(line) });
  return { log, lines };
}

const path = `/v1/instances/${instance}/events`;
const body = { type: 'submit', data: { candidate: 'Nguyễn Văn Kín' } };

test('one line a request: who, what and how long, but no body, no key and no address', async () => {
  const { log, lines } = logged();
  const app = createApp(handEngine().engine, { log });
  await app.request(path, requestOf('POST', { body }));
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    method: 'POST',
    route: '/v1/instances/{instance}/events',
    status: 200,
    principal: 'person:a',
    request: expect.stringMatching(/^[0-9a-f]{32}$/),
    durationMs: expect.any(Number),
  });
  for (const kept of [secret, 'Nguyễn', instance]) expect(lines[0]).not.toContain(kept);
});

test('a refusal is logged with its code, a fault with its stack and nothing of the values', async () => {
  const { log, lines } = logged();
  const fault = Object.assign(new Error('broken'), { parameters: ['Nguyễn Văn Kín'], query: 'select' });
  const app = createApp(handEngine({ postEvent: () => Promise.reject(fault) }).engine, { log });
  await app.request(path, requestOf('POST', { body, anonymous: true }));
  await app.request(path, requestOf('POST', { body }));
  const [refused, error, answered] = lines.map((line) => JSON.parse(line));
  expect(refused).toMatchObject({ status: 401, code: 'unauthenticated' });
  expect(error).toMatchObject({
    level: 50,
    error: { name: 'Error', stack: expect.stringContaining('broken') },
  });
  expect(answered).toMatchObject({ status: 500, code: 'internal', request: error.request });
  expect(lines.join('')).not.toContain('Nguyễn');
  expect(describeError('text')).toEqual({ name: 'unknown', stack: '' });
});
