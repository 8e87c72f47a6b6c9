/** The settings by which people sign in, read and checked together: they are of use only all at once. */
import type { Environment, SettingsProblem } from './settings.ts';

/** What the server must know of the identity provider, and of itself. */
export interface SignInSettings {
  readonly kind: 'sign-in';
  /** The provider's issuer, exactly as its tokens name it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where browsers reach this server: scheme, host and port, without a path. */
  readonly origin: string;
  /** What the provider's own access tokens for services and agents must name as audience; null: none are taken. */
  readonly audience: string | null;
  readonly sessionSeconds: number;
  readonly idleSeconds: number;
  /** How recent a sign-in must be for a decision. */
  readonly decideWithinSeconds: number;
}

export const signInSettingNames = {
  COUNTERSIGN_ORIGIN:
    'where browsers reach the server, such as https://countersign.example; needed to sign in',
  COUNTERSIGN_OIDC_ISSUER: 'the issuer of an OpenID Connect provider that people sign in at',
  COUNTERSIGN_OIDC_CLIENT_ID: "this server's client id there",
  COUNTERSIGN_OIDC_CLIENT_SECRET: 'the secret of that client',
  COUNTERSIGN_OIDC_AUDIENCE:
    "the audience of the provider's own access tokens for services and agents (none are taken)",
  COUNTERSIGN_SESSION_HOURS: 'how many hours a session lasts at most (12)',
  COUNTERSIGN_SESSION_IDLE_MINUTES: 'how many minutes it lasts without a request (30)',
  COUNTERSIGN_SIGN_IN_MINUTES: 'how many minutes after a sign-in a person may decide at gates (60)',
} as const;

type Name = keyof typeof signInSettingNames;

/** Null when nobody signs in. */
export function readSignInSettings(environment: Environment): SignInSettings | SettingsProblem | null {
  const given = (name: Name) => environment[name]?.trim() || null;
  const needed = [
    'COUNTERSIGN_OIDC_ISSUER',
    'COUNTERSIGN_OIDC_CLIENT_ID',
    'COUNTERSIGN_OIDC_CLIENT_SECRET',
    'COUNTERSIGN_ORIGIN',
  ] as const;
  const set = Object.keys(signInSettingNames).filter((name) => given(name as Name) !== null);
  const [first] = set;
  if (first === undefined) return null;
  const missing = needed.find((name) => given(name) === null);
  if (missing !== undefined) {
    return refuse(missing, `is missing: ${first} is set, and to sign in takes ${needed.join(', ')} together`);
  }
  const [issuer, clientId, clientSecret, origin] = needed.map((name) => given(name) ?? '') as [
    string,
    string,
    string,
    string,
  ];
  const audience = given('COUNTERSIGN_OIDC_AUDIENCE');
  const bad =
    checkIssuer(issuer) ??
    checkOrigin(origin) ??
    checkSecret(clientSecret) ??
    checkAudience(audience, clientId);
  if (bad !== null) return bad;
  const numbers = {
    sessionSeconds: readNumber('COUNTERSIGN_SESSION_HOURS', given, 12, 168, 3600),
    idleSeconds: readNumber('COUNTERSIGN_SESSION_IDLE_MINUTES', given, 30, 1440, 60),
    decideWithinSeconds: readNumber('COUNTERSIGN_SIGN_IN_MINUTES', given, 60, 10_080, 60),
  };
  const { sessionSeconds, idleSeconds, decideWithinSeconds } = numbers;
  if (typeof sessionSeconds !== 'number') return sessionSeconds;
  if (typeof idleSeconds !== 'number') return idleSeconds;
  if (typeof decideWithinSeconds !== 'number') return decideWithinSeconds;
  return {
    kind: 'sign-in',
    issuer,
    clientId,
    clientSecret,
    origin,
    audience,
    sessionSeconds,
    idleSeconds,
    decideWithinSeconds,
  };
}

function checkIssuer(text: string): SettingsProblem | null {
  const url = safeUrl(text);
  if (url !== null && url.search === '' && url.hash === '') return null;
  return refuse(
    'COUNTERSIGN_OIDC_ISSUER',
    `is ${quoted(text)}, but must be an https address (http on this machine only), without a query`,
  );
}

function checkOrigin(text: string): SettingsProblem | null {
  if (safeUrl(text)?.origin === text) return null;
  return refuse(
    'COUNTERSIGN_ORIGIN',
    `is ${quoted(text)}, but must be scheme, host and port alone, in lower case: https://countersign.example (http on this machine only)`,
  );
}

/** A short one could be guessed, and the seal of a sign-in that is under way hangs on it. */
function checkSecret(text: string): SettingsProblem | null {
  if (text.length >= 16) return null;
  return refuse('COUNTERSIGN_OIDC_CLIENT_SECRET', 'is shorter than 16 characters');
}

/** Else the provider's token that says who signed in would do as one that lets a service in. */
function checkAudience(text: string | null, clientId: string): SettingsProblem | null {
  if (text !== clientId) return null;
  return refuse('COUNTERSIGN_OIDC_AUDIENCE', 'must be another one than COUNTERSIGN_OIDC_CLIENT_ID');
}

/** Over plain HTTP only what does not leave this machine. */
function safeUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return null;
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && isHere) ? url : null;
}

function readNumber(
  name: Name,
  given: (name: Name) => string | null,
  usual: number,
  most: number,
  seconds: number,
): number | SettingsProblem {
  const text = given(name) ?? String(usual);
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= most) return Number(text) * seconds;
  return refuse(name, `is ${quoted(text)}, but must be a whole number from 1 to ${most}`);
}

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);

function refuse(setting: Name, what: string): SettingsProblem {
  return { kind: 'problem', setting, sentence: `The setting ${setting} ${what}.` };
}
