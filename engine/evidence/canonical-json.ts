/**
 * One text for one JSON value: RFC 8785 (JSON Canonicalization Scheme). Everything that is hashed,
 * compared or stored as state goes through here, so the same value gives the same bytes everywhere.
 *
 * It is our own because it sits on the hot path several times a step; `canonicalize` from npm, which
 * the tests compare it with, takes about three times as long.
 */

/** Deeper values are refused before they can exhaust the stack. */
export const deepestNesting = 200;

/** The value has no canonical form: undefined, NaN, Infinity, a lone surrogate, or no plain JSON at all. */
export class NotCanonical extends Error {
  override readonly name = 'NotCanonical';
}

/** Canonical JSON text of a plain JSON value. MUST throw `NotCanonical` rather than drop or bend anything. */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

/** As it stands within an object: one level deeper, of as many as there may be. */
export function canonicalMember(value: unknown): string {
  return write(value, 1);
}

/** A text as it stands between its quotes. */
export function canonicalText(text: string): string {
  return isPlain(text) ? text : writeSpecial(text).slice(1, -1);
}

function write(value: unknown, depth: number): string {
  switch (typeof value) {
    case 'string':
      return writeString(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotCanonical(`${value} is not a JSON number.`);
      // ECMAScript's own number text is what RFC 8785 asks for; it writes -0 as 0.
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      if (depth >= deepestNesting) throw new NotCanonical(`Nested deeper than ${deepestNesting} levels.`);
      return Array.isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
    default:
      throw new NotCanonical(`A value of type ${typeof value} is not JSON.`);
  }
}

// Most strings on the way are ids, names and hashes: nothing in them needs an escape, and none of their
// characters is a surrogate.
const plain = /^[ !#-[\]-~]*$/;

const isPlain = (text: string) => text.length < 100 && plain.test(text);

function writeString(text: string): string {
  return isPlain(text) ? `"${text}"` : writeSpecial(text);
}

function writeSpecial(text: string): string {
  if (!text.isWellFormed()) throw new NotCanonical('A text holds half of a surrogate pair.');
  return JSON.stringify(text);
}

function writeArray(items: readonly unknown[], depth: number): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) {
    text += index === 0 ? write(items[index], depth + 1) : `,${write(items[index], depth + 1)}`;
  }
  return `${text}]`;
}

function writeObject(object: object, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotCanonical('Only plain objects are JSON.');
  }
  // RFC 8785 sorts by UTF-16 code units, which is what sort() without a comparison does.
  const names = sortedNames(object);
  const members = object as { readonly [name: string]: unknown };
  let text = '{';
  for (let index = 0; index < names.length; index += 1) {
    const name = names[index] ?? '';
    text += `${index === 0 ? '' : ','}${writeString(name)}:${write(members[name], depth + 1)}`;
  }
  return `${text}}`;
}

/** Most objects on the way are sorted already, and looking costs far less than sorting. */
function sortedNames(object: object): readonly string[] {
  const names = Object.keys(object);
  for (let index = 1; index < names.length; index += 1) {
    if ((names[index - 1] ?? '') > (names[index] ?? '')) return names.sort();
  }
  return names;
}
