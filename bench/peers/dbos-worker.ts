/**
 * One DBOS application in a process of its own: so many workflows at a time, each of so many steps,
 * each step one flip of the toggle, durable before the next begins. Measures when it is told to.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { firstToggle, flip, type Toggle } from './toggle.ts';

export interface DbosSetup {
  readonly databaseUrl: string;
  readonly concurrency: number;
  readonly stepsPerWorkflow: number;
  readonly poolSize: number;
}

/** The parent sends `{seconds}` and gets `{stepsPerSecond}` back; first of all it gets `'ready'`. */
export interface DbosMeasure {
  readonly seconds: number;
}

const setup = JSON.parse(process.argv[2] ?? '') as DbosSetup;

const toggleSteps = DBOS.registerWorkflow(
  async (steps: number): Promise<Toggle> => {
    let toggle = firstToggle;
    for (let step = 0; step < steps; step++) {
      const before = toggle;
      toggle = await DBOS.runStep(() => Promise.resolve(flip(before)), { name: 'flip' });
    }
    return toggle;
  },
  { name: 'toggle' },
);

/** Starts no workflow after the time is over, and counts all steps of those that ran. */
async function measure(seconds: number): Promise<number> {
  const start = performance.now();
  const end = start + seconds * 1000;
  let steps = 0;
  async function runOneAfterTheOther(): Promise<void> {
    while (performance.now() < end) {
      const toggle = await toggleSteps(setup.stepsPerWorkflow);
      steps += toggle.count;
    }
  }
  await Promise.all(Array.from({ length: setup.concurrency }, runOneAfterTheOther));
  return steps / ((performance.now() - start) / 1000);
}

DBOS.setConfig({
  name: 'countersign-peers',
  systemDatabaseUrl: setup.databaseUrl,
  systemDatabasePoolSize: setup.poolSize,
  logLevel: 'error',
});
await DBOS.launch();
process.on('message', async (message: DbosMeasure) => {
  process.send?.({ stepsPerSecond: await measure(message.seconds) });
});
// The parent closing the channel, or dying, ends this process too.
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
