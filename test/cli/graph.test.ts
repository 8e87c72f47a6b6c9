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
