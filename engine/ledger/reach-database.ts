/** Tells a database that is away from a statement that is wrong, and never waits for ever. */
import postgres from 'postgres';
import { LedgerUnavailable } from './ledger.ts';

/** The server ends statements by its own limit before this one; this is for when no answer comes at all. */
export const answerTimeoutMs = 40_000;
export const statementTimeoutMs = 30_000;

/**
 * Awaits a query. Throws `LedgerUnavailable` when the server is away, the connection broke, or no answer
 * came within `timeoutMs`; whether a statement took effect is then unknown.
 */
export async function reachDatabase<T>(query: PromiseLike<T>, timeoutMs = answerTimeoutMs): Promise<T> {
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new LedgerUnavailable('The database did not answer.')), timeoutMs);
  try {
    return await Promise.race([query, expired]);
  } catch (error) {
    if (isUnavailable(error)) {
      throw new LedgerUnavailable(`The database could not be reached: ${messageOf(error)}`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return error instanceof postgres.PostgresError ? serverIsAway.test(code) : connectionBroke.test(code);
}

/** SQLSTATE, or Node's or the driver's own code; empty when it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

// Connection exceptions, shutting down or starting up, no connection slot or disk left, read-only after a
// failover, and statements ended by a time limit or a deadlock: none says anything of the statement itself.
const serverIsAway = /^(08|57P0[1-5]|57014|55P03|40|53|25006|58)/;
const connectionBroke = /^(CONNECT|E[A-Z]+$)/;

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
