/** Reads the request headers that carry a promise: who calls, what was seen, and which try this is. */
import type { Refusal } from '../engine/index.ts';
import { refuse } from './problems.ts';

/** The bearer secret, or null when there is none that could be one. */
export function bearerSecret(authorization: string | null | undefined): string | null {
  if (authorization === null || authorization === undefined) return null;
  return bearer.exec(authorization)?.[1] ?? null;
}

const bearer = /^bearer +([A-Za-z0-9._~+/-]{1,8000}=*) *$/i;

export type SeenTag = { readonly kind: 'tag'; readonly tag: string } | { readonly kind: 'any' } | Refusal;

/** What `If-Match` names: one strong entity tag (without its quotes), or anything that exists (`*`). */
export function seenTag(header: string): SeenTag {
  const trimmed = header.trim();
  if (trimmed === '*') return { kind: 'any' };
  const tag = /^"([!#-~]{0,300})"$/.exec(trimmed)?.[1];
  if (tag !== undefined) return { kind: 'tag', tag };
  return refuse(
    'bad-request',
    'If-Match must name one strong entity tag.',
    'Send the ETag exactly as you received it, quotes included.',
  );
}

/** The seq that an instance's tag names, or null for a tag no instance ever had. */
export function seqOfTag(tag: string): number | null {
  return /^[1-9]\d{0,14}$/.test(tag) ? Number(tag) : null;
}

export function instanceTag(seq: number): string {
  return `"${seq}"`;
}

/** A gate's tag binds which opening it is and what is decided there: both must still be so. */
export function gateTag(opened: number, subject: string): string {
  return `"${opened}.${subject}"`;
}

export function openingOfTag(tag: string): { opened: number; subject: string } | null {
  const [, opened, subject] = /^([1-9]\d{0,14})\.([!#-~]+)$/.exec(tag) ?? [];
  return opened === undefined || subject === undefined ? null : { opened: Number(opened), subject };
}

export function idempotencyKey(header: string): { readonly kind: 'key'; readonly key: string } | Refusal {
  if (/^[!-~]{1,200}$/.test(header)) return { kind: 'key', key: header };
  return refuse(
    'bad-request',
    'Idempotency-Key must be 1 to 200 visible ASCII characters.',
    'Use a random UUID, and the same one when you try again.',
  );
}
