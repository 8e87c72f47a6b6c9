/**
 * Bounds on every JSON value that enters an instance: event data, start data, proposals, and the context
 * after each step. They hold whatever a schema leaves open, so that expressions and checks over any value
 * take a bounded time. A schema without `maxItems` or `maxLength` has these.
 */
import type { Json } from '../../schemas/json.ts';
import type { SchemaIssue } from './compiled-process.ts';

export const dataLimits = { items: 1000, members: 1000, characters: 1_000_000, depth: 32 } as const;

/** What breaks a bound, or could not be written as canonical JSON; null when nothing does. */
export function checkDataLimits(value: Json): SchemaIssue | null {
  // Where it is matters only when something is wrong, and nearly always nothing is.
  return isWithinLimits(value, 0) ? null : findIssue(value, '', 0);
}

function isWithinLimits(value: Json, depth: number): boolean {
  if (typeof value === 'string') return checkText(value, '') === null;
  if (typeof value === 'number') return checkNumber(value, '') === null;
  if (typeof value !== 'object' || value === null) return true;
  if (depth >= dataLimits.depth) return false;
  if (isList(value)) {
    return value.length <= dataLimits.items && value.every((item) => isWithinLimits(item, depth + 1));
  }
  const names = Object.keys(value);
  if (names.length > dataLimits.members) return false;
  for (const name of names) {
    if (!isFreeName(name) || !isWithinLimits(value[name] ?? null, depth + 1)) return false;
  }
  return true;
}

function findIssue(value: Json, at: string, depth: number): SchemaIssue | null {
  switch (typeof value) {
    case 'string':
      return checkText(value, at);
    case 'number':
      return checkNumber(value, at);
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (depth >= dataLimits.depth) return { at, message: `must not nest more than ${dataLimits.depth} levels` };
  if (isList(value)) {
    if (value.length > dataLimits.items)
      return { at, message: `must have at most ${dataLimits.items} items` };
    for (const [index, item] of value.entries()) {
      const issue = findIssue(item, `${at}/${index}`, depth + 1);
      if (issue !== null) return issue;
    }
    return null;
  }
  const names = Object.keys(value);
  if (names.length > dataLimits.members)
    return { at, message: `must have at most ${dataLimits.members} members` };
  for (const name of names) {
    if (!isFreeName(name)) return { at, message: `must not have a member "${name.toWellFormed()}"` };
    const issue = findIssue(value[name] ?? null, `${at}/${pointerStep(name)}`, depth + 1);
    if (issue !== null) return issue;
  }
  return null;
}

/** Whether a member may be called this: nothing that every object has already, and whole text. */
const isFreeName = (name: string) => !(name in Object.prototype) && name.isWellFormed();

function checkText(text: string, at: string): SchemaIssue | null {
  if (text.length > dataLimits.characters)
    return { at, message: `must have at most ${dataLimits.characters} characters` };
  if (!text.isWellFormed() || text.includes('\0'))
    return { at, message: 'must not hold NUL or half of a surrogate pair' };
  return null;
}

function checkNumber(number: number, at: string): SchemaIssue | null {
  if (!Number.isFinite(number) || (Number.isInteger(number) && !Number.isSafeInteger(number))) {
    return { at, message: 'must be a number that JSON carries without losing digits' };
  }
  return null;
}

/** `Array.isArray` does not narrow a read-only list. */
export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** A member's name as a step of a JSON Pointer. */
export function pointerStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
