/**
 * A JSON value as it will be after it was stored and read back: members sorted, -0 written as 0.
 *
 * An expression may walk over an object's members, so their order must be the same when an instance is
 * moved on in memory, when it was loaded a moment ago, and when its record is replayed years later (P7).
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { deepestNesting, NotCanonical } from './canonical-json.ts';

/** The same value in its stored form; the same reference where nothing had to change. Throws `NotCanonical`. */
export function toCanonicalValue(value: unknown): Json {
  return convert(value, 0);
}

/** As `toCanonicalValue`, for what must be an object. */
export function toCanonicalObject(value: object): JsonObject {
  return convertObject(value, 0);
}

function convert(value: unknown, depth: number): Json {
  switch (typeof value) {
    case 'string':
      if (!value.isWellFormed()) throw new NotCanonical('A text holds half of a surrogate pair.');
      return value;
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(`${value} is not a JSON number.`);
      return value === 0 ? 0 : value;
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      if (depth >= deepestNesting) throw new NotCanonical(`Nested deeper than ${deepestNesting} levels.`);
      return Array.isArray(value) ? convertArray(value, depth) : convertObject(value, depth);
    default:
      throw new NotCanonical(`A value of type ${typeof value} is not JSON.`);
  }
}

function convertArray(items: readonly unknown[], depth: number): readonly Json[] {
  let converted: Json[] | null = null;
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index];
    const stored = convert(item, depth + 1);
    if (converted === null && !Object.is(stored, item)) converted = items.slice(0, index) as Json[];
    converted?.push(stored);
  }
  return converted ?? (items as readonly Json[]);
}

function convertObject(object: object, depth: number): JsonObject {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null)
    throw new NotCanonical('Only plain objects are JSON.');
  const names = Object.keys(object);
  const members = object as { readonly [name: string]: unknown };
  let isSorted = true;
  /** Null while every value is as it was. */
  let values: Json[] | null = null;
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    // A member of this name turns into the object's prototype as soon as somebody copies it carelessly.
    if (name === '__proto__') throw new NotCanonical('A member may not be named __proto__.');
    if (!name.isWellFormed()) throw new NotCanonical('A name holds half of a surrogate pair.');
    if (index > 0 && (names[index - 1] ?? '') > name) isSorted = false;
    const value = convert(members[name], depth + 1);
    if (values === null && !Object.is(value, members[name]))
      values = names.slice(0, index).map((earlier) => members[earlier] as Json);
    values?.push(value);
  }
  if (isSorted && values === null) return object as JsonObject;
  const stored = names.map(
    (name, index) => [name, values === null ? members[name] : values[index]] as [string, Json],
  );
  return Object.fromEntries(stored.sort((a, b) => (a[0] < b[0] ? -1 : 1)));
}
