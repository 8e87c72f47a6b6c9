import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { waitDefinition } from '../support/definitions.ts';
import { inFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

const passing = `process: wait.yaml
cast: { officer: { roles: [officer] }, head: { roles: [head] } }
scenarios:
  - title: it becomes late
    steps:
      - { by: officer, start: {}, then: waiting }
      - { advance: PT2H, then: late }
`;

function inDesign<T>(test: string | null, work: (folder: string) => Promise<T>): Promise<T> {
  return inFolder(async (folder) => {
    writeFileSync(join(folder, 'wait.yaml'), waitDefinition);
    if (test !== null) writeFileSync(join(folder, 'wait.test.yaml'), test);
    return work(folder);
  });
}

test('the shipped processes pass, with everything covered', async () => {
  const { code, stdout } = await runHere(['test', 'processes', '--format', 'json', '--coverage-min', '100']);
  expect(code).toBe(0);
  const { passed, failed, coverage } = JSON.parse(stdout) as Record<
    string,
    Record<string, { covered: number; total: number }>
  >;
  expect(passed).toBeGreaterThan(40);
  expect(failed).toBe(0);
  expect(Object.keys(coverage ?? {})).toEqual(['states', 'transitions', 'outcomes']);
  for (const count of Object.values(coverage ?? {})) {
    expect(count.total).toBeGreaterThan(20);
    expect(count.covered).toBe(count.total);
  }
});

test('a failure is a diff with its place in the file, and exit code 1', async () => {
  await inDesign(passing.replace('then: waiting', 'then: late'), async (folder) => {
    const { code, stdout } = await runHere(['test', folder]);
    expect(code).toBe(1);
    expect(stdout).toContain(`it becomes late\n  ${join(folder, 'wait.test.yaml')}:6:35 state`);
    expect(stdout).toContain('    - late\n    + waiting\n');
    expect(stdout).toContain('0 passed, 1 failed');
  });
});

test("what no scenario goes through is listed in the file's own terms, and --coverage-min counts it", async () => {
  await inDesign(passing, async (folder) => {
    const { code, stdout } = await runHere(['test', folder]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/wait +2\/3 +1\/2 +none +none/);
    expect(stdout).toMatch(/wait\.yaml:\d+:\d+ transition waiting: note → noted/);
    expect(stdout).toMatch(/wait\.yaml:\d+:\d+ state noted/);
    const below = await runHere(['test', folder, '--coverage-min', '100']);
    expect([below.code, below.stderr]).toEqual([1, 'Less than 100 % is covered.\n']);
    expect((await runHere(['test', folder, '--coverage-min', '50'])).code).toBe(0);
  });
});

test('a file that cannot be played is one failure, with its findings', async () => {
  await inDesign(passing.replace('advance', 'advnce'), async (folder) => {
    const { code, stdout } = await runHere(['test', folder, '--format', 'json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      passed: 0,
      failed: 1,
      findings: [{ code: 'unknown-field', line: 7, column: 11 }],
    });
  });
});

test('a process without scenarios counts as not covered at all', async () => {
  await inDesign(null, async (folder) => {
    const { code, stdout } = await runHere(['test', folder]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/wait\.yaml:1:1 untested/);
    expect(stdout).toMatch(/wait +0\/3 +0\/2/);
  });
});

test('--generate writes a file that passes and covers the rest, and overwrites nothing', async () => {
  await inDesign(null, async (folder) => {
    const file = join(folder, 'wait.test.yaml');
    const { code, stdout } = await runHere(['test', join(folder, 'wait.yaml'), '--generate', file]);
    expect(stdout).toContain('2 scenarios written, and all of them pass.');
    expect(code).toBe(0);
    const text = readFileSync(file, 'utf8');
    expect((await runHere(['test', folder, '--coverage-min', '100'])).code).toBe(0);
    const again = await runHere(['test', folder, '--generate', file]);
    expect([again.code, again.stderr]).toEqual([
      2,
      `${file} is there already. Name a new file, and join the two by hand.\n`,
    ]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    const none = await runHere(['test', folder, '--generate', join(folder, 'more.test.yaml')]);
    expect(none.stdout).toContain('there is nothing to generate');
    expect(existsSync(join(folder, 'more.test.yaml'))).toBe(false);
  });
});

test('--picture draws what is not covered, with the numbers, beside the report', async () => {
  await inDesign(passing, async (folder) => {
    const picture = join(folder, 'wait.svg');
    const draw = ['test', folder, '--picture', picture, '--format', 'json', '--language', 'vi'];
    const { code, stdout, stderr } = await runHere(draw);
    expect(code).toBe(0);
    // Progress is said before it, where laying out takes more than a moment.
    expect(stderr.endsWith(`What the scenarios cover is drawn in ${picture}.\n`)).toBe(true);
    expect(JSON.parse(stdout)).toMatchObject({ passed: 1, coverage: { states: { covered: 2, total: 3 } } });
    const svg = readFileSync(picture, 'utf8');
    // The state, the label, and the line in the legend.
    expect(svg.split('fill="url(#')).toHaveLength(4);
    expect(svg).toContain('bước đã kiểm thử: 2/3');
    expect(svg).toContain('bước chuyển đã kiểm thử: 1/2');
  });
  await inDesign(passing.replace('then: late', 'then: waiting'), async (folder) => {
    const picture = join(folder, 'wait.svg');
    const { code } = await runHere(['test', folder, '--picture', picture]);
    expect([code, existsSync(picture)]).toEqual([1, true]);
    const several = await runHere(['test', folder, 'processes', '--picture', picture]);
    expect([several.code, several.stderr]).toEqual([
      2,
      'The coverage of one process at a time is drawn. Name its file.\n',
    ]);
  });
}, 120_000);

test('--ledger plays everything once more through a database of its own', async () => {
  await inDesign(passing, async (folder) => {
    const { code, stdout, stderr } = await runHere(['test', folder, '--ledger']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 passed');
  });
}, 120_000);

test.each([
  [['test', 'nowhere']],
  [['test', 'processes', '--coverage-min', 'much']],
  [['test', 'processes', '--coverage-min', '101']],
  [['test', 'processes', '--format', 'xml']],
  [['test', 'processes', '--generate', 'name.yaml']],
  [['test', 'processes', '--picture', 'name.png']],
  [['test', 'processes', '--picture', 'nowhere/name.svg']],
])('misuse ends with exit code 2: %j', async (args) => {
  expect((await runHere(args)).code).toBe(2);
});

test('names in a scenario file cannot move the cursor of the terminal', async () => {
  const hostile = passing
    .replace('then: waiting', 'then: { context: { note: "\\e[31mred" } }')
    .replace('it becomes', '"\\e[2Jit" becomes');
  await inDesign(hostile.replace('title: "\\e[2Jit" becomes late', 'title: "\\e[2Jlate"'), async (folder) => {
    const { code, stdout } = await runHere(['test', folder]);
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u001b');
  });
});

test('a scenario file that names a folder, or no text file, is told so', async () => {
  await inDesign(passing.replace('process: wait.yaml', 'process: sub'), async (folder) => {
    mkdirSync(join(folder, 'sub'));
    const { code, stdout } = await runHere(['test', join(folder, 'wait.test.yaml')]);
    expect(code).toBe(1);
    expect(stdout).toContain('wait.test.yaml:1:10 error no-such-file');
  });
});
