import { expect, test } from 'vitest';
import { allRoutes } from '../../api/routes/all-routes.ts';
import { testApp } from './support/caller.ts';
import { exampleAddress } from './support/example-address.ts';
import { hash, instance } from './support/hand-engine.ts';

test.each([
  '/v2/me',
  '/v1',
  '/v1/',
  '/v1/instances/',
  '/v1/nothing',
  `/v1/instances/${instance}/events/`,
  '/V1/me',
  '/docs/x',
  '/problems/none',
])('an unknown address is not found: %s', async (path) => {
  expect(await testApp().refused('GET', path)).toMatchObject({ status: 404, code: 'not-found' });
});

test.each([
  ['PUT', '/v1/me', 'GET, HEAD'],
  ['PATCH', '/v1/instances', 'POST, GET, HEAD'],
  ['DELETE', `/v1/instances/${instance}`, 'GET, HEAD'],
  ['GET', `/v1/instances/${instance}/events`, 'POST'],
  ['GET', '/v1/proposal-requests/claim', 'POST'],
  ['OPTIONS', '/v1/definitions', 'POST, GET, HEAD'],
  ['GET', '/v1/keys/key-1', 'DELETE'],
  ['POST', '/healthz', 'GET, HEAD'],
  ['POST', '/v1/openapi.json', 'GET, HEAD'],
  ['POST', '/docs', 'GET, HEAD'],
  ['POST', '/problems/stale', 'GET, HEAD'],
])('%s %s is refused with the methods it takes', async (method, path, allow) => {
  const problem = await testApp().refused(method, path);
  expect(problem).toMatchObject({ status: 405, code: 'method-not-allowed' });
  expect(problem.headers.get('allow')).toBe(allow);
});

test('no answer opens the API to pages from elsewhere', async () => {
  const { send } = testApp();
  const headers = { origin: 'https://example.org', 'access-control-request-method': 'POST' };
  for (const [method, path] of [
    ['OPTIONS', '/v1/instances'],
    ['GET', '/v1/me'],
    ['GET', '/docs'],
  ] as const) {
    const response = await send(method, path, { headers });
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('P4: no GET and no HEAD asks the engine for anything but reading', async () => {
  const reading = new Set([
    'listDefinitions',
    'readDefinition',
    'readInstance',
    'search',
    'readRecord',
    'readDecisions',
    'listControls',
    'listFactors',
    'listGates',
    'listRequests',
    'readGate',
    'watchReviewers',
    'readOpening',
    'readActs',
    'readDirectoryEntries',
    'readProvisioned',
    'why',
    'listKeys',
    'listCallbacks',
    'listSessions',
    'readDirectory',
  ]);
  const { send, asked } = testApp();
  const addresses = [
    ...allRoutes.map(({ path }) => path),
    '/',
    '/docs',
    '/healthz',
    '/readyz',
    '/v1/openapi.json',
    '/problems/stale',
    '/scim/v2/Users',
    '/scim/v2/Groups/x',
  ];
  for (const path of addresses) {
    const address = exampleAddress(path, { instance, hash });
    for (const method of ['GET', 'HEAD']) {
      for (const query of ['', '?verdict=approve', '?type=submit', '?_method=POST']) {
        await send(method, address + query, {
          headers: { 'x-http-method-override': 'POST', 'if-match': `"3.${hash}"` },
        });
      }
    }
  }
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.map(({ method }) => method).filter((method) => !reading.has(method))).toEqual([]);
});

test('health is told while the database is away; readiness is not', async () => {
  const { send, refused } = testApp({ ready: async () => false });
  expect(await (await send('GET', '/healthz', { anonymous: true })).json()).toEqual({ status: 'ok' });
  expect(await refused('GET', '/readyz', { anonymous: true })).toMatchObject({
    status: 503,
    code: 'unavailable',
  });
  expect(await (await testApp().send('GET', '/readyz', { anonymous: true })).json()).toEqual({
    status: 'ready',
  });
});
