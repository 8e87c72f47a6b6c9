/** DBOS as a side of the comparison: durable steps a second, on the PostgreSQL it is given. */
import type { AtEnd } from '../clean-up.ts';
import type { Side } from '../rounds.ts';
import type { DbosMeasure, DbosSetup } from './dbos-worker.ts';
import { startWorkerProcess } from './worker-process.ts';

/** Ten connections are its default, and were its best here: with 32 it got slower. */
const poolSize = 10;
/** Enough that what a workflow costs to start and end hardly counts. */
const stepsPerWorkflow = 50;
const warmUpSeconds = 1;

/** `concurrencies`: so many workflows at a time, by the name of the result. */
export async function startDbos(
  databaseUrl: string,
  concurrencies: { readonly [result: string]: number },
  atEnd: AtEnd,
): Promise<Side[]> {
  const setup: DbosSetup = { databaseUrl, poolSize, stepsPerWorkflow };
  const worker = await startWorkerProcess('./dbos-worker.ts', setup, atEnd);
  const measure = async (question: DbosMeasure) => {
    const answer = (await worker.ask(question)) as { stepsPerSecond: number };
    return answer.stepsPerSecond;
  };
  await measure({ seconds: warmUpSeconds, concurrency: 16 });
  return Object.entries(concurrencies).map(([name, concurrency]) => ({
    name,
    measure: async (seconds) => ({ [name]: await measure({ seconds, concurrency }) }),
  }));
}
