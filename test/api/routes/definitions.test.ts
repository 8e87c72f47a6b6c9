import { expect, test } from 'vitest';
import { testApp } from '../support/caller.ts';
import { definition, hash } from '../support/hand-engine.ts';

const yaml = 'id: outgoing-document\n# Trích yếu\n';
const send = { body: yaml, headers: { 'content-type': 'text/yaml' } };

test('a definition is handed on byte for byte, with the name of its file', async () => {
  const { send: call, asked } = testApp();
  const response = await call('POST', '/v1/definitions?file=v%C4%83n%20b%E1%BA%A3n.yaml', send);
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe(`/v1/definitions/${hash}`);
  expect(await response.json()).toEqual({
    hash,
    process: 'outgoing-document',
    version: '1.0.0',
    current: true,
    findings: [],
  });
  expect(asked).toEqual([{ method: 'deploy', input: [yaml, 'văn bản.yaml'] }]);
});

test('a byte order mark is part of the text, since it is part of the hash', async () => {
  const { send: call, asked } = testApp();
  await call('POST', '/v1/definitions', { ...send, body: `\ufeff${yaml}` });
  expect(asked[0]?.input).toEqual([`\ufeff${yaml}`, 'definition.yaml']);
});

test('a refused definition comes back with its findings', async () => {
  const finding = {
    code: 'unknown-target',
    severity: 'error' as const,
    message: 'No such state.',
    file: 'a.yaml',
    line: 4,
    column: 7,
  };
  const { refused } = testApp({
    deploy: async () => ({
      kind: 'refusal',
      code: 'definition-refused',
      message: 'The definition has 1 error.',
      next: 'Correct it.',
      considered: [],
      findings: [finding],
    }),
  });
  expect(await refused('POST', '/v1/definitions', send)).toMatchObject({
    status: 422,
    code: 'definition-refused',
    findings: [finding],
  });
});

test.each(['application/yaml', 'text/yaml', 'application/x-yaml', 'text/x-yaml; charset=utf-8'])(
  'takes %s',
  async (type) => {
    const response = await testApp().send('POST', '/v1/definitions', {
      body: yaml,
      headers: { 'content-type': type },
    });
    expect(response.status).toBe(201);
  },
);

test('refuses a definition sent as JSON, too large, or not as UTF-8', async () => {
  const { refused, asked } = testApp();
  expect((await refused('POST', '/v1/definitions', { body: yaml })).status).toBe(415);
  expect(
    (await refused('POST', '/v1/definitions', { ...send, body: 'x'.repeat(1024 * 1024 + 1) })).status,
  ).toBe(413);
  expect(
    (await refused('POST', '/v1/definitions', { ...send, body: new Uint8Array([0x69, 0xff]) })).status,
  ).toBe(400);
  expect(asked).toEqual([]);
});

test('the list leaves the sources out', async () => {
  const response = await testApp().send('GET', '/v1/definitions');
  const { source: _source, certificate: _certificate, ...summary } = definition;
  expect(await response.json()).toEqual({ items: [summary], next: null });
});

test('one definition comes with its certificate, and its source as it was deployed', async () => {
  const { send: call } = testApp();
  expect(await (await call('GET', `/v1/definitions/${hash}`)).json()).toMatchObject({
    hash,
    certificate: { proven: true },
  });
  const source = await call('GET', `/v1/definitions/${hash}/source`);
  expect(source.headers.get('content-type')).toBe('text/yaml; charset=utf-8');
  expect(await source.text()).toBe(definition.source);
});

test.each(['x', 'A'.repeat(64), 'a'.repeat(63)])('%s is the hash of nothing', async (other) => {
  expect((await testApp().refused('GET', `/v1/definitions/${other}`)).code).toBe('not-found');
});
