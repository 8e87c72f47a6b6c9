import { describe, expect, test } from 'vitest';
import { scopes } from '../../schemas/scopes.ts';
import { runCli } from './run-cli.ts';

const commands = [
  'start',
  'demo',
  'lint',
  'graph',
  'deploy',
  'verify',
  'replay',
  'key',
  'directory',
  'bench',
];

test('the help names every command, and how to go on', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of commands) expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
  expect(stdout).toContain('Exit codes:');
});

test.each(commands)('the help of %s teaches with an example', async (command) => {
  const { code, stdout } = await runCli([command, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`\\$ .*countersign ${command}`));
});

describe('misuse ends with exit code 2, a sentence, and no stack trace', () => {
  test.each([
    ['no command', [], /Usage/],
    ['an unknown command', ['lnt'], /unknown command.*\n?.*Did you mean lint/],
    [
      'an unknown option',
      ['lint', '--formt', 'json', 'processes'],
      /unknown option.*\n?.*Did you mean --format/,
    ],
    ['an unknown format', ['lint', '--format', 'xml', 'processes'], /Allowed choices are text, json/],
    ['a missing argument', ['lint'], /missing required argument/],
    ['an argument too many', ['verify', 'everything'], /too many arguments/],
    [
      'a file that is not there',
      ['lint', 'processes/nothing.yaml'],
      /no file or folder processes\/nothing.yaml/,
    ],
    ['a folder where a file is needed', ['graph', 'processes'], /processes is a folder/],
    ['a missing key', ['key', 'list'], /COUNTERSIGN_KEY/],
    [
      'an unknown scope',
      ['key', 'create', 'person:x', '--key', 'k', '--scope', 'everything'],
      /no scope "everything"/,
    ],
    // Nothing is wrong with any of the scopes, so it comes as far as the URL.
    [
      'a URL that is none, for a key with every scope',
      ['key', 'create', 'person:x', '--key', 'k', '--scope', scopes.join(','), '--url', 'somewhere'],
      /not the URL of a server/,
    ],
    [
      'a URL that is none',
      ['deploy', 'processes', '--key', 'k', '--url', 'somewhere'],
      /not the URL of a server/,
    ],
  ])('%s', async (_name, args, sentence) => {
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(sentence);
    expect(stderr + stdout).not.toMatch(/\n {4}at /);
  });

  test.each([
    ['a bad port', { PORT: 'high' }, /PORT/],
    ['a bad setting name', { COUNTERSIGN_DTA: 'x' }, /COUNTERSIGN_DATA/],
    ['a bad database address', { DATABASE_URL: 'mysql://x' }, /DATABASE_URL/],
  ])('%s', async (_name, env, sentence) => {
    const { code, stderr } = await runCli(['start'], { env });
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(sentence);
  });
});

test('a server that does not answer is told in one sentence, with exit code 1', async () => {
  const { code, stderr } = await runCli(['key', 'list', '--key', 'k', '--url', 'http://127.0.0.1:1']);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('No server answers at http://127.0.0.1:1');
});
