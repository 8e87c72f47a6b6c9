import { defineConfig } from 'vitest/config';

/** Tests of the pure core leave nothing behind, so its modules are loaded once for all of them. */
const pure = [
  'test/engine/{certificate-check,definition,difference,evidence,oversight,scenario,step,verify}/**/*.test.ts',
  'test/schemas/**/*.test.ts',
];

const limits = { testTimeout: 60_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Much of it waits: for a process to start, a disk, a browser.
    maxWorkers: 3,
    projects: [
      { test: { name: 'pure', include: pure, isolate: false, ...limits } },
      {
        test: {
          name: 'whole',
          include: ['test/**/*.test.ts'],
          exclude: pure,
          globalSetup: ['test/support/global-setup.ts'],
          ...limits,
        },
      },
    ],
  },
});
