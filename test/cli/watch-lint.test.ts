import { once } from 'node:events';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { inFolder, type RunningCli, runCli, startCli } from './run-cli.ts';

// Each of these starts Node and waits for what it prints; nothing here waits for a time.
vi.setConfig({ testTimeout: 120_000 });

const fine = `id: letter
version: 1.0.0
title: { vi: Thư, en: Letter }
owner: unit:van-phong
responsible: { role: clerk }
securityLevel: 1
classification: normal
context: { type: object }
start: { allow: { role: clerk } }
initial: first
states:
  first: { on: { go: { allow: { role: clerk }, target: second } } }
  second: { type: final }
`;
const broken = fine.replace('target: second', 'target: secnd');
const finding = (file: string) => `${file}:12:56 error unknown-target "secnd"`;

/** At once, as editors do it: nobody ever sees half of a file. */
function put(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** What was printed after the text that was waited for last. */
class Reader {
  readonly #running: RunningCli;
  #from = 0;

  constructor(running: RunningCli) {
    this.#running = running;
  }

  async until(text: string): Promise<string> {
    const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const match = await this.#running.until(
      new RegExp(`^([\\s\\S]{${this.#from}}[\\s\\S]*?${escaped}).*\\n`),
    );
    const printed = match[0].slice(this.#from);
    this.#from = match[0].length;
    return printed;
  }
}

async function watching(paths: readonly string[], work: (read: Reader) => Promise<void>): Promise<string> {
  const running = startCli(['lint', ...paths, '--watch']);
  const read = new Reader(running);
  try {
    await work(read);
    running.child.kill('SIGINT');
    const { code, stdout, stderr } = await running.ended;
    expect(stderr).toBe('');
    return `${stdout}exit code ${code}`;
  } finally {
    if (running.child.exitCode === null && running.child.signalCode === null) {
      running.child.kill('SIGKILL');
      await once(running.child, 'close');
    }
  }
}

test('a file is linted again when it changes, once for each change, and Ctrl-C ends with its exit code', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'letter.yaml');
    put(file, fine);
    const printed = await watching([file], async (read) => {
      await read.until('Watching');
      put(file, broken);
      expect(await read.until('1 error in 1 file.')).toContain(finding(file));
      // Written twice with the same text, and once with another: that is one change.
      put(file, broken);
      put(file, fine);
      await read.until('No findings in 1 file.');
      put(file, broken);
      await read.until('1 error in 1 file.');
    });
    expect(printed.split('\n').map((line) => line.replace(/^(.*unknown-target).*/, '$1'))).toEqual([
      'No findings in 1 file.',
      'Watching 1 path for changes. Ctrl-C ends.',
      `Changed: ${file}`,
      `${file}:12:56 error unknown-target`,
      '1 error in 1 file.',
      `Changed: ${file}`,
      'No findings in 1 file.',
      `Changed: ${file}`,
      `${file}:12:56 error unknown-target`,
      '1 error in 1 file.',
      'exit code 1',
    ]);
  });
});

test('new, renamed and removed files are seen, in folders inside too; exit code 0 when all is well', async () => {
  await inFolder(async (folder) => {
    put(join(folder, 'a.yaml'), fine);
    const inner = join(folder, 'inner');
    const printed = await watching([folder], async (read) => {
      await read.until('Watching');
      mkdirSync(inner);
      put(join(inner, 'b.yaml'), broken);
      expect(await read.until('1 error in 2 files.')).toContain(`New: ${join(inner, 'b.yaml')}`);
      renameSync(join(inner, 'b.yaml'), join(folder, 'c.yaml'));
      expect(await read.until('1 error in 2 files.')).toContain(finding(join(folder, 'c.yaml')));
      rmSync(join(folder, 'c.yaml'));
      expect(await read.until('No findings in 1 file.')).toContain(`Removed: ${join(folder, 'c.yaml')}`);
    });
    expect(printed).toMatch(/exit code 0$/);
  });
});

test('a file that is no YAML, or that is gone for a while, does not end it', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'letter.yaml');
    put(file, '{{{');
    const printed = await watching([file], async (read) => {
      expect(await read.until('Watching')).toContain(`${file}:1:`);
      rmSync(file);
      await read.until('There is no file or folder');
      put(file, fine);
      await read.until('No findings in 1 file.');
    });
    expect(printed).toMatch(/exit code 0$/);
  });
});

test('a whole folder may go and come back', async () => {
  await inFolder(async (folder) => {
    const inner = join(folder, 'processes');
    mkdirSync(inner);
    put(join(inner, 'letter.yaml'), fine);
    const printed = await watching([inner], async (read) => {
      await read.until('Watching');
      renameSync(inner, `${inner}-away`);
      await read.until('There is no file or folder');
      renameSync(`${inner}-away`, inner);
      await read.until('No findings in 1 file.');
      rmSync(inner, { recursive: true });
      await read.until('There is no file or folder');
    });
    expect(printed).toMatch(/exit code 2$/);
  });
});

test('a directory is watched too', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'letter.yaml');
    const directory = join(folder, 'people.txt');
    const people = (role: string) =>
      `roles: { ${role}: { title: { vi: X, en: X } } }\nunits: []\nprincipals: [{ id: person:mau, name: Mẫu, roles: [${role}] }]\n`;
    writeFileSync(file, fine);
    writeFileSync(directory, people('clerk'));
    const printed = await watching([file, '--directory', directory], async (read) => {
      expect(await read.until('Watching')).toContain('No findings in 1 file.');
      put(directory, people('clark'));
      expect(await read.until('3 warnings in 1 file.')).toContain('unknown-role');
    });
    expect(printed).toMatch(/exit code 0$/);
  });
});

test('watching and fixing, or watching and JSON, do not go together', async () => {
  for (const other of ['--fix', '--format=json']) {
    const { code, stderr } = await runCli(['lint', 'processes', '--watch', other]);
    expect(code).toBe(2);
    expect(stderr).toContain("'--watch' cannot be used with");
  }
});
