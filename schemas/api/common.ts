/** Words that several bodies of the HTTP API share. */
import Type from 'typebox';
import type { Json, JsonObject } from '../json.ts';

/** What callers send is closed: a field nobody reads is a mistake somebody should hear of. */
export const closed = { additionalProperties: false } as const;

export const AnyJson = Type.Unsafe<Json>({ description: 'Any JSON value.' });
export const AnyObject = (description: string) => Type.Unsafe<JsonObject>({ type: 'object', description });

export const InstanceId = Type.String({ description: 'Id of an instance.' });
export const Hash = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'SHA-256 in lower-case hexadecimal.',
});
export const Time = Type.String({ format: 'date-time', description: 'ISO 8601, UTC.' });
export const InstanceStatus = Type.Union([Type.Literal('active'), Type.Literal('done')]);

/** Pages of at most this many items. */
export const pageSize = { usual: 50, most: 200 } as const;

export const Limit = Type.Integer({
  minimum: 1,
  maximum: pageSize.most,
  default: pageSize.usual,
  description: 'How many items a page may hold.',
});
export const Cursor = Type.String({
  minLength: 1,
  maxLength: 1000,
  pattern: '^[A-Za-z0-9_-]+$',
  description: 'The `next` of the page before. Opaque.',
});
export const Next = Type.Union([Type.String(), Type.Null()], {
  description: 'Hand it back as `cursor` for the next page; null on the last.',
});
