import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

const file = 'processes/outgoing-document.yaml';

test('the JSON graph has states and transitions, with ids and places in the file', async () => {
  const { code, stdout } = await runCli(['graph', file, '--format', 'json']);
  expect(code).toBe(0);
  const graph = JSON.parse(stdout) as Record<'states' | 'transitions', Record<string, unknown>[]>;
  expect(graph.states.map(({ id }) => id)).toContain('approving');
  for (const thing of [...graph.states, ...graph.transitions]) {
    expect(thing.id).toEqual(expect.any(String));
    expect(JSON.stringify(thing)).toMatch(/"line":\d+/);
  }
});

test('the Mermaid diagram starts as Mermaid expects', async () => {
  const { code, stdout } = await runCli(['graph', file, '--format', 'mermaid']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^stateDiagram-v2/m);
});

test('the XState machine is JSON that names the process', async () => {
  const { code, stdout } = await runCli(['graph', file, '--format', 'xstate']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'outgoing-document' });
});

test('without a format it is a list for people', async () => {
  const { code, stdout } = await runCli(['graph', file]);
  expect(code).toBe(0);
  expect(stdout).toContain('approving');
  expect(stdout).toMatch(/approved.*numbering/);
});

test('a picture in the language and the colours asked for, with the titles of roles from a directory', async () => {
  const picture = ['graph', 'processes/personnel-appointment.yaml', '--format', 'svg'];
  const { code, stdout } = await runCli([
    ...picture,
    '--language',
    'vi',
    '--theme',
    'dark',
    '--directory',
    'demo/directory.yaml',
  ]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<svg [^>]*lang="vi"/);
  expect(stdout).toContain('Bổ nhiệm cán bộ');
  expect(stdout).toContain('Chuyên viên tổ chức cán bộ');
  expect(stdout).not.toContain('prefers-color-scheme');
  const plain = await runCli(picture);
  expect(plain.stdout).toContain('Personnel officer');
  expect(plain.stdout).toContain('prefers-color-scheme');
});

test('a picture too large for A4 says which sheet to print it on, beside the picture', async () => {
  const { code, stdout, stderr } = await runCli(['graph', file, '--format', 'svg']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/<\/svg>\n$/);
  expect(stderr).toMatch(/smallest letters are \d\.\d points high; print it on A3\./);
});

test('Mermaid speaks the language asked for', async () => {
  const { stdout } = await runCli(['graph', file, '--format', 'mermaid', '--language', 'vi']);
  expect(stdout).toContain('Ban hành văn bản đi');
});

test('what is no directory is said, and nothing is drawn', async () => {
  const { code, stdout } = await runCli(['graph', file, '--format', 'svg', '--directory', file]);
  expect(code).toBe(1);
  expect(stdout).not.toContain('<svg');
});
