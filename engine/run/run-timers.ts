import type { Engine } from './engine-contract.ts';
import type { AnswerSweep } from './sweep-answers.ts';

const periodMs = 500;

/** Calls agents again and again until stopped. Beside the timers, since an agent may take its time to answer. */
export const runCalls = (engine: Pick<Engine, 'callAgents'>, report: (sentence: string) => void) =>
  runTimers(
    { fireDueTimers: async () => (await engine.callAgents()).begun },
    report,
    null,
    'Agents are not called',
  );

/** Fires due timers, and then tidies up, again and again until stopped. One round at a time; a round that fails is told and tried again. */
export function runTimers(
  engine: Pick<Engine, 'fireDueTimers'>,
  report: (sentence: string) => void,
  sweep: Pick<AnswerSweep, 'sweep'> | null = null,
  told = 'Timers wait',
): { stop(): Promise<void> } {
  let isStopped = false;
  let failing = false;
  let round: Promise<void> = Promise.resolve();
  let next: NodeJS.Timeout | undefined;
  const fire = async () => {
    try {
      while (!isStopped && (await engine.fireDueTimers()) > 0);
      if (!isStopped) await sweep?.sweep();
      failing = false;
    } catch (error) {
      if (!failing) report(`${told}: ${error instanceof Error ? error.message : error}`);
      failing = true;
    }
    if (!isStopped) schedule();
  };
  const schedule = () => {
    next = setTimeout(() => {
      round = fire();
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
