import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './run-cli.ts';
import { runHere } from './run-here.ts';
import { endServers, environment, startServer } from './test-server.ts';

const before = 'processes/personnel-appointment.yaml';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-diff-'));
});
afterAll(async () => {
  await endServers();
  rmSync(folder, { recursive: true, force: true });
});

function changed(from: string, to: string): string {
  const text = readFileSync(join(root, before), 'utf8');
  if (!text.includes(from)) throw new Error(`Nothing says ${from}.`);
  const file = join(folder, 'after.yaml');
  writeFileSync(file, text.replace(from, to));
  return file;
}

test('a lowered quorum is said in the first line, with its place, and exits 1', async () => {
  const after = changed('approve: more-than-half, of: members', 'approve: 1');
  const { code, stdout } = await runHere(['diff', before, after]);
  expect(code).toBe(1);
  const [first = ''] = stdout.split('\n');
  expect(first).toMatch(/after\.yaml:\d+:\d+ danger quorum-lowered The quorum of gate "voting" is lowered/);
  expect(first).toMatch(/\(before: processes\/personnel-appointment\.yaml:\d+:\d+\)$/);
});

test('a definition against itself has no differences and exits 0', async () => {
  const { code, stdout } = await runHere(['diff', before, before]);
  expect(code).toBe(0);
  expect(stdout).toBe('No differences in meaning.\n');
});

test('a changed title alone is a note, and exits 0', async () => {
  const after = changed('en: Personnel appointment }', 'en: An appointment }');
  const { code, stdout } = await runHere(['diff', before, after, '--format', 'json']);
  expect(code).toBe(0);
  const differences = JSON.parse(stdout) as { code: string; level: string; a: unknown; b: unknown }[];
  expect(differences.map((one) => one.code)).toEqual(['version-unchanged', 'title-changed']);
  const line =
    readFileSync(before, 'utf8')
      .split('\n')
      .findIndex((text) => text.startsWith('title:')) + 1;
  expect(differences[1]).toMatchObject({ level: 'note', a: { file: before, line }, b: { line } });
});

test('a file that is no definition gives findings and exits 1, and one that is not there exits 2', async () => {
  const broken = join(folder, 'broken.yaml');
  writeFileSync(broken, 'id: [');
  const { code, stdout } = await runHere(['diff', before, broken]);
  expect(code).toBe(1);
  expect(stdout).toContain('broken.yaml:1:');
  const missing = await runHere(['diff', before, join(folder, 'missing.yaml')]);
  expect(missing.code).toBe(2);
});

test('a changed file is compared with what a running server has in force, by process or by hash', async () => {
  const { url } = await startServer(folder);
  const keys = JSON.parse(readFileSync(join(folder, 'data/demonstration-keys.json'), 'utf8')) as {
    [principal: string]: string;
  };
  const as = (principal: string) => ({
    env: { ...environment(folder), COUNTERSIGN_URL: url, COUNTERSIGN_KEY: keys[principal] ?? '' },
  });
  const designer = as('person:ho-van-quan-mau');
  const after = changed('approve: more-than-half, of: members', 'approve: 1');

  const lowered = await runHere(['diff', after, '--deployed'], designer);
  expect(lowered.code).toBe(1);
  expect(lowered.stdout).toMatch(/^.*after\.yaml:\d+:\d+ danger quorum-lowered /);
  expect(lowered.stdout).toMatch(/\(before: deployed:[0-9a-f]{12}:\d+:\d+\)$/m);
  const [, hash = ''] =
    /^Compared with personnel-appointment 1\.0\.0, deployed .*, ([0-9a-f]{64})\.$/m.exec(lowered.stderr) ??
    [];
  expect(hash).toBe(
    createHash('sha256')
      .update(readFileSync(join(root, before)))
      .digest('hex'),
  );

  const same = await runHere(['diff', before, '--deployed'], designer);
  expect([same.code, same.stdout]).toEqual([0, 'No differences in meaning.\n']);
  // The other way round, from a shortened hash: what was lowered is raised.
  const raised = await runHere(['diff', after, hash.slice(0, 10), '--format', 'json'], designer);
  expect((JSON.parse(raised.stdout) as { code: string }[]).map(({ code }) => code)).toContain(
    'quorum-raised',
  );

  const unknown = await runHere(['diff', '0'.repeat(64), after], designer);
  expect([unknown.code, unknown.stderr]).toEqual([
    1,
    `${url} has no definition whose hash begins with ${'0'.repeat(64)}. Check the hash.\n`,
  ]);
  const other = join(folder, 'other.yaml');
  writeFileSync(
    other,
    readFileSync(after, 'utf8').replace('id: personnel-appointment', 'id: something-else'),
  );
  const nothing = await runHere(['diff', other, '--deployed'], designer);
  expect([nothing.code, nothing.stdout]).toEqual([1, '']);
  expect(nothing.stderr).toContain('No definition of "something-else" is deployed');
  const noKey = await runHere(['diff', after, '--deployed'], {
    env: { ...environment(folder), COUNTERSIGN_URL: url },
  });
  expect([noKey.code, noKey.stderr]).toEqual([2, expect.stringContaining('A key is needed')]);
}, 120_000);

test('one name without --deployed, two with it, and what is neither a file nor a hash are misuse', async () => {
  for (const args of [[before], [before, before, '--deployed'], ['no-file', before], ['abc123', before]]) {
    expect((await runHere(['diff', ...args])).code, args.join(' ')).toBe(2);
  }
});
