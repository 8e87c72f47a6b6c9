import type { Engine } from './engine-contract.ts';
import type { AnswerSweep } from './sweep-answers.ts';

const periodMs = 500;

export interface Rounds {
  stop(): Promise<void>;
}

/** Fires due timers, and then tidies up, again and again until stopped. */
export const runTimers = (
  engine: Pick<Engine, 'fireDueTimers'>,
  report: (sentence: string) => void,
  sweep: Pick<AnswerSweep, 'sweep'> | null = null,
): Rounds =>
  runRounds(
    () => engine.fireDueTimers(),
    report,
    'Timers wait',
    () => sweep?.sweep(),
  );

/** Calls agents again and again until stopped. Beside the timers, since an agent may take its time to answer. */
export const runCalls = (engine: Pick<Engine, 'callAgents'>, report: (sentence: string) => void): Rounds =>
  runRounds(async () => (await engine.callAgents()).begun, report, 'Agents are not called');

/** `work` says how much it found to do. One round at a time; a round that fails is told once, and tried again. */
function runRounds(
  work: () => Promise<number>,
  report: (sentence: string) => void,
  told: string,
  tidyUp: () => Promise<unknown> | undefined = () => undefined,
): Rounds {
  let isStopped = false;
  let failing = false;
  let round: Promise<void> = Promise.resolve();
  let next: NodeJS.Timeout | undefined;
  const goRound = async () => {
    try {
      while (!isStopped && (await work()) > 0);
      if (!isStopped) await tidyUp();
      failing = false;
    } catch (error) {
      if (!failing) report(`${told}: ${error instanceof Error ? error.message : error}`);
      failing = true;
    }
    if (!isStopped) schedule();
  };
  const schedule = () => {
    next = setTimeout(() => {
      round = goRound();
    }, periodMs);
    next.unref();
  };
  schedule();
  return {
    async stop() {
      isStopped = true;
      clearTimeout(next);
      await round;
    },
  };
}
