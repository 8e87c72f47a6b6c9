/** A server under load as a side of a comparison: requests a second and how long they took. */
import type { Side } from '../rounds.ts';
import { type LoadRequest, runHttpLoad } from './http-load.ts';

export interface HttpSide {
  /** The result's name; latencies go by `NAME-p50` and `NAME-p99`. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly connections: readonly (readonly LoadRequest[])[];
  readonly idempotencyKeys: boolean;
  readonly maxRequests: number;
}

/** A tenth of each measurement, added in front, is warm-up that is not counted. */
export function toHttpSide({ name, host, port, connections, idempotencyKeys, maxRequests }: HttpSide): Side {
  const target = { host, port, connections, idempotencyKeys, maxRequests };
  return {
    name,
    async measure(seconds) {
      const answer = await runHttpLoad({ ...target, seconds, warmUpSeconds: seconds / 10 });
      return { [name]: answer.perSecond, [`${name}-p50`]: answer.p50Ms, [`${name}-p99`]: answer.p99Ms };
    },
  };
}

/**
 * Deals requests to so many connections, each request to one of them only: no two connections
 * ever move the same instance, so that what is measured is the server and not its queues.
 */
export function dealRequests(requests: readonly LoadRequest[], connections: number): LoadRequest[][] {
  return Array.from({ length: connections }, (_, connection) =>
    requests.filter((_request, index) => index % connections === connection),
  );
}
