/**
 * Does the tutorial as it stands: writes its files, makes its changes, plays its commands in one bash against a
 * real server, and compares what they print with what the page shows. Where the page has "…" anything may stand.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { lintDefinition } from '../../engine/index.ts';
import { endServers, startServer } from '../cli/test-server.ts';
import { type Block, page, prose, root } from './support/pages.ts';

const { blocks } = page('docs/tutorial.md');
const isPlayed = ({ info, text }: Block) => info === 'sh' && !text.startsWith('npm ');

/** A folder as the tutorial finds it, but for the files it makes. */
let folder: string;
let bash: ChildProcess;
let ended: Promise<unknown>;
let printed = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tutorial-'));
  for (const name of ['cli', 'demo', 'schemas']) symlinkSync(join(root, name), join(folder, name));
  const { url } = await startServer(folder);
  const environment = {
    ...withoutOurs(process.env),
    COUNTERSIGN_URL: url,
    COUNTERSIGN_DATA: join(folder, 'data'),
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
  };
  bash = spawn('bash', ['-o', 'pipefail'], { cwd: folder, env: environment });
  ended = once(bash, 'exit');
  // As a terminal shows both.
  for (const stream of [bash.stdout, bash.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
}, 120_000);

afterAll(async () => {
  bash.stdin?.end();
  bash.kill('SIGKILL');
  await endServers();
  rmSync(folder, { recursive: true, force: true });
});

test('the tutorial does what it says, from an empty file to a case that people decided', async () => {
  let compared = 0;
  for (const [index, block] of blocks.entries()) {
    const [kind, file] = block.info.split(' ');
    if (kind === 'yaml' && file !== undefined) writeFileSync(join(folder, file), block.text);
    if (kind === 'diff' && file !== undefined) change(join(folder, file), block);
    if (!isPlayed(block)) continue;
    const output = await play(block.text);
    const shown = blocks[index + 1];
    if (shown?.info !== 'text') continue;
    expect.soft(output, shown.place).toMatch(toPattern(shown.text));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(8);
  for (const picture of ['refused', 'coverage', 'letter'])
    expect(readFileSync(join(folder, `tutorial/${picture}.svg`), 'utf8')).toMatch(/^<svg /);
}, 240_000);

test('the mistake that the tutorial invites is found, with the name that was meant', () => {
  const [first] = blocks.filter(({ info }) => info === 'yaml tutorial/letter.yaml');
  const { findings } = lintDefinition(
    first?.text.replace('target: filed', 'target: filled') ?? '',
    'letter.yaml',
  );
  const [finding] = findings.filter(({ code }) => code === 'unknown-target');
  expect(finding?.message).toContain('"filed"');
});

test('the tutorial and its Vietnamese twin have the same headings and the same blocks', () => {
  const twin = page('docs/tutorial.vi.md');
  const levels = (text: string) => [...text.matchAll(/^(#+) /gm)].map(([, level]) => level);
  expect(levels(prose(twin))).toEqual(levels(prose(page('docs/tutorial.md'))));
  const code = (all: readonly Block[]) => all.map(({ info, text }) => ({ info, text }));
  expect(code(twin.blocks)).toEqual(code(blocks));
});

/** Lines that begin with a blank stay, those with a minus go, and those with a plus come; it fits one place only. */
function change(file: string, { text, place }: Block): void {
  const lines = text.trimEnd().split('\n');
  const side = (marks: string) =>
    lines
      .filter((line) => marks.includes(line[0] ?? ''))
      .map((line) => `${line.slice(1)}\n`)
      .join('');
  const before = readFileSync(file, 'utf8');
  const parts = before.split(side(' -'));
  expect(parts, `${place} fits one place of the file`).toHaveLength(2);
  writeFileSync(file, parts.join(side(' +')));
}

const mark = '=== end of block ===';

/** What the commands print. The last of them must end well. */
async function play(commands: string): Promise<string> {
  printed = '';
  bash.stdin?.write(`{ ${commands}\n}; printf '\\n%s %s\\n' '${mark}' "$?"\n`);
  while (!printed.includes(mark)) await Promise.race([once(bash.stdout ?? bash, 'data'), ended]);
  const [output = '', code] = printed.split(`\n${mark} `);
  expect(code?.trim(), `${commands}\n${output}`).toBe('0');
  // Said only where it takes more than a moment.
  return output.replaceAll(/^Laying out .* …\n/gm, '');
}

function toPattern(shown: string): RegExp {
  const parts = shown.trim().split('…');
  return new RegExp(`^${parts.map((part) => RegExp.escape(part)).join('[^]*?')}\\s*$`);
}

function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(COUNTERSIGN_|DATABASE_URL$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}
