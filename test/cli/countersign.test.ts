import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, launcher, pretendOld, runCli } from './run-cli.ts';

test('an old Node hands over to the Node 24 of the dependencies: same output, same exit code', async () => {
  const fine = await runCli(['lint', 'processes', '--format', 'json'], { node: pretendOld });
  expect(fine).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
  const misused = await runCli(['lint', 'nothing'], { node: pretendOld });
  expect(misused.code).toBe(2);
});

test('an old Node without the dependencies says in one sentence what to do', async () => {
  await inFolder(async (folder) => {
    const alone = join(folder, 'product/cli/countersign.mjs');
    mkdirSync(dirname(alone), { recursive: true });
    copyFileSync(launcher, alone);
    const child = spawn(process.execPath, [...pretendOld, alone, 'lint'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    expect(code).toBe(2);
    expect(stderr).toMatch(/needs Node 24 or newer, and this is Node 20\.11\.0\. Run "npm ci"/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
