import { expect, test } from 'vitest';
import { readSettings } from '../../../engine/run/settings.ts';

const whole = {
  COUNTERSIGN_ORIGIN: 'https://countersign.example',
  COUNTERSIGN_OIDC_ISSUER: 'https://id.example/realms/office',
  COUNTERSIGN_OIDC_CLIENT_ID: 'countersign',
  COUNTERSIGN_OIDC_CLIENT_SECRET: 'sixteen characters at least',
};

function sentence(environment: Record<string, string>): string {
  const answer = readSettings({ ...whole, ...environment });
  if (answer.kind !== 'problem') throw new Error('accepted');
  return answer.sentence;
}

test('four settings are enough to sign in', () => {
  const { signIn } = readSettings(whole) as { signIn: unknown };
  expect(signIn).toEqual({
    kind: 'sign-in',
    origin: 'https://countersign.example',
    issuer: 'https://id.example/realms/office',
    clientId: 'countersign',
    clientSecret: 'sixteen characters at least',
    audience: null,
    sessionSeconds: 43_200,
    idleSeconds: 1800,
    decideWithinSeconds: 3600,
  });
});

test('each of the four is missed where another setting of signing in is there', () => {
  for (const name of Object.keys(whole)) {
    expect(sentence({ [name]: '' })).toMatch(new RegExp(`^The setting ${name} is missing: COUNTERSIGN_`));
  }
  const answer = readSettings({ COUNTERSIGN_SESSION_HOURS: '8' });
  expect(answer.kind).toBe('problem');
});

test.each([
  ['COUNTERSIGN_ORIGIN', 'http://countersign.example'],
  ['COUNTERSIGN_ORIGIN', 'https://countersign.example/'],
  ['COUNTERSIGN_ORIGIN', 'https://countersign.example/console'],
  ['COUNTERSIGN_ORIGIN', 'https://user@countersign.example'],
  ['COUNTERSIGN_ORIGIN', 'countersign.example'],
  ['COUNTERSIGN_OIDC_ISSUER', 'http://id.example'],
  ['COUNTERSIGN_OIDC_ISSUER', 'https://id.example?x=1'],
  ['COUNTERSIGN_OIDC_ISSUER', 'ftp://id.example'],
  ['COUNTERSIGN_OIDC_CLIENT_SECRET', 'hunter2'],
  ['COUNTERSIGN_OIDC_AUDIENCE', 'countersign'],
  ['COUNTERSIGN_SESSION_HOURS', '0'],
  ['COUNTERSIGN_SESSION_HOURS', '169'],
  ['COUNTERSIGN_SESSION_IDLE_MINUTES', 'ten'],
  ['COUNTERSIGN_SIGN_IN_MINUTES', '-1'],
])('%s may not be %j', (name, value) => {
  const said = sentence({ [name]: value });
  expect(said).toMatch(new RegExp(`^The setting ${name} `));
  // A secret is never repeated.
  expect(said).not.toContain('sixteen characters at least');
  if (name.endsWith('SECRET')) expect(said).not.toContain(value);
});

test.each(['http://127.0.0.1:2727', 'http://localhost:2727', 'http://[::1]:2727'])(
  'on this very machine plain HTTP does: %s',
  (origin) => {
    expect(readSettings({ ...whole, COUNTERSIGN_ORIGIN: origin, COUNTERSIGN_OIDC_ISSUER: origin }).kind).toBe(
      'settings',
    );
  },
);
