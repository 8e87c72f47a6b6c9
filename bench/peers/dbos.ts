/** DBOS as a side of the comparison: durable steps a second, on the PostgreSQL it is given. */
import type { AtEnd } from '../clean-up.ts';
import type { Side } from '../rounds.ts';
import type { DbosMeasure, DbosSetup } from './dbos-worker.ts';
import { startWorkerProcess } from './worker-process.ts';

export interface DbosOptions {
  readonly databaseUrl: string;
  readonly concurrency: number;
}

/** Ten connections are its default, and were its best here: with 32 it got slower. */
const poolSize = 10;
/** Enough that what a workflow costs to start and end hardly counts. */
const stepsPerWorkflow = 50;

export async function startDbos(options: DbosOptions, atEnd: AtEnd): Promise<Side> {
  const setup: DbosSetup = { ...options, poolSize, stepsPerWorkflow };
  const worker = await startWorkerProcess('./dbos-worker.ts', setup, atEnd);
  const measure = async (seconds: number) => {
    const question: DbosMeasure = { seconds };
    const answer = (await worker.ask(question)) as { stepsPerSecond: number };
    return { 'dbos-steps': answer.stepsPerSecond };
  };
  await measure(1);
  return { name: 'DBOS', measure };
}
