import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, runCli } from './run-cli.ts';

const before = 'processes/personnel-appointment.yaml';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-diff-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function changed(from: string, to: string): string {
  const text = readFileSync(join(root, before), 'utf8');
  if (!text.includes(from)) throw new Error(`Nothing says ${from}.`);
  const file = join(folder, 'after.yaml');
  writeFileSync(file, text.replace(from, to));
  return file;
}

test('a lowered quorum is said in the first line, with its place, and exits 1', async () => {
  const after = changed('approve: more-than-half, of: members', 'approve: 1');
  const { code, stdout } = await runCli(['diff', before, after]);
  expect(code).toBe(1);
  const [first = ''] = stdout.split('\n');
  expect(first).toMatch(/after\.yaml:\d+:\d+ danger quorum-lowered The quorum of gate "voting" is lowered/);
  expect(first).toMatch(/\(before: processes\/personnel-appointment\.yaml:\d+:\d+\)$/);
});

test('a definition against itself has no differences and exits 0', async () => {
  const { code, stdout } = await runCli(['diff', before, before]);
  expect(code).toBe(0);
  expect(stdout).toBe('No differences in meaning.\n');
});

test('a changed title alone is a note, and exits 0', async () => {
  const after = changed('en: Personnel appointment }', 'en: An appointment }');
  const { code, stdout } = await runCli(['diff', before, after, '--format', 'json']);
  expect(code).toBe(0);
  const differences = JSON.parse(stdout) as { code: string; level: string; a: unknown; b: unknown }[];
  expect(differences.map((one) => one.code)).toEqual(['version-unchanged', 'title-changed']);
  expect(differences[1]).toMatchObject({ level: 'note', a: { file: before, line: 11 }, b: { line: 11 } });
});

test('a file that is no definition gives findings and exits 1, and one that is not there exits 2', async () => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'id: [');
  const { code, stdout } = await runCli(['diff', before, broken]);
  expect(code).toBe(1);
  expect(stdout).toContain('broken.yaml:1:');
  const missing = await runCli(['diff', before, join(folder, 'missing.yaml')]);
  expect(missing.code).toBe(2);
});
