/** The server's log: one line a request, never a body, never a key. It is no record; the ledger is. */
import { destination, type Logger, pino } from 'pino';

export type { Logger };

/**
 * Lines are gathered and written together, at the latest after `flushEveryMs`: a write for each request
 * would cost as much as the request. `fd` 1 is standard output.
 */
export function openLog(options: { level?: string; fd?: number; flushEveryMs?: number } = {}): Logger {
  const { level = 'info', fd = 1, flushEveryMs = 500 } = options;
  return pino(
    { level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` },
    destination({ fd, sync: false, minLength: 4096, periodicFlush: flushEveryMs }),
  );
}

/** What of an error may be written down: a driver's error also holds the values of the query. */
export function describeError(error: unknown): { readonly name: string; readonly stack: string } {
  if (!(error instanceof Error)) return { name: 'unknown', stack: '' };
  return { name: error.name, stack: error.stack ?? error.message };
}
