import { setTimeout as pause } from 'node:timers/promises';
import {
  ask,
  type ServerAddress,
  type ServerAnswer,
  type ServerRequest,
  ServerSilent,
} from '../server-client.ts';

/** How long a server that is away is waited for. */
export const patienceMs = 60_000;

/**
 * Asks again while the server is away: it may have been killed, and is starting again. The same
 * idempotency key goes with every try, so that whatever was acknowledged is not done twice.
 */
export async function askPatiently(
  address: ServerAddress,
  path: string,
  asked: ServerRequest = {},
): Promise<ServerAnswer> {
  const giveUpAt = performance.now() + patienceMs;
  for (let waitMs = 100; ; waitMs = Math.min(2_000, waitMs * 2)) {
    try {
      const answer = await ask(address, path, asked);
      if (answer.status !== 503 || performance.now() > giveUpAt) return answer;
    } catch (error) {
      if (!(error instanceof ServerSilent) || performance.now() > giveUpAt) throw error;
    }
    if (waitMs === 100) console.error('The server does not answer at the moment; trying again …');
    await pause(waitMs);
  }
}
