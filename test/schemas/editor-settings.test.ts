/** The settings of VS Code give every YAML file of ours the schema it is checked by. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, matchesGlob } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, runCli } from '../cli/run-cli.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8')) as unknown;
const settings = read('.vscode/settings.json') as { 'yaml.schemas': { [schema: string]: string[] } };

/** As the YAML extension has it: a pattern without a slash is for files of that name wherever they are. */
function schemasFor(file: string): readonly string[] {
  const matches = (pattern: string) =>
    pattern.includes('/') ? matchesGlob(file, pattern) : matchesGlob(basename(file), pattern);
  return Object.entries(settings['yaml.schemas']).flatMap(([schema, patterns]) => {
    const excluded = patterns.some((pattern) => pattern.startsWith('!') && matches(pattern.slice(1)));
    return !excluded && patterns.some((pattern) => !pattern.startsWith('!') && matches(pattern))
      ? [schema]
      : [];
  });
}

test('processes, scenarios and directories have their schema, and only that', () => {
  const files = readdirSync(join(root, 'processes')).filter((name) => name.endsWith('.yaml'));
  expect(files.length).toBeGreaterThan(3);
  for (const name of files) {
    const schema = name.endsWith('.test.yaml') ? 'scenario' : 'process';
    expect(schemasFor(`processes/${name}`), name).toEqual([`./schemas/${schema}.schema.json`]);
  }
  expect(schemasFor('demo/directory.yaml')).toEqual(['./schemas/directory.schema.json']);
});

test('every schema named there exists, and is the one that the file itself names at its top', () => {
  for (const schema of Object.keys(settings['yaml.schemas']))
    expect(existsSync(join(root, schema)), schema).toBe(true);
  for (const file of [
    'processes/outgoing-document.yaml',
    'processes/outgoing-document.test.yaml',
    'demo/directory.yaml',
  ]) {
    const [schema = ''] = schemasFor(file);
    const [first = ''] = readFileSync(join(root, file), 'utf8').split('\n');
    expect(first).toBe(`# yaml-language-server: $schema=.${schema}`);
  }
});

test('the extension that reads them is recommended', () => {
  const { recommendations } = read('.vscode/extensions.json') as { recommendations: string[] };
  expect(recommendations).toContain('redhat.vscode-yaml');
});

test('the task that lints while one writes reads the lines that lint prints', async () => {
  const { tasks } = read('.vscode/tasks.json') as {
    tasks: {
      command: string;
      problemMatcher: { pattern: { regexp: string }; background: { endsPattern: string } };
    }[];
  };
  const [task] = tasks;
  if (task === undefined) throw new Error('There is no task.');
  expect(task.command).toBe('node cli/countersign.js lint processes --watch');
  const finding = new RegExp(task.problemMatcher.pattern.regexp);
  const end = new RegExp(task.problemMatcher.background.endsPattern);
  await inFolder(async (folder) => {
    const file = join(folder, 'letter.yaml');
    const source = readFileSync(join(root, 'processes/outgoing-document.yaml'), 'utf8');
    writeFileSync(file, source.replace(/target: \w+/, 'target: nowhere'));
    const lines = (await runCli(['lint', file])).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(finding.exec(lines[0] ?? '')?.slice(1, 6)).toEqual([
      file,
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
      'error',
      'unknown-target',
    ]);
    expect(lines[1]).toMatch(end);
    expect(lines[1]).not.toMatch(finding);
  });
  expect((await runCli(['lint', 'processes'])).stdout.trimEnd()).toMatch(end);
});
