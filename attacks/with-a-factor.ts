/** Whoever decides with less than the gate asks for, or with a code or a signature that is not for this decision. */
import type { JsonObject } from '../schemas/json.ts';
import { codeFrom, wrongCode } from '../test/support/authenticator-app.ts';
import { SoftwareAuthenticator } from '../test/support/software-authenticator.ts';
import type { Attack } from './attack.ts';
import { decisionsOf, type Range } from './range.ts';

const reviewer = 'person:two';
const because = { verdict: 'approve', reason: 'Because.' };

/** What the reviewer carries with them: made once, since a server takes each code once. */
interface Carried {
  readonly uri: string;
  readonly device: SoftwareAuthenticator;
}
const carried = new WeakMap<Range, Promise<Carried>>();

function carriedIn(range: Range): Promise<Carried> {
  const known = carried.get(range) ?? enrol(range);
  carried.set(range, known);
  return known;
}

async function enrol(range: Range): Promise<Carried> {
  const post = (path: string, body: JsonObject) => range.must(reviewer, path, { method: 'POST', body });
  const { id, uri } = await post('/v1/me/factors/otp', {});
  await post(`/v1/me/factors/otp/${id}/confirmation`, { code: codeFrom(String(uri), -1) });
  const device = new SoftwareAuthenticator(new URL(range.url).origin);
  const asked = await post('/v1/me/factors/challenge', {});
  const { factor = null, nonce = null, expires = null } = asked;
  await post('/v1/me/factors/passkeys', {
    ...{ id: factor, nonce, expires },
    ...device.create(asked as unknown as Parameters<SoftwareAuthenticator['create']>[0]),
    factor: { kind: 'otp', code: codeFrom(String(uri)) },
  });
  return { uri: String(uri), device };
}

async function newCase(range: Range): Promise<string> {
  const body = { process: 'attacked-signature', data: {} };
  return String((await range.must('person:starter', '/v1/instances', { method: 'POST', body })).instance);
}

/** Decides with exactly this, on exactly what is there. */
async function attempt(
  range: Range,
  instance: string,
  factor: JsonObject | null,
  state = 'confirming',
): Promise<string> {
  const { etag } = await range.seeGate(reviewer, instance, state);
  const body = factor === null ? because : { ...because, factor };
  return range.attempt(reviewer, instance, decisionsOf(instance, state), {
    method: 'POST',
    body,
    ifMatch: etag,
  });
}

/** What the reviewer's device signs when it is asked about this very decision. */
async function signatureFor(range: Range, instance: string, device: SoftwareAuthenticator) {
  const { etag } = await range.seeGate(reviewer, instance, 'confirming');
  const path = `/v1/instances/${instance}/gates/confirming/challenge`;
  const asked = await range.must(reviewer, path, { method: 'POST', body: because, ifMatch: etag });
  const { nonce = null, expires = null } = asked;
  const signed = device.get(asked as unknown as Parameters<SoftwareAuthenticator['get']>[0]);
  return { kind: 'passkey', nonce, expires, ...signed };
}

export const withAFactor: readonly Attack[] = [
  {
    name: 'A reviewer decides with their sign-in alone where a one-time code is asked for',
    stated: '401 assurance-required',
    async play(range) {
      await carriedIn(range);
      return attempt(range, await newCase(range), null);
    },
  },
  {
    name: 'A code is guessed',
    stated: '403 factor-refused',
    async play(range) {
      const { uri } = await carriedIn(range);
      return attempt(range, await newCase(range), { kind: 'otp', code: wrongCode(uri) });
    },
  },
  {
    name: 'A code that was used before is used for a decision',
    stated: '403 factor-refused',
    async play(range) {
      const { uri } = await carriedIn(range);
      return attempt(range, await newCase(range), { kind: 'otp', code: codeFrom(uri, -1) });
    },
  },
  {
    name: 'A passkey’s signature for one case is sent with the decision on another',
    stated: '403 factor-refused',
    async play(range) {
      const { device } = await carriedIn(range);
      const [one, other] = [await newCase(range), await newCase(range)];
      return attempt(range, other, await signatureFor(range, one, device));
    },
  },
  {
    name: 'A signature for one gate is kept for the next one of the same case',
    stated: '403 factor-refused',
    async play(range) {
      const { device } = await carriedIn(range);
      const instance = await newCase(range);
      const signed = await signatureFor(range, instance, device);
      const { etag } = await range.seeGate(reviewer, instance, 'confirming');
      const body = { ...because, factor: signed };
      const path = decisionsOf(instance, 'confirming');
      await range.must(reviewer, path, { method: 'POST', body, ifMatch: etag });
      return attempt(range, instance, signed, 'signing');
    },
  },
];
