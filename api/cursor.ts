/** Page cursors as callers see them: opaque, and safe in an address without escapes. */

export function toCursor(next: string | null): string | null {
  return next === null ? null : Buffer.from(next, 'utf8').toString('base64url');
}

/** Whatever comes back is only text to the engine, which checks it. */
export function fromCursor(cursor: string | undefined): string | undefined {
  return cursor === undefined ? undefined : Buffer.from(cursor, 'base64url').toString('utf8');
}
