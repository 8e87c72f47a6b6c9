/**
 * Keeps the embedded database running while the engine lives: when its server dies, it is started
 * again, after a growing pause while that fails. Callers see broken connections in the meantime and
 * nothing else, for address and password stay the same.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedProblem } from './embedded-problem.ts';
import { type EmbeddedDatabase, type EmbeddedOptions, startEmbedded } from './start-embedded.ts';

export interface KeepOptions extends EmbeddedOptions {
  /** The server was lost, or could not be started again yet; one sentence for the log. Without it, `report` is told. */
  readonly onLost?: (sentence: string) => void;
  readonly onBack?: (pid: number) => void;
  /** Another engine took the folder over: this one has no database any more and should end. */
  readonly onGivenUp?: (problem: EmbeddedProblem) => void;
  /** Waits before an attempt (counted from 0), or until the signal says that nobody waits any more. */
  readonly pause?: (attempt: number, signal: AbortSignal) => Promise<void>;
}

export type KeptDatabase = Omit<EmbeddedDatabase, 'onExit'>;

/** Throws like `startEmbedded` where the first start fails. */
export async function keepEmbedded(dataFolder: string, options: KeepOptions = {}): Promise<KeptDatabase> {
  const { pause = growingPause, onLost = options.report } = options;
  const stopping = new AbortController();
  let url = options.url;
  let restarting: Promise<void> = Promise.resolve();
  let current = await start();

  async function start(): Promise<EmbeddedDatabase> {
    const database = await startEmbedded(dataFolder, url === undefined ? options : { ...options, url });
    database.onExit(() => {
      if (stopping.signal.aborted) return;
      onLost?.(`The embedded database (process ${database.pid}) was lost; starting it again.`);
      restarting = restart();
    });
    return database;
  }

  async function restart(): Promise<void> {
    let said = '';
    for (let attempt = 0; !stopping.signal.aborted; attempt++) {
      await pause(attempt, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        current = await start();
        return options.onBack?.(current.pid);
      } catch (error) {
        if (error instanceof EmbeddedProblem && error.code === 'second-engine') {
          return options.onGivenUp === undefined ? onLost?.(error.message) : options.onGivenUp(error);
        }
        const sentence = error instanceof Error ? error.message : String(error);
        if (sentence !== said) onLost?.(sentence);
        said = sentence;
      }
    }
  }

  return {
    address: current.address,
    url: current.url,
    get pid() {
      return current.pid;
    },
    announce: async (where) => {
      url = where;
      await current.announce(where);
    },
    stop: async () => {
      stopping.abort();
      await restarting;
      await current.stop();
    },
  };
}

const pausesMs = [0, 100, 500, 1000, 2000];

function growingPause(attempt: number, signal: AbortSignal): Promise<void> {
  return delay(pausesMs[attempt] ?? 5000, undefined, { signal }).catch(() => undefined);
}
