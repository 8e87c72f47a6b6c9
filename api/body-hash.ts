/** What an Idempotency-Key stands for: the request it was first used with. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../engine/index.ts';
import type { Json } from '../schemas/json.ts';

/**
 * SHA-256, hexadecimal, of method, path, what was seen, and the body in canonical form. `If-Match`
 * belongs to it: a reviewer who decides again on a changed subject must not be told that the earlier
 * decision was this one.
 */
export function bodyHash(method: string, path: string, seen: string | null, body: Json): string {
  return createHash('sha256')
    .update(canonicalJson([method, path, seen, body]))
    .digest('hex');
}
