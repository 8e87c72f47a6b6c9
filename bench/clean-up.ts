/**
 * Whatever a bench starts it also ends: at the end, on an error, and when somebody presses Ctrl-C.
 */

/** Registers something to undo. Undone last come first; too late to be registered is undone at once. */
export type AtEnd = (undo: () => unknown) => void;

/**
 * Runs the work, then undoes everything registered, whatever happened. SIGINT and SIGTERM cut the
 * work short: its signal is aborted, and the answer is an `Interrupted`.
 */
export async function withCleanUp<T>(work: (atEnd: AtEnd, signal: AbortSignal) => Promise<T>): Promise<T> {
  const undos: (() => unknown)[] = [];
  const controller = new AbortController();
  let isOver = false;
  const atEnd: AtEnd = (undo) => {
    if (isOver) void runSafely(undo);
    else undos.push(undo);
  };
  const interrupted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason));
  });
  const onSignal = (signal: NodeJS.Signals) => controller.abort(new Interrupted(signal));
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await Promise.race([work(atEnd, controller.signal), interrupted]);
  } finally {
    isOver = true;
    for (const undo of undos.reverse()) await runSafely(undo);
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** One thing that does not end must not keep the others alive. */
async function runSafely(undo: () => unknown): Promise<void> {
  try {
    await undo();
  } catch (error) {
    console.error('Not cleaned up:', error);
  }
}

/** Somebody asked the run to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(signal: string) {
    super(`Stopped by ${signal}.`);
  }
}
