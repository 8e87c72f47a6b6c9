/** What an expression computed -> JSON. Throws where JSON has no such value; never bends one into null. */
import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';
import type { Json } from '../../schemas/json.ts';
import { dataLimits } from './data-limits.ts';
import { unwrapStruct } from './expression-types.ts';

/** Instants become ISO 8601 texts, int becomes a number where none of its digits is lost. */
export function toJson(value: unknown): Json {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'string':
      return text(value);
    case 'bigint':
      return integer(value);
    case 'number':
      if (!Number.isFinite(value)) throw new Error(`the result ${value} is not a JSON number`);
      // -0 would be written as 0 and so not survive its own record.
      return value === 0 ? 0 : value;
    case 'object':
      return value === null ? null : fromObject(value, { left: dataLimits.items * 20 }, 0);
    default:
      throw new Error('the result is no value');
  }
}

function text(value: string): string {
  if (value.length > dataLimits.characters)
    throw new Error(`the result has more than ${dataLimits.characters} characters`);
  if (!value.isWellFormed() || value.includes('\0'))
    throw new Error('the result holds NUL or half of a surrogate pair');
  return value;
}

function integer(value: bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new Error(`the result ${value} is too large for JSON: beyond 9007199254740991`);
}

function fromObject(value: object, budget: { left: number }, depth: number): Json {
  const raw = unwrapStruct(value);
  if (raw !== undefined) return raw;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof UnsignedInt) return integer(value.value);
  if (value instanceof Duration)
    throw new Error('the result is a duration; compare it, or add it to an instant');
  if (value instanceof Promise || value instanceof Uint8Array) throw new Error('the result is no JSON value');
  if (depth >= dataLimits.depth) throw new Error(`the result nests more than ${dataLimits.depth} levels`);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    if (value.length > dataLimits.items)
      throw new Error(`the result has more than ${dataLimits.items} items`);
    return value.map((item) => inside(item, budget, depth));
  }
  if (prototype !== Object.prototype && prototype !== null) throw new Error('the result is no JSON value');
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, inside(member, budget, depth)]),
  );
}

function inside(value: unknown, budget: { left: number }, depth: number): Json {
  budget.left -= 1;
  if (budget.left < 0) throw new Error('the result has too many parts');
  return typeof value === 'object' && value !== null ? fromObject(value, budget, depth + 1) : toJson(value);
}
