import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

const broken = `id: broken
version: 1.0.0
title: { vi: Hỏng, en: Broken }
owner: unit:van-phong
responsible: { role: clerk }
securityLevel: 1
classification: normal
context: { type: object }
start: { allow: { role: clerk } }
initial: first
states:
  first:
    on:
      go: { allow: { role: clerk }, target: secnd }
  second: { type: final }
`;

test('the shipped processes have no findings', async () => {
  const asText = await runHere(['lint', 'processes']);
  expect(asText).toEqual({ code: 0, stdout: 'No findings in 2 files.\n', stderr: '' });
  const asJson = await runHere(['lint', 'processes', '--format', 'json']);
  expect(asJson).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('findings go to standard output in the form that editors click, and exit code 1', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'broken.yaml');
    writeFileSync(file, broken);
    const { code, stdout } = await runHere(['lint', file]);
    expect(code).toBe(1);
    const lines = stdout.trim().split('\n');
    expect(lines[0]).toMatch(/broken\.yaml:14:\d+ error [a-z-]+ .*secnd.*second/);
    expect(lines.at(-1)).toMatch(/^\d errors?( and \d warnings?)? in 1 file\.$/);
  });
});

test('P2: a definition whose proposal could take effect unapproved is an error', async () => {
  await inFolder(async (folder) => {
    const source = `${broken.replace('target: secnd', 'target: asking')}  asking:
    propose:
      decision: verdict
      agent: { role: drafting-agent }
      output: { type: object, required: [answer], properties: { answer: { type: string } } }
      timeout: PT1M
    onDone: { target: second, assign: { answer: proposal.verdict.answer } }
    onError: first
`.replace(
      'context: { type: object }',
      'decisions: { verdict: { importance: ordinary } }\ncontext: { type: object, properties: { answer: { type: string, decision: verdict } } }',
    );
    writeFileSync(join(folder, 'shortcut.yaml'), source);
    const { code, stdout } = await runHere(['lint', folder, '--format', 'json']);
    expect(code).toBe(1);
    const findings = JSON.parse(stdout) as { code: string; severity: string }[];
    const errors = findings.filter(({ severity }) => severity === 'error');
    expect(new Set(errors.map((error) => error.code))).toEqual(new Set(['oversight-not-proven']));
    const asText = await runHere(['lint', folder]);
    const ways = asText.stdout.split('\n').filter((line) => line.startsWith('  '));
    // Both what is assigned and how the process ends are effects, by the same way.
    const way = [
      expect.stringMatching(/^ {2}.*shortcut\.yaml:\d+:\d+ first -go-> asking$/),
      expect.stringMatching(/^ {2}.*shortcut\.yaml:\d+:\d+ asking -onDone-> second$/),
    ];
    expect(ways).toEqual([...way, ...way]);
    expect(asText.stdout).toMatch(
      /^See it drawn: countersign graph .*shortcut\.yaml --format svg > shortcut\.svg$/m,
    );
  });
});

test('JSON findings have exactly the fields that programs read', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'broken.yaml');
    writeFileSync(file, broken);
    const { code, stdout } = await runHere(['lint', folder, '--format', 'json']);
    expect(code).toBe(1);
    const findings = JSON.parse(stdout) as Record<string, unknown>[];
    expect(findings.length).toBeGreaterThan(0);
    const always = ['code', 'column', 'file', 'line', 'message', 'severity'];
    for (const { fix, ...finding } of findings) {
      expect(Object.keys(finding).sort()).toEqual(always);
      if (fix !== undefined) expect(fix).toEqual([{ line: 14, column: 45, old: 'secnd', text: 'second' }]);
    }
    expect(findings[0]).toMatchObject({ file, line: 14, severity: 'error', fix: [{ text: 'second' }] });
  });
});

test('--fix writes what mends a finding, says what it wrote, and shows what is left', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'broken.yaml');
    const fine = join(folder, 'fine.yaml');
    writeFileSync(file, broken.replace('id: broken', '# Kept.\nid: broken'));
    writeFileSync(fine, broken.replace('secnd', 'second'));
    const { mtimeNs } = statSync(fine, { bigint: true });
    const { code, stdout } = await runHere(['lint', folder, '--fix']);
    expect(code).toBe(0);
    expect(stdout).toBe(
      `${file}:15:45 fixed unknown-target "secnd" is now "second"\n1 finding fixed.\nNo findings in 2 files.\n`,
    );
    expect(readFileSync(file, 'utf8')).toBe(
      broken.replace('id: broken', '# Kept.\nid: broken').replace('secnd', 'second'),
    );
    expect(statSync(fine, { bigint: true }).mtimeNs).toBe(mtimeNs);
    const again = await runHere(['lint', folder, '--fix']);
    expect(again.stdout).toBe('No findings in 2 files.\n');
  });
});

test('--directory holds definitions against people, and says what is wrong with the directory first', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'gate.yaml');
    const directory = join(folder, 'people', 'directory.txt');
    const gate = 'gate: { meaning: approve, reviewers: { role: clerk }, quorum: { approve: 2 } }';
    const source = broken.replace(
      /states:[\s\S]*/,
      `states:\n  first: { ${gate}, on: { approved: second, rejected: third } }\n  second: { type: final }\n  third: { type: final }\n`,
    );
    writeFileSync(file, source);
    mkdirSync(dirname(directory));
    const person = (name: string) => `  - { id: person:${name}, name: ${name}, roles: [clerk] }\n`;
    const people = `roles: { clerk: { title: { vi: Văn thư, en: Clerk } } }\nunits: []\nprincipals:\n${person('mau')}`;
    writeFileSync(directory, people);
    const one = await runHere(['lint', folder, '--directory', directory]);
    expect(one.code).toBe(1);
    expect(one.stdout).toMatch(/gate\.yaml:12:\d+ error gate-unsatisfiable .* only 1 of the directory can/);
    writeFileSync(directory, people + person('vi-du'));
    const two = await runHere(['lint', folder, '--directory', directory]);
    expect(two).toEqual({ code: 0, stdout: 'No findings in 1 file.\n', stderr: '' });
    writeFileSync(directory, people.replace('[clerk]', '[clark]'));
    const wrong = await runHere(['lint', folder, '--directory', directory, '--format', 'json']);
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.stdout)).toMatchObject([{ file: directory, line: 4 }]);
    const missing = await runHere(['lint', folder, '--directory', join(folder, 'nobody.yaml')]);
    expect(missing.code).toBe(2);
  });
});

test('a folder without definitions is misuse', async () => {
  await inFolder(async (folder) => {
    const { code, stderr } = await runHere(['lint', folder]);
    expect(code).toBe(2);
    expect(stderr).toContain('holds no .yaml file');
  });
});

test('names in a file cannot move the cursor of the terminal', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'escape.yaml');
    writeFileSync(file, broken.replace('secnd', '"\\e[31msecnd"'));
    const { stdout } = await runHere(['lint', file]);
    expect(stdout).not.toContain('\u001b');
  });
});
