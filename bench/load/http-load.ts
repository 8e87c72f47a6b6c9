/**
 * Drives one HTTP server from a thread of its own: so many connections, one request at a time on
 * each, for so long. The sockets are raw, because a general HTTP client costs more than the
 * server it measures; whatever answers must speak HTTP/1.1 with keep-alive.
 */
import { Worker } from 'node:worker_threads';
import { percentile } from '../statistics.ts';

export interface LoadRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
}

export interface HttpLoad {
  readonly host: string;
  readonly port: number;
  /** One connection a list; each sends its requests in turn, over and over. */
  readonly connections: readonly (readonly LoadRequest[])[];
  /** Adds a fresh Idempotency-Key to every request. */
  readonly idempotencyKeys: boolean;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** The load ends early after this many requests, warm-up included. */
  readonly maxRequests: number;
}

export interface HttpLoadAnswer {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requests: number;
}

/** What the thread sends back when it is done. */
export interface LoadRecord {
  readonly seconds: number;
  readonly latenciesMs: Float64Array;
  /** The first answer that was not 2xx, or the first broken connection. */
  readonly failure: string | null;
}

/** Throws when any answer was not a success: a bench of refusals measures nothing. */
export async function runHttpLoad(load: HttpLoad): Promise<HttpLoadAnswer> {
  const worker = new Worker(new URL('./http-load-worker.ts', import.meta.url), { workerData: load });
  try {
    const record = await new Promise<LoadRecord>((resolve, reject) => {
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('The load generator ended without an answer.')));
    });
    if (record.failure !== null) throw new Error(`The load met a failure: ${record.failure}`);
    if (record.latenciesMs.length === 0) throw new Error('The load got no answer in the time it had.');
    const ascending = record.latenciesMs.sort();
    return {
      perSecond: ascending.length / record.seconds,
      p50Ms: percentile(ascending, 0.5),
      p99Ms: percentile(ascending, 0.99),
      requests: ascending.length,
    };
  } finally {
    await worker.terminate();
  }
}
