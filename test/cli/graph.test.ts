import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, root } from './run-cli.ts';
import { runHere } from './run-here.ts';

const file = 'processes/outgoing-document.yaml';

test('the JSON graph has states and transitions, with ids and places in the file', async () => {
  const { code, stdout } = await runHere(['graph', file, '--format', 'json']);
  expect(code).toBe(0);
  const graph = JSON.parse(stdout) as Record<'states' | 'transitions', Record<string, unknown>[]>;
  expect(graph.states.map(({ id }) => id)).toContain('approving');
  for (const thing of [...graph.states, ...graph.transitions]) {
    expect(thing.id).toEqual(expect.any(String));
    expect(JSON.stringify(thing)).toMatch(/"line":\d+/);
  }
});

test('the Mermaid diagram starts as Mermaid expects', async () => {
  const { code, stdout } = await runHere(['graph', file, '--format', 'mermaid']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^stateDiagram-v2/m);
});

test('the XState machine is JSON that names the process', async () => {
  const { code, stdout } = await runHere(['graph', file, '--format', 'xstate']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ id: 'outgoing-document' });
});

test('without a format it is a list for people', async () => {
  const { code, stdout } = await runHere(['graph', file]);
  expect(code).toBe(0);
  expect(stdout).toContain('approving');
  expect(stdout).toMatch(/approved.*numbering/);
});

test('a picture in the language and the colours asked for, with the titles of roles from a directory', async () => {
  const picture = ['graph', 'processes/personnel-appointment.yaml', '--format', 'svg'];
  const { code, stdout } = await runHere([
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
  const plain = await runHere(picture);
  expect(plain.stdout).toContain('Personnel officer');
  expect(plain.stdout).toContain('prefers-color-scheme');
});

test('a picture too large for A4 says which sheet to print it on, beside the picture', async () => {
  await inFolder(async (folder) => {
    const long = join(folder, 'long.yaml');
    writeFileSync(long, longDefinition(18));
    const { code, stdout, stderr } = await runHere(['graph', long, '--format', 'svg']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/<\/svg>\n$/);
    expect(stderr).toMatch(/smallest letters are \d\.\d points high; print it on (A3|a larger sheet)\./);
  });
  const fitting = await runHere(['graph', file, '--format', 'svg', '--directory', 'demo/directory.yaml']);
  expect(fitting.stderr).not.toContain('print it on');
});

/** One step after the other. */
function longDefinition(steps: number): string {
  const step = (index: number) =>
    `  step${index}: { on: { go${index}: { allow: { role: clerk }, target: step${index + 1} } } }\n`;
  return `id: long
version: 1.0.0
title: { vi: Dài, en: Long }
owner: unit:office
responsible: { role: clerk }
securityLevel: 1
classification: normal
context: { type: object, additionalProperties: false, properties: {} }
start: { allow: { role: clerk } }
initial: step0
states:
${Array.from({ length: steps }, (_none, index) => step(index)).join('')}  step${steps}: { type: final }
`;
}

test('Mermaid speaks the language asked for', async () => {
  const { stdout } = await runHere(['graph', file, '--format', 'mermaid', '--language', 'vi']);
  expect(stdout).toContain('Ban hành văn bản đi');
});

test('what is no directory is said, and nothing is drawn', async () => {
  const { code, stdout } = await runHere(['graph', file, '--format', 'svg', '--directory', file]);
  expect(code).toBe(1);
  expect(stdout).not.toContain('<svg');
});

/** The appointment as somebody might shorten it: what it replaces stands in the file once. */
async function withAppointment<T>(from: string, to: string, work: (file: string) => Promise<T>): Promise<T> {
  const source = readFileSync(join(root, 'processes/personnel-appointment.yaml'), 'utf8');
  expect(source.split(from)).toHaveLength(2);
  return inFolder((folder) => {
    const changed = join(folder, 'shortcut.yaml');
    writeFileSync(changed, source.replace(from, to));
    return work(changed);
  });
}

test('P2: of a definition that fails only the proof, the picture shows the way past the gate, and exit code 1', async () => {
  await withAppointment('target: voting', 'target: signing', async (changed) => {
    const { code, stdout, stderr } = await runHere(['graph', changed, '--format', 'svg']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/<\/svg>\n$/);
    expect(stdout).toContain(
      'Refused: on the numbered way a proposal of &quot;appointment&quot; takes effect',
    );
    const numbers = [...stdout.matchAll(/cs-number cs-middle">([^<]*)</g)].map(([, text]) => text);
    expect(numbers).toEqual(['1', '2', '3', '4', '5', '6']);
    expect(stdout).toContain('the way past the gate, in this order');
    expect(stderr).toMatch(
      /shortcut\.yaml:319:7 is refused: while a proposal of "appointment" is undecided, /,
    );
    const vietnamese = await runHere(['graph', changed, '--format', 'svg', '--language', 'vi']);
    expect(vietnamese.stdout).toContain('Bị từ chối: theo đường đánh số');
    expect(vietnamese.stdout).toContain('đường vượt cửa duyệt');
  });
});

test('other errors, and other formats, draw nothing that could be taken for a process in force', async () => {
  await withAppointment('target: voting', 'target: signing', async (changed) => {
    const { code, stdout } = await runHere(['graph', changed, '--format', 'mermaid']);
    expect([code, stdout.includes('stateDiagram')]).toEqual([1, false]);
    expect(stdout).toContain('oversight-not-proven');
  });
  await withAppointment('target: voting', 'target: votng', async (changed) => {
    const { code, stdout } = await runHere(['graph', changed, '--format', 'svg']);
    expect([code, stdout.includes('<svg')]).toEqual([1, false]);
  });
});

test('a way that is not there is misuse, and says how many there are', async () => {
  const proven = await runHere(['graph', file, '--format', 'svg', '--counterexample', '1']);
  expect([proven.code, proven.stdout]).toEqual([2, '']);
  expect(proven.stderr).toContain('is proven');
  await withAppointment('target: voting', 'target: signing', async (changed) => {
    const second = ['graph', changed, '--format', 'svg', '--counterexample', '2'];
    const { code, stderr } = await runHere(second);
    expect([code, stderr]).toEqual([2, 'Lint finds 1 way past a gate: there is no number 2.\n']);
    expect((await runHere([...second.slice(0, -1), '0'])).code).toBe(2);
  });
});
