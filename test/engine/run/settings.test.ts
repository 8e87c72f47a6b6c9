import { describe, expect, test } from 'vitest';
import { readSettings, type SettingsProblem } from '../../../engine/run/settings.ts';

function refused(environment: Record<string, string>): SettingsProblem {
  const answer = readSettings(environment);
  if (answer.kind !== 'problem') throw new Error(`accepted: ${JSON.stringify(answer)}`);
  return answer;
}

test('with nothing set, the server is on loopback and on the embedded database', () => {
  expect(readSettings({ PATH: '/bin', HOME: '/home/lan' })).toEqual({
    kind: 'settings',
    port: 2727,
    host: '127.0.0.1',
    databaseUrl: null,
    dataFolder: '.countersign',
    directoryFile: null,
    processesFolder: null,
    answerHours: 72,
    certificateRootsFile: null,
    certificateRevokedFile: null,
    logLevel: 'info',
    callbackNetworks: [],
    signIn: null,
  });
});

test('everything can be set', () => {
  const url = 'postgresql://engine:secret@db.example:6432/countersign?sslmode=verify-full';
  const answer = readSettings({
    PORT: '0',
    HOST: '::1',
    DATABASE_URL: url,
    COUNTERSIGN_DATA: '/srv/data',
    COUNTERSIGN_DIRECTORY: 'people.yaml',
    COUNTERSIGN_PROCESSES: 'ours',
    COUNTERSIGN_ANSWER_HOURS: '24',
    COUNTERSIGN_CALLBACK_NETWORKS: '10.20.0.0/16, fd00:1::/32',
    COUNTERSIGN_CERTIFICATE_ROOTS: 'roots.pem',
    COUNTERSIGN_CERTIFICATE_REVOKED: 'revoked.pem',
    COUNTERSIGN_LOG: 'debug',
  });
  expect(answer).toEqual({
    kind: 'settings',
    port: 0,
    host: '::1',
    databaseUrl: url,
    dataFolder: '/srv/data',
    directoryFile: 'people.yaml',
    processesFolder: 'ours',
    answerHours: 24,
    certificateRootsFile: 'roots.pem',
    certificateRevokedFile: 'revoked.pem',
    logLevel: 'debug',
    callbackNetworks: ['10.20.0.0/16', 'fd00:1::/32'],
    signIn: null,
  });
});

test('an empty setting is an absent one', () => {
  expect(readSettings({ PORT: '', HOST: ' ', DATABASE_URL: '', COUNTERSIGN_LOG: '' })).toEqual(
    readSettings({}),
  );
});

test("a client's own settings do not disturb a server", () => {
  expect(readSettings({ COUNTERSIGN_URL: 'http://127.0.0.1:2727', COUNTERSIGN_KEY: 'k' }).kind).toBe(
    'settings',
  );
});

describe('a bad setting is one sentence that names it, what was given and what is accepted', () => {
  const cases: [string, string, RegExp][] = [
    ['COUNTERSIGN_CALLBACK_NETWORKS', '10.0.0.1', /is "10.0.0.1", but must be networks such as/],
    ['COUNTERSIGN_ANSWER_HOURS', '0', /is "0", but must be a whole number of hours from 1 to 8760/],
    ['COUNTERSIGN_ANSWER_HOURS', '3 days', /is "3 days", but must be a whole number/],
    ['PORT', 'eighty', /^The setting PORT is "eighty", but must be a whole number from 0 to 65535/],
    ['PORT', '65536', /"65536".*65535/],
    ['PORT', '-1', /"-1"/],
    ['PORT', '80.5', /"80.5"/],
    ['PORT', '0x50', /"0x50"/],
    [
      'HOST',
      'http://127.0.0.1',
      /^The setting HOST is "http:\/\/127.0.0.1", but must be an IP address or a host name/,
    ],
    ['HOST', '127.0.0.1:80', /HOST/],
    ['HOST', '300.1.1.1', /HOST/],
    ['HOST', 'a\nb', /"a\\nb"/],
    [
      'COUNTERSIGN_LOG',
      'verbose',
      /"verbose", but must be one of trace, debug, info, warn, error, fatal, silent\.$/,
    ],
    ['DATABASE_URL', 'db.example/countersign', /DATABASE_URL cannot be used: it is not a URL of the form/],
    ['DATABASE_URL', 'mysql://u:p@h/d', /begin with postgres/],
    ['DATABASE_URL', 'postgres://u:p@h', /names no database/],
    ['DATABASE_URL', 'postgres://h/d', /names no user/],
    [
      'DATABASE_URL',
      'postgres://u:p@h/d?sslmode=on',
      /sslmode is not one of disable, allow, prefer, require, verify-full/,
    ],
    ['DATABASE_URL', 'postgres://u:p@h/d?colour=red', /known are host, port, sslmode/],
    ['DATABASE_URL', 'postgres://u:p@a,b/d', /several hosts/],
    ['DATABASE_URL', 'postgres://u:p@h:99999/d', /DATABASE_URL/],
  ];
  test.each(cases)('%s=%j', (setting, value, sentence) => {
    const problem = refused({ [setting]: value });
    expect(problem.setting).toBe(setting);
    expect(problem.sentence).toMatch(sentence);
    expect(problem.sentence).not.toContain('\n');
    expect(problem.sentence).toMatch(/[.?]$/);
  });
});

test('what was given is cut short when it is long', () => {
  expect(refused({ PORT: '9'.repeat(5000) }).sentence.length).toBeLessThan(200);
});

test('a mistyped setting is refused with the one that was meant', () => {
  expect(refused({ COUNTERSIGN_DAAT: 'x' }).sentence).toBe(
    'The setting COUNTERSIGN_DAAT is not a setting of Countersign; did you mean COUNTERSIGN_DATA?',
  );
  expect(refused({ countersign_log: 'info' }).sentence).toContain('did you mean COUNTERSIGN_LOG?');
});

test('a setting that resembles none is refused with those there are', () => {
  expect(refused({ COUNTERSIGN_FLUX_CAPACITOR_POWER: 'x' }).sentence).toBe(
    'The setting COUNTERSIGN_FLUX_CAPACITOR_POWER is not a setting of Countersign; there are COUNTERSIGN_DATA, COUNTERSIGN_DIRECTORY, COUNTERSIGN_PROCESSES, COUNTERSIGN_ANSWER_HOURS, COUNTERSIGN_ORIGIN, COUNTERSIGN_OIDC_ISSUER, COUNTERSIGN_OIDC_CLIENT_ID, COUNTERSIGN_OIDC_CLIENT_SECRET, COUNTERSIGN_OIDC_AUDIENCE, COUNTERSIGN_SESSION_HOURS, COUNTERSIGN_SESSION_IDLE_MINUTES, COUNTERSIGN_SIGN_IN_MINUTES, COUNTERSIGN_CALLBACK_NETWORKS, COUNTERSIGN_CERTIFICATE_ROOTS, COUNTERSIGN_CERTIFICATE_REVOKED, COUNTERSIGN_LOG.',
  );
});

test('a password in DATABASE_URL is never repeated, wherever the URL is wrong', () => {
  const secret = 'hunter2';
  const wrong = [
    `postgres://u:${secret}@h`,
    `postgres://u:${secret}@h:port/d`,
    `mysql://u:${secret}@h/d`,
    `postgres//u:${secret}@h/d`,
    `postgres://u:${secret}@h/d?password=${secret}`,
    `postgres://u:${secret}@h/d?${secret}=1`,
    `postgres://u:${secret}@h/d?sslmode=${secret}`,
    `postgres://${secret}@@h/d?port=${secret}`,
  ];
  for (const url of wrong) expect(refused({ DATABASE_URL: url }).sentence).not.toContain(secret);
});
