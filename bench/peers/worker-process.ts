/**
 * A process of its own that holds one peer: started with a setup, asked over its channel, and ended
 * with the run. What it is asked and what it answers is the peer's own matter.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AtEnd } from '../clean-up.ts';

export interface WorkerProcess {
  ask(question: object): Promise<unknown>;
}

const patienceMs = 60_000;
const farewellMs = 5_000;

/** Starts `file` beside this one and waits for its first message. Throws when it ends before its time. */
export async function startWorkerProcess(file: string, setup: object, atEnd: AtEnd): Promise<WorkerProcess> {
  const child = fork(new URL(file, import.meta.url), [JSON.stringify(setup)], {
    env: { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1' },
  });
  const gone = once(child, 'exit');
  const goneEarly = gone.then(([code, signal]) => {
    throw new Error(`${file} ended before its time (${signal ?? code}).`);
  });
  goneEarly.catch(() => {});
  atEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    if (child.connected) child.disconnect();
    const killer = setTimeout(() => child.kill('SIGKILL'), farewellMs);
    await gone;
    clearTimeout(killer);
  });
  await Promise.race([once(child, 'message'), goneEarly, after(patienceMs, `${file} did not get ready.`)]);
  return {
    async ask(question) {
      const answer = once(child, 'message');
      child.send(question);
      const [first] = (await Promise.race([answer, goneEarly])) as [unknown];
      return first;
    },
  };
}

async function after(delayMs: number, sentence: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(sentence)), delayMs).unref());
}
