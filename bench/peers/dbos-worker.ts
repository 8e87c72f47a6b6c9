/**
 * One DBOS application in a process of its own: so many workflows at a time, each of so many steps,
 * each step one flip of the toggle, durable before the next begins. Measures when it is told to.
 */
import { DBOS } from '@dbos-inc/dbos-sdk';
import { firstToggle, flip, type Toggle } from './toggle.ts';

export interface DbosSetup {
  readonly databaseUrl: string;
  readonly stepsPerWorkflow: number;
  readonly poolSize: number;
}

/** The parent sends this and gets `{stepsPerSecond}` back; first of all it gets `'ready'`. */
export interface DbosMeasure {
  readonly seconds: number;
  readonly concurrency: number;
}

const setup = JSON.parse(process.argv[2] ?? '') as DbosSetup;

const toggleSteps = DBOS.registerWorkflow(
  async (steps: number, until: number): Promise<Toggle> => {
    let toggle = firstToggle;
    // Looking at the clock here is no good manners in a workflow; it keeps the load within its time.
    for (let step = 0; step < steps && Date.now() < until; step++) {
      const before = toggle;
      toggle = await DBOS.runStep(() => Promise.resolve(flip(before)), { name: 'flip' });
    }
    return toggle;
  },
  { name: 'toggle' },
);

/** Begins no workflow and no step after the time is over, and counts all that were begun. */
async function measure({ seconds, concurrency }: DbosMeasure): Promise<number> {
  const start = Date.now();
  const end = start + seconds * 1000;
  let steps = 0;
  async function runOneAfterTheOther(): Promise<void> {
    while (Date.now() < end) {
      const toggle = await toggleSteps(setup.stepsPerWorkflow, end);
      steps += toggle.count;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, runOneAfterTheOther));
  return steps / ((Date.now() - start) / 1000);
}

DBOS.setConfig({
  name: 'countersign-peers',
  systemDatabaseUrl: setup.databaseUrl,
  systemDatabasePoolSize: setup.poolSize,
  logLevel: 'error',
});
await DBOS.launch();
process.on('message', async (message: DbosMeasure) => {
  process.send?.({ stepsPerSecond: await measure(message) });
});
// The parent closing the channel, or dying, ends this process too.
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
