import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHttpHouse } from '../api/support/house-client.ts';
import { inFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

test('the demonstration directory has no findings', async () => {
  const asText = await runHere(['directory', 'check', 'demo/directory.yaml']);
  expect(asText.code).toBe(0);
  expect(asText.stdout).toMatch(/^18 principals, 6 units, 17 roles\.\nNo findings/);
  const asJson = await runHere(['directory', 'check', 'demo/directory.yaml', '--format', 'json']);
  expect(asJson).toEqual({ code: 0, stdout: '[]\n', stderr: '' });
});

test('a wrong directory is told with its place, and exit code 1', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'directory.yaml');
    writeFileSync(file, 'roles: {}\nunits: []\nprincipals:\n  - { id: person:x, name: X, roles: [clerk] }\n');
    const { code, stdout } = await runHere(['directory', 'check', file]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/directory\.yaml:4:\d+ error unknown-role /);
  });
});

test('a file is held against a running server, and applied to it', async () => {
  const http = await openHttpHouse();
  try {
    const env = { COUNTERSIGN_URL: http.url, COUNTERSIGN_KEY: await http.secretOf('keeper') };
    await inFolder(async (folder) => {
      const file = join(folder, 'directory.yaml');
      const { directory } = (await (await http.client('keeper'))('GET', '/v1/directory')).body;
      const held = directory.principals.flatMap(({ roles = [] }: { roles?: string[] }) => roles);
      const title = { vi: 'x', en: 'x' };
      const roles = Object.fromEntries(held.map((role: string) => [role, { title }]));
      const bodies = [{ id: 'body:board', title, members: ['person:head'] }];
      writeFileSync(file, JSON.stringify({ ...directory, roles, bodies }));
      const diff = await runHere(['directory', 'diff', file], { env });
      expect(diff).toMatchObject({ code: 0, stderr: '' });
      expect(diff.stdout).toMatch(
        /The body body:board is added: members person:head\.\nNothing was changed\./,
      );
      const applied = await runHere(['directory', 'apply', file, '--format', 'json'], { env });
      expect(JSON.parse(applied.stdout)).toMatchObject({ applied: true });
      const again = await runHere(['directory', 'apply', file], { env });
      expect(again.stdout).toBe('Nothing changes.\n');
      writeFileSync(file, 'roles: {}\nunits: []\nprincipals: []\n');
      expect(await runHere(['directory', 'apply', file], { env })).toMatchObject({ code: 1 });
    });
  } finally {
    await http.close();
  }
});
