import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, runCli } from './run-cli.ts';

test('the demonstration directory has no findings', async () => {
  const asText = await runCli(['directory', 'check', 'demo/directory.yaml']);
  expect(asText.code).toBe(0);
  expect(asText.stdout).toMatch(/^18 principals, 6 units, 17 roles\.\nNo findings/);
  const asJson = await runCli(['directory', 'check', 'demo/directory.yaml', '--format', 'json']);
  expect(asJson).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('a wrong directory is told with its place, and exit code 1', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'directory.yaml');
    writeFileSync(file, 'roles: {}\nunits: []\nprincipals:\n  - { id: person:x, name: X, roles: [clerk] }\n');
    const { code, stdout } = await runCli(['directory', 'check', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/directory\.yaml:4:\d+ error unknown-role /);
  });
});
