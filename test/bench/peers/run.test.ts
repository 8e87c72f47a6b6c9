import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const file = join(import.meta.dirname, '..', '..', '..', 'bench', 'peers', 'run.ts');

test('the comparison with peers refuses what it does not know, before it installs or starts anything', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, '--only', 'somebody-else'], {
    encoding: 'utf8',
  });
  expect(stderr).toMatch(/^There is no result named somebody-else\. Known are durable-transitions, .*\.\n$/);
  expect(stdout).toBe('');
  expect(status).toBe(2);
});
