/**
 * Whatever a bench starts it also ends: at the end, on an error, and when somebody presses Ctrl-C.
 */

/** Registers something to undo. Undone last come first. */
export type AtEnd = (undo: () => unknown) => void;

/** Runs the work, then everything registered, whatever happened. A signal cuts the work short. */
export async function withCleanUp<T>(work: (atEnd: AtEnd) => Promise<T>): Promise<T> {
  const undos: (() => unknown)[] = [];
  let onSignal: (signal: NodeJS.Signals) => void = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    onSignal = (signal) => reject(new Interrupted(signal));
  });
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    return await Promise.race([work((undo) => undos.push(undo)), interrupted]);
  } finally {
    for (const undo of undos.reverse()) {
      // One thing that does not end must not keep the others alive.
      await Promise.resolve()
        .then(undo)
        .catch((error: unknown) => console.error('Not cleaned up:', error));
    }
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

/** Somebody asked the run to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
  constructor(signal: string) {
    super(`Stopped by ${signal}.`);
  }
}
