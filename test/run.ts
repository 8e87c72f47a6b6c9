/**
 * What `npm test` runs: every test on the embedded PostgreSQL, then, for each PostgreSQL that this
 * machine has of its own, the tests that touch a database once more. Arguments go to vitest; with
 * any, only the embedded PostgreSQL is used, since somebody is looking at one thing.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findInstalledPrograms } from './support/installed-programs.ts';

const root = join(import.meta.dirname, '..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const args = process.argv.slice(2);

const runs = [{ title: 'all tests on the embedded PostgreSQL', filters: args, environment: {} }];
if (args.length === 0) {
  for (const programs of await findInstalledPrograms()) {
    runs.push({
      title: `ledger and engine tests on the PostgreSQL in ${programs}`,
      filters: ['test/engine/ledger/', ...withDatabase()],
      environment: { TEST_POSTGRES_PROGRAMS: programs },
    });
  }
}

const failed: string[] = [];
const startedAt = performance.now();
for (const [index, run] of runs.entries()) {
  console.log(`Running ${run.title} (${index + 1} of ${runs.length}).`);
  if (!(await passes(run.filters, run.environment))) failed.push(run.title);
}
const seconds = Math.round((performance.now() - startedAt) / 1000);
console.log(
  failed.length === 0
    ? `All tests passed in ${seconds} s.`
    : `Tests failed after ${seconds} s: ${failed.join('; ')}.`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/**
 * Besides the ledger's own tests, those of the engine that ask most of its functions. The rest of the engine speaks to
 * any PostgreSQL by the same calls.
 */
function withDatabase(): readonly string[] {
  return ['crash', 'delegations', 'move-instance'].map((name) => `test/engine/run/${name}.test.ts`);
}

function passes(filters: readonly string[], environment: Record<string, string>): Promise<boolean> {
  const child = spawn(process.execPath, [vitest, 'run', '--configLoader', 'native', ...filters], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return new Promise((done, fail) => {
    child.on('error', fail);
    child.on('exit', (code) => done(code === 0));
  });
}
