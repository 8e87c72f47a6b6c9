/** The id under which a request stands in answers, the log and the record. */
import { randomFillSync } from 'node:crypto';

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;
const noTrace = '0'.repeat(32);

/** The trace id of a valid W3C `traceparent`, else a random one: 32 hexadecimal digits either way. */
export function requestId(header: string | null | undefined): string {
  if (header !== null && header !== undefined && !header.startsWith('ff')) {
    const trace = traceparent.exec(header)?.[1];
    if (trace !== undefined && trace !== noTrace) return trace;
  }
  return randomId();
}

// Random bytes are drawn many ids at a time: a draw costs the same whatever its size.
const pool = Buffer.alloc(16 * 256);
let used = pool.length;

function randomId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += 16;
  return pool.toString('hex', used - 16, used);
}
