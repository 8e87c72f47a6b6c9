/** Reads a query string strictly: no malformed escapes, nothing twice, whole numbers as numbers. */
import type { TObject } from 'typebox';
import type { Refusal } from '../engine/index.ts';
import { type CheckShape, compileShape } from './check-shape.ts';
import { refuse } from './problems.ts';

export type QueryValues = { readonly [name: string]: string | number };
export type ReadQuery = (url: string) => { readonly kind: 'query'; readonly values: QueryValues } | Refusal;

/** A reader for one route; without a schema it takes no parameters at all. */
export function compileQuery(schema: TObject | undefined): ReadQuery {
  const check: CheckShape = compileShape(schema ?? noParameters, 'The query');
  const integers = new Set(
    Object.entries(schema?.properties ?? {})
      .filter(([, property]) => 'type' in property && property.type === 'integer')
      .map(([name]) => name),
  );
  return (url) => {
    const questionMark = url.indexOf('?');
    if (questionMark === -1) return empty;
    const values: { [name: string]: string | number } = {};
    const hash = url.indexOf('#', questionMark);
    const query = url.slice(questionMark + 1, hash === -1 ? undefined : hash);
    for (const pair of query.split('&')) {
      if (pair === '') continue;
      const equals = pair.indexOf('=');
      const name = decode(equals === -1 ? pair : pair.slice(0, equals));
      const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
      if (name === null || value === null || name === '__proto__') return malformed;
      if (Object.hasOwn(values, name)) return givenTwice;
      values[name] = integers.has(name) && /^(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value;
    }
    return check(values) ?? { kind: 'query', values };
  };
}

const noParameters = { type: 'object', additionalProperties: false } as const;
const empty = { kind: 'query', values: {} } as const;

const malformed = refuse(
  'bad-request',
  'The query is not well formed: an escape is broken, or a character is refused.',
  'Encode names and values as UTF-8 with percent escapes.',
);
const givenTwice = refuse('bad-request', 'A query parameter is given twice.', 'Send each parameter once.');

/** Null for a broken escape, and for U+0000, which no stored value can hold. */
function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return decoded.includes('\u0000') ? null : decoded;
  } catch {
    return null;
  }
}
