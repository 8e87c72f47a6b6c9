/** Whoever wants to be taken for somebody: with a session that is over, a page elsewhere, or a token of their own making. */
import { SignJWT, UnsecuredJWT } from 'jose';
import type { JsonObject } from '../schemas/json.ts';
import { apiAudience, TestBrowser } from '../test/support/identity-provider.ts';
import type { Attack } from './attack.ts';
import { answerOf, decisionsOf, type Range } from './range.ts';

/** A signed access token of the provider, with something about it changed. */
const token = (
  name: string,
  stated: string,
  make: (usual: JsonObject, range: Range) => Promise<string>,
): Attack => ({
  name,
  stated,
  async play(range) {
    const now = Math.floor(Date.now() / 1000);
    const { issuer } = range.provider;
    const usual = { iss: issuer, aud: apiAudience, sub: 'system', scope: 'read', exp: now + 60 };
    const authorization = `Bearer ${await make(usual, range)}`;
    return toAnswer(await fetch(`${range.url}/v1/me`, { headers: { authorization } }));
  },
});

const sign = (claims: JsonObject, { provider }: Range) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: provider.key.kid }).sign(provider.key.key);

export const atTheDoor: readonly Attack[] = [
  token(
    'A token of the provider that is in order, to know that the next ones fail for what they are',
    '200',
    sign,
  ),
  token('A token says that it needs no signature (alg none)', '401 unauthenticated', async (usual) =>
    new UnsecuredJWT(usual).encode(),
  ),
  token('A token for another audience', '401 unauthenticated', (usual, range) =>
    sign({ ...usual, aud: 'https://elsewhere.example' }, range),
  ),
  token('A token of another issuer', '401 unauthenticated', (usual, range) =>
    sign({ ...usual, iss: 'https://elsewhere.example' }, range),
  ),
  token('A token that has expired', '401 unauthenticated', (usual, range) =>
    sign({ ...usual, exp: Number(usual.exp) - 3600 }, range),
  ),
  {
    name: 'A session is used after its owner signed out',
    stated: '401 unauthenticated',
    async play(range) {
      const browser = await signIn(range);
      const kept = new Map(browser.cookies(range.url));
      await browser.ask(`${range.url}/v1/sign-out`, { method: 'POST', headers: ownPage(range) });
      for (const [name, value] of kept) browser.cookies(range.url).set(name, value);
      return toAnswer(await browser.ask(`${range.url}/v1/me`));
    },
  },
  {
    name: 'Another site’s page posts a decision with the reviewer’s session',
    stated: '403 cross-site',
    async play(range) {
      const headers = { origin: 'https://elsewhere.example', 'sec-fetch-site': 'cross-site' };
      return decideBySession(range, await signIn(range), headers);
    },
  },
  {
    name: 'Somebody decides whose sign-in is hours old',
    stated: '401 sign-in-stale, insufficient_user_authentication',
    async play(range) {
      const hoursAgo = Math.floor(Date.now() / 1000) - 4 * 3600;
      return decideBySession(range, await signIn(range, hoursAgo), ownPage(range));
    },
  },
  {
    name: 'Somebody comes back from a sign-in that another browser began',
    stated: '403 sign-in-refused',
    async play(range) {
      range.provider.person = { ...range.provider.person, subject: 'two' };
      const address = await new TestBrowser().followTo(`${range.url}/v1/sign-in`, callback);
      return toAnswer(await new TestBrowser().ask(address, { headers: { accept: 'application/json' } }));
    },
  },
];

const callback = /\/v1\/sign-in\/callback/;

/** A browser in which the second member is signed in, freshly unless a time is given, in seconds. */
export async function signIn(range: Range, at?: number): Promise<TestBrowser> {
  const { provider, url } = range;
  provider.person = {
    subject: 'two',
    amr: ['pwd'],
    acr: 'urn:test:one',
    ...(at === undefined ? {} : { ts: at }),
  };
  const browser = new TestBrowser();
  await browser.ask(await browser.followTo(`${url}/v1/sign-in`, callback));
  return browser;
}

export const ownPage = ({ url }: Range) => ({
  origin: url,
  'sec-fetch-site': 'same-origin',
  'x-countersign': '1',
});

export async function decideBySession(
  range: Range,
  browser: TestBrowser,
  headers: Record<string, string>,
  seenBy = 'person:two',
): Promise<string> {
  const instance = await range.letterAt('voting', seenBy === 'person:two' ? 'person:two' : 'person:one');
  const { etag } = await range.seeGate(seenBy, instance, 'voting');
  const before = await range.seqOf(instance);
  const answer = await browser.ask(range.url + decisionsOf(instance, 'voting'), {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', 'if-match': etag },
    body: JSON.stringify({ verdict: 'approve', reason: 'Because.' }),
  });
  if ((await range.seqOf(instance)) !== before) throw new Error(`${answer.status}, and the instance moved.`);
  return toAnswer(answer);
}

/** With the challenge of RFC 9470, where there is one. */
async function toAnswer(response: Response): Promise<string> {
  const text = await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as JsonObject) : {};
  const challenge = /error="(insufficient_\w+)"/.exec(response.headers.get('www-authenticate') ?? '')?.[1];
  return answerOf({ status: response.status, body }) + (challenge === undefined ? '' : `, ${challenge}`);
}
