/**
 * Plays the commands of the guides, as they stand, in one bash against a real server: whoever copies them
 * gets what is promised. Only installing, starting and testing are left to whoever reads.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Block, page, root } from './support/pages.ts';

const guides = [
  'docs/guide-departments.md',
  'docs/guide-reviewers.md',
  'docs/guide-auditors.md',
  'docs/guide-designers.md',
  'docs/operating.md',
  'README.md',
];

let folder: string;
let server: ChildProcess | null = null;
let played: ReadonlyMap<Block, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-docs-'));
  const environment = {
    ...withoutOurs(process.env),
    COUNTERSIGN_DATA: join(folder, 'data'),
    // The Node that runs the tests, for commands that say `node`.
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    TMPDIR: folder,
  };
  const url = await startServer(environment);
  played = await play({ ...environment, COUNTERSIGN_URL: url });
}, 300_000);

afterAll(async () => {
  if (server !== null && server.exitCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
}, 60_000);

test('every command of the guides is played, but those that install or start', () => {
  const left = guides
    .flatMap((path) => page(path).blocks)
    .filter((block) => block.info === 'sh' && !played.has(block))
    .map(({ text }) => text.trim());
  expect(left.every((text) => /^npm |countersign\.js start$/m.test(text))).toBe(true);
  expect(played.size).toBeGreaterThan(25);
});

test('the guide for departments starts, repeats, drives and is refused as it says', () => {
  expect(outputs('docs/guide-departments.md', 'readyz')).toContain('"ready"');
  expect(outputs('docs/guide-departments.md', 'AGAIN=')).toContain('The same instance.');
  expect(outputs('docs/guide-departments.md', '"type": "submit"')).toContain('"states":["summarizing"]');
  expect(outputs('docs/guide-departments.md', '"type": "archive"')).toMatch(/^not-possible-here\n.+\n.+\n$/);
  expect(outputs('docs/guide-departments.md', 'state=summarizing')).toContain('"states":["summarizing"]');
});

test('P2, P3: in the guide the agent proposes, may not decide, and the proposal waits for two people', () => {
  expect(outputs('docs/guide-departments.md', 'modelVersion')).toContain('"states":["appraising"]');
  expect(outputs('docs/guide-departments.md', '"verdict": "approve"').trim()).toBe('not-allowed');
  expect(outputs('docs/guide-reviewers.md', 'v1/gates"')).toContain('appraising  appraise  true');
  expect(outputs('docs/guide-reviewers.md', 'Trích yếu đúng')).toContain('"outcome":"approved"');
  expect(outputs('docs/guide-reviewers.md', 'Nghĩ lại').trim()).toBe('stale');
  expect(outputs('docs/guide-reviewers.md', 'context.summary')).toContain(
    'Thông báo kế hoạch tổ chức hội nghị',
  );
});

test('P5: the guide for auditors recomputes each hash, and sees one changed byte named', () => {
  const auditors = 'docs/guide-auditors.md';
  expect(outputs(auditors, 'v1/instances/$INSTANCE/record')).toContain('approving  approve');
  expect(outputs(auditors, 'sorted(entry)').trim()).toBe('true');
  expect(outputs(auditors, 'verify\nnode')).toContain('nothing wrong');
  expect(outputs(auditors, '--to 3')).toContain('Replay leads to exactly the state that is stored.');
  const [, definition] =
    /"definition":"([0-9a-f]{64})"/.exec(outputs('docs/guide-departments.md', 'STARTED=')) ?? [];
  expect(outputs(auditors, 'sha256sum')).toContain(definition ?? 'no definition');
  expect(outputs(auditors, 'rename()')).toMatch(/#5 entry-altered .*\n1 problem in .*\nexit code 1\n$/);
  expect(outputs(auditors, 'rename nguyen-van-mao')).toContain('nothing wrong');
});

test('keys are made, listed and revoked as the guides say', () => {
  expect(outputs('docs/guide-departments.md', 'key revoke')).toContain('revoked');
  expect(outputs('docs/operating.md', 'key create')).toContain('The secret is not shown again.');
});

test('lint, graph and deploy answer as the guide for designers says', () => {
  expect(outputs('docs/guide-designers.md', '--format xstate')).toContain('No findings in 2 files.');
  expect(outputs('docs/guide-designers.md', 'directory check')).toContain('No findings');
  expect(outputs('docs/guide-designers.md', 'deploy processes')).toContain('deployed as outgoing-document');
  expect(outputs('docs/guide-designers.md', 'deploy processes')).toContain('No differences in meaning.');
  expect(outputs('README.md', 'mermaid')).toContain('stateDiagram');
});

/** What the block printed that contains this text. */
function outputs(path: string, part: string): string {
  const blocks = page(path).blocks.filter((block) => block.text.includes(part) && played.has(block));
  expect(blocks.length, `blocks of ${path} with ${part}`).toBe(1);
  return blocks.map((block) => played.get(block) ?? '').join('');
}

async function startServer(environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [join(root, 'cli/countersign.js'), 'start'], {
    cwd: root,
    env: { ...environment, PORT: '0', COUNTERSIGN_LOG: 'silent' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  server = child;
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text));
  while (child.exitCode === null) {
    const url = /ready at (http:\/\/\S+)/.exec(said)?.[1];
    if (url !== undefined) return url;
    await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  }
  throw new Error(`The server did not start: ${said}`);
}

/** Plays all blocks in one bash that ends at the first command that fails; what each printed, by block. */
async function play(environment: NodeJS.ProcessEnv): Promise<ReadonlyMap<Block, string>> {
  const blocks = guides
    .flatMap((path) => page(path).blocks)
    .filter(({ info, text }) => info === 'sh' && !/^npm |countersign\.js start$/m.test(text));
  const mark = '=== end of block ===';
  const script = blocks.map(({ text }) => `${text}\nprintf '\\n%s\\n' '${mark}'`).join('\n');
  const bash = spawn('bash', ['-euo', 'pipefail', '-c', script], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 240_000,
    killSignal: 'SIGKILL',
  });
  let printed = '';
  let complaints = '';
  bash.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  bash.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const [code] = await once(bash, 'close');
  const parts = printed.split(`\n${mark}\n`);
  if (code !== 0) {
    const failed = blocks[parts.length - 1];
    throw new Error(`${failed?.place} ends with ${code}: ${parts.at(-1)} ${complaints}`);
  }
  return new Map(blocks.map((block, index) => [block, parts[index] ?? '']));
}

function withoutOurs(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(COUNTERSIGN_|DATABASE_URL$|PORT$|HOST$)/;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)));
}
