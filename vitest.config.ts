import { defineConfig } from 'vitest/config';

/** Tests of the pure core need no database. */
const pure = [
  'test/engine/{certificate-check,definition,difference,evidence,oversight,scenario,step,verify}/**/*.test.ts',
  'test/schemas/**/*.test.ts',
];

/** Tests that put something else in the place of a module: theirs must be nobody else's. */
const alone = ['test/engine/run/deploy-definition.test.ts'];

/** No other test leaves anything behind in a module, so each worker loads the modules once for all of its files. */
const shared = { isolate: false, testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Much of it waits: for a process to start, a disk, a browser.
    maxWorkers: 3,
    projects: [
      { test: { name: 'pure', include: pure, ...shared } },
      {
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: [...pure, ...alone],
          globalSetup: ['test/support/global-setup.ts'],
          ...shared,
        },
      },
      {
        test: {
          name: 'alone',
          include: alone,
          ...shared,
          isolate: true,
        },
      },
    ],
  },
});
