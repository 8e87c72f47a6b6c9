/** Signing in with a real provider over real HTTP, and everything that somebody could try with it. */
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type App, createApp } from '../../../api/create-app.ts';
import type { Logger } from '../../../api/log.ts';
import { type Serving, serve } from '../../../api/serve.ts';
import { verifyRecord } from '../../../engine/run/verify-record.ts';
import type { JsonObject } from '../../../schemas/json.ts';
import { codeFrom } from '../../support/authenticator-app.ts';
import { voteDefinition } from '../../support/definitions.ts';
import {
  apiAudience,
  client,
  machine,
  openTestProvider,
  TestBrowser,
  type TestProvider,
} from '../../support/identity-provider.ts';
import { openTestHouse, type TestHouse } from '../../support/test-house.ts';
import { people, units } from '../../support/test-people.ts';
import { checkDocumented } from '../support/document-check.ts';

let house: TestHouse;
let server: Serving;
let provider: TestProvider;
let origin: string;
let browser: TestBrowser;

const accountOf = (id: string) => id.replace(':', '-');
const linked = () =>
  people.map((one) => ({ ...one, accounts: [{ issuer: provider.issuer, subject: accountOf(one.id) }] }));

beforeAll(async () => {
  house = await openTestHouse([voteDefinition]);
  const served: { app: App | null } = { app: null };
  const fetch = (request: Request, env: unknown) => served.app?.fetch(request, env as never);
  server = await serve({ fetch } as unknown as App, { host: '127.0.0.1', port: 0, graceMs: 500 });
  origin = server.url;
  provider = await openTestProvider(origin);
  served.app = createApp(house.engine, { signIn: signInOptions() });
  await house.ledger.replaceDirectory(linked(), units, 'person:designer');
});
afterAll(async () => {
  await server?.close();
  await provider?.close();
  await house?.close();
});
beforeEach(() => {
  // The provider's clock is the machine's, so the house goes by the same.
  house.clock.advance(Date.now() - house.clock.now());
  browser = new TestBrowser();
});

const signInOptions = () => ({
  issuer: provider.issuer,
  clientId: client.id,
  clientSecret: client.secret,
  origin,
  audience: apiAudience,
});

const callback = /\/v1\/sign-in\/callback/;

/** All the way, as a person does who is not signed in at the provider yet. */
async function signIn(id: string, query = '?return_to=/docs', using = browser): Promise<Response> {
  provider.person = { ...provider.person, subject: accountOf(id) };
  using.cookies(provider.issuer).clear();
  return using.ask(await using.followTo(`${origin}/v1/sign-in${query}`, callback));
}

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes, and checkDocumented has checked them.
  readonly body: any;
  readonly headers: Headers;
}

async function ask(
  method: string,
  path: string,
  sent: { body?: JsonObject; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await browser.ask(origin + path, {
    method,
    headers: {
      ...(method === 'GET' ? {} : { origin, 'sec-fetch-site': 'same-origin', 'x-countersign': '1' }),
      ...(sent.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...sent.headers,
    },
    ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
  });
  await checkDocumented(method, path, response);
  const text = await response.text();
  return {
    status: response.status,
    body: text.startsWith('{') ? JSON.parse(text) : text,
    headers: response.headers,
  };
}

test('a person signs in at the provider, and is the principal whom the directory links to the account', async () => {
  const response = await signIn('person:officer');
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/docs');
  const [session = '', underWay = ''] = response.headers.getSetCookie();
  expect(session).toMatch(/^countersign=css_[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
  expect(underWay).toMatch(/^countersign-sign-in=; .*Max-Age=0$/);
  const { status, body } = await ask('GET', '/v1/me');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    principal: 'person:officer',
    session: { acr: 'urn:test:one', amr: ['pwd'], authenticatedAt: expect.stringMatching(/Z$/) },
  });
  expect(body.authentication).toEqual([`session:${body.session.id}`, `oidc:${provider.issuer}`]);
});

test('what leads to the provider is bound to this browser by state, nonce and PKCE', async () => {
  const begun = await browser.ask(`${origin}/v1/sign-in?max_age=60`);
  const sent = new URL(begun.headers.get('location') ?? '').searchParams;
  expect(sent.get('code_challenge_method')).toBe('S256');
  expect(sent.get('max_age')).toBe('60');
  for (const name of ['state', 'nonce', 'code_challenge']) expect(sent.get(name)).toMatch(/^[\w-]{43}$/);
  const [cookie = ''] = begun.headers.getSetCookie();
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/);
  // Sealed: whoever reads the cookie learns nothing that the address does not say.
  for (const name of ['state', 'nonce']) expect(cookie).not.toContain(sent.get(name));
});

describe('a session', () => {
  test('is over after signing out, whoever kept the cookie', async () => {
    await signIn('person:officer');
    const kept = new Map(browser.cookies(origin));
    const { status: out, body: signedOut } = await ask('POST', '/v1/sign-out');
    expect([out, signedOut.ended.length]).toEqual([200, 1]);
    expect(signedOut.provider).toBe(`${provider.issuer}/session/end?client_id=${client.id}`);
    expect(browser.cookies(origin).size).toBe(0);
    for (const [name, value] of kept) browser.cookies(origin).set(name, value);
    const { status, body } = await ask('GET', '/v1/me');
    expect([status, body.code]).toEqual([401, 'unauthenticated']);
    expect(body.next).toContain('/v1/sign-in');
  });

  test('is another one after each sign-in: the value from before is dead', async () => {
    await signIn('person:officer');
    const before = browser.cookies(origin).get('countersign') ?? '';
    await signIn('person:officer');
    expect(browser.cookies(origin).get('countersign')).not.toBe(before);
    browser.cookies(origin).set('countersign', before);
    expect((await ask('GET', '/v1/me')).status).toBe(401);
  });

  test('is never one that somebody planted: a value of their own stands for nobody, before and after', async () => {
    browser.cookies(origin).set('countersign', `css_${'x'.repeat(43)}`);
    await signIn('person:officer');
    expect(browser.cookies(origin).get('countersign')).not.toContain('xxx');
    browser.cookies(origin).set('countersign', `css_${'x'.repeat(43)}`);
    expect((await ask('GET', '/v1/me')).status).toBe(401);
  });

  test('P9: with a role taken away, the next request is refused; without the person, it stands for nobody', async () => {
    await signIn('person:auditor');
    const path = '/v1/definitions';
    expect((await ask('POST', '/v1/sessions/end', { body: { principal: 'person:head' } })).status).toBe(403);
    expect((await ask('GET', path)).status).toBe(200);
    await signIn('person:designer');
    const end = () => ask('POST', '/v1/sessions/end', { body: { principal: 'person:head' } });
    expect((await end()).status).toBe(200);
    const without = (id: string, change: object) =>
      linked().map((one) => (one.id === id ? { ...one, ...change } : one));
    try {
      await house.ledger.replaceDirectory(without('person:designer', { roles: [] }), units, 'test');
      expect((await end()).body).toMatchObject({ status: 403, code: 'not-allowed' });
      await house.ledger.replaceDirectory(without('person:designer', { active: false }), units, 'test');
      expect((await end()).status).toBe(401);
      expect((await ask('GET', '/v1/me')).status).toBe(401);
      await house.ledger.replaceDirectory(without('person:designer', { accounts: [] }), units, 'test');
      expect((await end()).status).toBe(401);
    } finally {
      await house.ledger.replaceDirectory(linked(), units, 'test');
    }
    expect((await end()).status).toBe(200);
  });

  test('ends everywhere: by its owner, and by an administrator', async () => {
    const other = new TestBrowser();
    await signIn('person:leader', '', other);
    await signIn('person:leader');
    const listed = await ask('GET', '/v1/sessions');
    expect(listed.body.items).toHaveLength(2);
    expect(listed.body.items.filter(({ current }: { current: boolean }) => current)).toHaveLength(1);
    const { ended } = (await ask('POST', '/v1/sign-out', { body: { everywhere: true } })).body;
    expect(ended).toHaveLength(2);
    expect((await other.ask(`${origin}/v1/me`)).status).toBe(401);

    await signIn('person:leader', '', other);
    await signIn('person:stranger');
    const whose = { body: { principal: 'person:leader' } };
    expect((await ask('POST', '/v1/sessions/end', whose)).status).toBe(403);
    expect((await ask('GET', '/v1/sessions?principal=person:leader')).status).toBe(403);
    await signIn('person:designer');
    expect((await ask('GET', '/v1/sessions?principal=person:leader')).body.items).toHaveLength(1);
    expect((await ask('POST', '/v1/sessions/end', whose)).body.ended).toHaveLength(1);
    expect((await other.ask(`${origin}/v1/me`)).status).toBe(401);
    expect((await ask('DELETE', `/v1/sessions/${ended[0]}`)).status).toBe(404);
  });

  test('ends after a time without a request, and at last in any case', async () => {
    await signIn('person:officer');
    for (let half = 0; half < 4; half += 1) {
      house.clock.advance(20 * 60_000);
      expect((await ask('GET', '/v1/me')).status).toBe(200);
    }
    house.clock.advance(31 * 60_000);
    expect((await ask('GET', '/v1/me')).status).toBe(401);
    house.clock.advance(Date.now() - house.clock.now());
    await signIn('person:officer');
    for (let hour = 0; hour < 24; hour += 1) {
      house.clock.advance(29 * 60_000);
      expect((await ask('GET', '/v1/me')).status).toBe(200);
    }
    house.clock.advance(29 * 60_000);
    expect((await ask('GET', '/v1/me')).status).toBe(401);
  });

  test('is no bearer key, and a key is no session', async () => {
    await signIn('person:officer');
    const secret = browser.cookies(origin).get('countersign') ?? '';
    const bearer = await fetch(`${origin}/v1/me`, { headers: { authorization: `Bearer ${secret}` } });
    expect(bearer.status).toBe(401);
    browser.cookies(origin).set('countersign', 'secret of person:officer');
    expect((await ask('GET', '/v1/me')).status).toBe(401);
  });
});

describe('a cookie alone never writes', () => {
  const body = { process: 'vote', data: { question: 'Shall we?' } };
  test.each<[string, Record<string, string>]>([
    ['of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['that says its origin alone', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['of another host of this site', { 'sec-fetch-site': 'same-site' }],
    ['typed by hand', { 'sec-fetch-site': 'none' }],
    ['of a page without an origin', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['that a form could send', { 'content-type': 'text/plain', 'x-countersign': '' }],
  ])('a request %s is refused', async (_, headers) => {
    await signIn('person:officer');
    const { 'x-countersign': marker = '1', ...rest } = headers;
    const sent = { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json', ...rest };
    const response = await browser.ask(`${origin}/v1/instances`, {
      method: 'POST',
      headers: marker === '' ? sent : { ...sent, 'x-countersign': marker },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 'cross-site', next: expect.stringMatching(/\S/) });
  });

  test('nor does one that does not say where it comes from; one of our own pages does', async () => {
    await signIn('person:officer');
    const silent = await browser.ask(`${origin}/v1/sign-out`, {
      method: 'POST',
      headers: { 'x-countersign': '1' },
    });
    expect(silent.status).toBe(403);
    expect((await ask('POST', '/v1/instances', { body })).status).toBe(201);
  });
});

describe('signing in is refused', () => {
  const refused = async (response: Response) => {
    expect(response.headers.getSetCookie().some((cookie) => cookie.startsWith('countersign=css'))).toBe(
      false,
    );
    return { status: response.status, ...((await response.json()) as JsonObject) };
  };

  test('to whoever comes back from a sign-in that another browser began', async () => {
    provider.person.subject = accountOf('person:stranger');
    const foreign = await browser.followTo(`${origin}/v1/sign-in`, callback);
    const victim = new TestBrowser();
    expect(await refused(await victim.ask(foreign))).toMatchObject({ status: 403, code: 'sign-in-refused' });
    await victim.ask(`${origin}/v1/sign-in`);
    expect(await refused(await victim.ask(foreign))).toMatchObject({
      status: 403,
      detail: expect.stringContaining('another sign-in'),
    });
    // The victim's own sign-in is over, too: what was begun is never mixed with what came.
    expect(victim.cookies(origin).size).toBe(0);
  });

  test('to a code that was used, and to a sign-in that has ended, even by whoever kept every cookie', async () => {
    provider.person.subject = accountOf('person:officer');
    const back = await browser.followTo(`${origin}/v1/sign-in`, callback);
    const kept = new Map(browser.cookies(origin));
    expect((await browser.ask(back)).status).toBe(303);
    expect(await refused(await browser.ask(back))).toMatchObject({ status: 403 });
    for (const [name, value] of kept) browser.cookies(origin).set(name, value);
    expect(await refused(await browser.ask(back))).toMatchObject({ status: 403, code: 'sign-in-refused' });
  });

  test('by the database, too: one sign-in opens one session', async () => {
    const { issuer } = provider;
    const came = { issuer, subject: accountOf('person:officer'), acr: null, amr: [], authenticatedAt: null };
    const once = { ...came, signIn: 'one and the same', replaces: null };
    expect((await house.engine.openSession(once)).kind).toBe('done');
    expect(await house.engine.openSession(once)).toMatchObject({ code: 'sign-in-refused' });
  });

  test('to an altered cookie, and to a tampered answer', async () => {
    const back = await browser.followTo(`${origin}/v1/sign-in`, callback);
    const sealed = browser.cookies(origin).get('countersign-sign-in') ?? '';
    browser.cookies(origin).set('countersign-sign-in', `${sealed.slice(0, -6)}AAAAAA`);
    expect(await refused(await browser.ask(back))).toMatchObject({ status: 403 });
    browser.cookies(origin).set('countersign-sign-in', sealed);
    const other = back.replace(/iss=[^&]*/, 'iss=https%3A%2F%2Fevil.example');
    expect(other).not.toBe(back);
    expect(await refused(await browser.ask(other))).toMatchObject({ status: 403 });
  });

  test('to an account that the directory links to nobody, to a service, or to somebody inactive', async () => {
    expect(await refused(await signIn('person:unheard-of'))).toMatchObject({
      status: 403,
      detail: expect.stringContaining('person-unheard-of'),
    });
    expect(await refused(await signIn('service:intake', '', new TestBrowser()))).toMatchObject({
      detail: expect.stringContaining('only people sign in'),
    });
    expect(await refused(await signIn('agent:drafter', '', new TestBrowser()))).toMatchObject({
      status: 403,
    });
  });

  test('where the provider refuses, and a person is told so on a page', async () => {
    const begun = await browser.ask(`${origin}/v1/sign-in`);
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state');
    const answer = `${origin}/v1/sign-in/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`;
    const response = await browser.ask(answer, { headers: { accept: 'text/html' } });
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('access_denied');
  });

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    '/%09//evil.example/..//evil.example/%0d%0aset-cookie:x',
    'javascript:alert(1)',
    'evil',
    '/v1/sign-in?return_to=/',
    `/${'x'.repeat(1001)}`,
  ])('with a return_to like %j', async (wanted) => {
    const response = await browser.ask(`${origin}/v1/sign-in?return_to=${encodeURIComponent(wanted)}`);
    if (response.status === 303) {
      // What passes leads nowhere else.
      provider.person.subject = accountOf('person:officer');
      const back = await browser.ask(
        await browser.followTo(response.headers.get('location') ?? '', callback),
      );
      expect(new URL(back.headers.get('location') ?? '', origin).origin).toBe(origin);
      expect(back.headers.get('location')).not.toMatch(/^\/[/\\]/);
    } else expect(await refused(response)).toMatchObject({ status: 400, code: 'bad-request' });
  });

  test.each(['max_age=x', 'max_age=-1', 'max_age=99999999', 'prompt=none', 'return_to=/&return_to=/docs'])(
    'with the parameters %s',
    async (query) => {
      expect(await refused(await browser.ask(`${origin}/v1/sign-in?${query}`))).toMatchObject({
        status: 400,
      });
    },
  );
});

test('while the provider is away, signing in says so, and sessions work on', async () => {
  await signIn('person:officer');
  const { issuer } = provider;
  const logged: unknown[] = [];
  const log = { info: () => undefined, error: (what: unknown) => logged.push(what) } as unknown as Logger;
  const away = { ...signInOptions(), issuer: issuer.replace(/:\d+$/, ':9') };
  const app = createApp(house.engine, { signIn: away, log });
  const refused = await app.request('/v1/sign-in');
  expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'unavailable' }]);
  expect(JSON.stringify(logged)).toContain('The identity provider cannot be reached');
  const cookie = `countersign=${browser.cookies(origin).get('countersign')}`;
  expect((await app.request('/v1/me', { headers: { cookie } })).status).toBe(200);
});

test('without a provider, nobody signs in and no cookie counts', async () => {
  await signIn('person:officer');
  const app = createApp(house.engine);
  expect((await app.request('/v1/sign-in')).status).toBe(404);
  const cookie = `countersign=${browser.cookies(origin).get('countersign')}`;
  expect((await app.request('/v1/me', { headers: { cookie } })).status).toBe(401);
});

describe('P3: a person who signed in decides', () => {
  const start = async () => {
    await signIn('person:officer');
    const started = await ask('POST', '/v1/instances', {
      body: { process: 'vote', data: { question: 'Shall we?' } },
    });
    return String(started.body.instance);
  };
  const decide = async (instance: string) => {
    const path = `/v1/instances/${instance}/gates/voting`;
    const { headers } = await ask('GET', path);
    return ask('POST', `${path}/decisions`, {
      headers: { 'if-match': headers.get('etag') ?? '' },
      body: { verdict: 'approve' },
    });
  };

  test('the record names the session, its opening is an act, and the whole verifies', async () => {
    const instance = await start();
    await signIn('person:member-one');
    expect((await decide(instance)).status).toBe(200);
    const session = (await ask('GET', '/v1/me')).body.session.id;
    const record = await house.engine.readRecord(house.as('auditor'), instance, 0, 10);
    if (record.kind === 'refusal') throw new Error(record.message);
    const { entry } = record.value.items.at(-1) ?? {};
    expect(entry?.authentication).toEqual([`session:${session}`, `oidc:${provider.issuer}`]);
    expect((await verifyRecord(house.ledger)).problems).toEqual([]);
  });

  test('a sign-in that is too old is asked for again, and a new one will do', async () => {
    const instance = await start();
    await signIn('person:member-two');
    for (const minutes of [29, 29]) {
      house.clock.advance(minutes * 60_000);
      await ask('GET', '/v1/me');
    }
    house.clock.advance(3 * 60_000);
    const stale = await decide(instance);
    expect(stale).toMatchObject({ status: 401, body: { code: 'sign-in-stale' } });
    expect(stale.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="countersign", error="insufficient_user_authentication", max_age=3600$/,
    );
    expect(stale.body.next).toContain('/v1/sign-in?max_age=3600');
    house.clock.advance(Date.now() - house.clock.now());
    await signIn('person:member-two', '?max_age=0');
    expect((await decide(instance)).status).toBe(200);
  });
});

test('P3: where a gate demands a one-time code, a session alone is not enough, and enrols and shows one', async () => {
  await house.deploy(
    voteDefinition.replace('id: vote', 'id: sure').replace('meaning:', 'assurance: otp\n      meaning:'),
  );
  await signIn('person:officer');
  const question = { question: 'Shall we?' };
  const started = await ask('POST', '/v1/instances', { body: { process: 'sure', data: question } });
  const at = `/v1/instances/${started.body.instance}/gates/voting`;
  await signIn('person:member-three');
  const headers = { 'if-match': (await ask('GET', at)).headers.get('etag') ?? '' };
  const decide = (more: JsonObject) =>
    ask('POST', `${at}/decisions`, { headers, body: { verdict: 'approve', ...more } });
  expect(await decide({})).toMatchObject({ status: 401, body: { code: 'assurance-required' } });
  const { id, uri } = (await ask('POST', '/v1/me/factors/otp', { body: {} })).body;
  const confirmation = `/v1/me/factors/otp/${id}/confirmation`;
  expect((await ask('POST', confirmation, { body: { code: codeFrom(uri, -1) } })).status).toBe(200);
  expect((await decide({ factor: { kind: 'otp', code: codeFrom(uri) } })).status).toBe(200);
});

describe('services and agents', () => {
  const token = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
    const response = await fetch(`${origin}/v1/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    });
    await checkDocumented('POST', '/v1/token', response);
    return { status: response.status, body: (await response.json()) as JsonObject };
  };
  const as = (bearer: unknown, method = 'GET', path = '/v1/me', body?: JsonObject) =>
    fetch(origin + path, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const intake = { client_id: 'service:intake', client_secret: 'secret of service:intake' };

  test('get a short-lived token for their key, and the record names the key', async () => {
    const { status, body } = await token({ ...intake, scope: 'read start' });
    expect([status, body.token_type, body.expires_in, body.scope]).toEqual([
      200,
      'Bearer',
      600,
      'read start',
    ]);
    const me = (await (await as(body.access_token)).json()) as JsonObject;
    expect(me).toMatchObject({ principal: 'service:intake', scopes: ['read', 'start'], session: null });
    expect(me.authentication).toEqual(['key:test service:intake']);
    const deploy = await as(body.access_token, 'POST', '/v1/definitions');
    expect(deploy.status).not.toBe(201);
    house.clock.advance(Date.now() - house.clock.now() + 601_000);
    expect((await as(body.access_token)).status).toBe(401);
  });

  test('may name the key and send it as HTTP Basic', async () => {
    const pair = `${encodeURIComponent('test service:intake')}:${encodeURIComponent(intake.client_secret)}`;
    const basic = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    expect((await token({}, basic)).status).toBe(200);
    expect((await token({ client_secret: intake.client_secret }, basic)).status).toBe(401);
  });

  test('lose the token with the key', async () => {
    const administrator = house.as('designer');
    const key = await house.engine.issueKey(administrator, {
      principal: 'service:intake',
      scopes: ['read'],
      expiresAt: null,
    });
    if (key.kind === 'refusal') throw new Error(key.message);
    const { body } = await token({ client_id: key.value.id, client_secret: key.value.secret });
    expect((await as(body.access_token)).status).toBe(200);
    await house.engine.revokeKey(administrator, key.value.id);
    expect((await as(body.access_token)).status).toBe(401);
    expect((await token({ client_id: key.value.id, client_secret: key.value.secret })).status).toBe(401);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['a wrong secret', { ...intake, client_secret: 'wrong' }, 401, 'invalid_client'],
    ["another's secret", { ...intake, client_id: 'agent:drafter' }, 401, 'invalid_client'],
    ['no secret', { client_id: 'service:intake' }, 401, 'invalid_client'],
    ['a scope beyond the key', { ...intake, scope: 'read decide' }, 400, 'invalid_scope'],
    ['no scope at all', { ...intake, scope: ' ' }, 400, 'invalid_scope'],
    ['another grant', { ...intake, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [
      "a person's key",
      { client_id: 'person:head', client_secret: 'secret of person:head' },
      400,
      'unauthorized_client',
    ],
  ])('are refused with %s', async (_, form, status, error) => {
    expect(await token(form)).toMatchObject({ status, body: { error } });
  });

  test('P3: come with a token of the provider, and stay what they are', async () => {
    const answer = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${machine.id}:${machine.secret}`).toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read start decide propose' }),
    });
    const { access_token: issued } = (await answer.json()) as JsonObject;
    expect((await as(issued)).status, 'an account that is linked to nobody').toBe(401);
    const account = { issuer: provider.issuer, subject: machine.id };
    const link = (id: string) =>
      house.ledger.replaceDirectory(
        linked().map((one) => (one.id === id ? { ...one, accounts: [account] } : one)),
        units,
        'test',
      );
    try {
      await link('service:intake');
      const me = (await (await as(issued)).json()) as JsonObject;
      expect(me).toMatchObject({ principal: 'service:intake', kind: 'service', scopes: ['read', 'start'] });
      expect(me.authentication).toEqual([`oidc:${provider.issuer}#intake`]);
      await link('agent:drafter');
      expect(await (await as(issued)).json()).toMatchObject({ kind: 'agent', scopes: ['propose'] });
      const decided = await as(issued, 'POST', '/v1/instances/x/gates/voting/decisions', {
        verdict: 'approve',
      });
      expect(decided.status).not.toBe(200);
      await link('person:officer');
      expect((await as(issued)).status, 'people sign in').toBe(401);
      await house.ledger.replaceDirectory(
        linked().map((one) => (one.kind === 'person' ? one : { ...one, accounts: [account] })),
        units,
        'test',
      );
      expect((await as(issued)).status, 'an account that is linked to several').toBe(401);
    } finally {
      await house.ledger.replaceDirectory(linked(), units, 'test');
    }
  });

  test('are refused with a token that is forged, stale, or for somebody else', async () => {
    const subject = accountOf('service:intake');
    const claims = { scope: 'read start', sub: subject };
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const signed = (kid: string) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
        .setIssuer(provider.issuer)
        .setAudience(apiAudience)
        .setExpirationTime('5m')
        .sign(privateKey);
    const real = async (change: () => object) => {
      const sign = provider.key;
      const now = Math.floor(Date.now() / 1000);
      const usual = { aud: apiAudience, exp: now + 60, sub: subject, iss: provider.issuer, scope: 'read' };
      return new SignJWT({ ...usual, ...change() })
        .setProtectedHeader({ alg: 'RS256', kid: sign.kid })
        .sign(sign.key);
    };
    expect((await as(await real(() => ({})))).status, 'the one that is right').toBe(200);
    const forged: Record<string, string> = {
      'alg none': new UnsecuredJWT(claims)
        .setIssuer(provider.issuer)
        .setAudience(apiAudience)
        .setExpirationTime('5m')
        .encode(),
      'a key of their own under a known id': await signed(provider.key.kid),
      'an unknown key': await signed('unheard-of'),
      'the public key as a shared secret': await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: provider.key.kid })
        .setIssuer(provider.issuer)
        .setAudience(apiAudience)
        .setExpirationTime('5m')
        .sign(new TextEncoder().encode(JSON.stringify(await exportJWK(publicKey)))),
      'another audience': await real(() => ({ aud: client.id })),
      'another issuer': await real(() => ({ iss: 'https://evil.example' })),
      'an end in the past': await real(() => ({ exp: Math.floor(Date.now() / 1000) - 60 })),
      'no end at all': await real(() => ({ exp: undefined })),
      'no subject': await real(() => ({ sub: undefined })),
      'a time before which it does not count': await real(() => ({
        nbf: Math.floor(Date.now() / 1000) + 600,
      })),
    };
    for (const [name, one] of Object.entries(forged)) {
      const response = await as(one);
      expect([name, response.status]).toEqual([name, 401]);
      expect(await response.json()).toMatchObject({ code: 'unauthenticated' });
    }
  });

  test("a person's sign-in token is no token of an agent, whatever it claims", async () => {
    const sign = provider.key;
    const claims = {
      sub: accountOf('agent:drafter'),
      preferred_username: 'person:head',
      kind: 'person',
      scope: 'decide read',
    };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: sign.kid })
      .setIssuer(provider.issuer)
      .setAudience(apiAudience)
      .setExpirationTime('5m')
      .sign(sign.key);
    expect(await (await as(token)).json()).toMatchObject({
      principal: 'agent:drafter',
      kind: 'agent',
      scopes: [],
    });
  });
});
