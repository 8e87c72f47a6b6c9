/**
 * Reads JSON that strangers send, in one pass. It refuses what `JSON.parse` lets through and what
 * would come back to hurt: a member given twice, `__proto__`, whole numbers that a double cannot hold,
 * half of a surrogate pair, U+0000 (PostgreSQL stores none), and nesting or counts beyond bounds.
 * It knows nothing of what the value means.
 */
import type { Json } from '../schemas/json.ts';

export type ParsedJson =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'malformed'; readonly message: string; readonly line: number; readonly column: number };

export const jsonBounds = { depth: 64, values: 50_000 } as const;

export function parseJson(text: string): ParsedJson {
  const reader = new JsonReader(text);
  try {
    return { kind: 'value', value: reader.readDocument() };
  } catch (error) {
    if (!(error instanceof MalformedJson)) throw error;
    const before = text.slice(0, error.at);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = before.split('\n').length;
    return { kind: 'malformed', message: error.message, line, column: error.at - lineStart + 1 };
  }
}

/** Leaves the recursion; never leaves this file. */
class MalformedJson extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const simpleEscapes: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

class JsonReader {
  readonly #text: string;
  #at = 0;
  #values = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readDocument(): Json {
    this.#skipSpace();
    const value = this.#readValue(0);
    this.#skipSpace();
    if (this.#at < this.#text.length) this.#fail('There is more text after the JSON value');
    return value;
  }

  #readValue(depth: number): Json {
    this.#values += 1;
    if (this.#values > jsonBounds.values) this.#fail(`More than ${jsonBounds.values} values`);
    switch (this.#text.charCodeAt(this.#at)) {
      case 0x22: // "
        return this.#readString();
      case 0x7b: // {
        return this.#readObject(depth + 1);
      case 0x5b: // [
        return this.#readArray(depth + 1);
      case 0x74: // t
        return this.#readWord('true', true);
      case 0x66: // f
        return this.#readWord('false', false);
      case 0x6e: // n
        return this.#readWord('null', null);
      default:
        return this.#readNumber();
    }
  }

  #readObject(depth: number): Json {
    this.#checkDepth(depth);
    const object: { [name: string]: Json } = {};
    this.#at += 1;
    this.#skipSpace();
    if (this.#take(0x7d)) return object;
    for (;;) {
      const nameAt = this.#at;
      if (this.#text.charCodeAt(nameAt) !== 0x22) this.#fail('A member name in double quotes is expected');
      const name = this.#readString();
      if (name === '__proto__') this.#fail('The member name __proto__ is refused', nameAt);
      if (Object.hasOwn(object, name)) this.#fail(`The member ${quoted(name)} is given twice`, nameAt);
      this.#skipSpace();
      if (!this.#take(0x3a)) this.#fail('A colon is expected');
      this.#skipSpace();
      object[name] = this.#readValue(depth);
      this.#skipSpace();
      if (this.#take(0x7d)) return object;
      if (!this.#take(0x2c)) this.#fail('A comma or } is expected');
      this.#skipSpace();
    }
  }

  #readArray(depth: number): Json {
    this.#checkDepth(depth);
    const items: Json[] = [];
    this.#at += 1;
    this.#skipSpace();
    if (this.#take(0x5d)) return items;
    for (;;) {
      items.push(this.#readValue(depth));
      this.#skipSpace();
      if (this.#take(0x5d)) return items;
      if (!this.#take(0x2c)) this.#fail('A comma or ] is expected');
      this.#skipSpace();
    }
  }

  #readString(): string {
    const text = this.#text;
    const start = this.#at + 1;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === 0x5c) return this.#readEscapedString(start, at);
      if (code < 0x20) this.#fail('A control character must be escaped', at);
    }
    return this.#fail('The text ends inside a string', text.length);
  }

  /** From the first backslash on. */
  #readEscapedString(start: number, firstEscape: number): string {
    const text = this.#text;
    let read = text.slice(start, firstEscape);
    let at = firstEscape;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (code === 0x22) {
        this.#at = at + 1;
        // Valid UTF-8 holds no lone surrogate, so only an escape can have made one.
        if (!read.isWellFormed()) this.#fail('A string holds half of a surrogate pair', start - 1);
        return read;
      }
      if (code < 0x20) this.#fail('A control character must be escaped', at);
      if (code !== 0x5c) {
        const from = at;
        while (at < text.length && !endsPlainRun(text.charCodeAt(at))) at += 1;
        read += text.slice(from, at);
        continue;
      }
      const simple = simpleEscapes[text.charAt(at + 1)];
      if (simple !== undefined) {
        read += simple;
        at += 2;
        continue;
      }
      read += String.fromCharCode(this.#readUnicodeEscape(at));
      at += 6;
    }
    return this.#fail('The text ends inside a string', text.length);
  }

  #readUnicodeEscape(at: number): number {
    const digits = this.#text.slice(at + 2, at + 6);
    if (this.#text.charAt(at + 1) !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(digits))
      this.#fail('An unknown escape', at);
    const code = Number.parseInt(digits, 16);
    if (code === 0) this.#fail('The character U+0000 is refused', at);
    return code;
  }

  #readNumber(): number {
    const start = this.#at;
    numberPattern.lastIndex = start;
    const digits = numberPattern.exec(this.#text)?.[0];
    if (digits === undefined) {
      return this.#fail(start < this.#text.length ? 'A JSON value is expected' : 'The text ends too early');
    }
    const value = Number(digits);
    // Infinite, or so large that neighbouring whole numbers fall together.
    if (Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      this.#fail('A number beyond 2^53 - 1 cannot be kept exactly; send it as text', start);
    }
    if (value === 0 && /^-?[0.]*[1-9]/.test(digits)) {
      this.#fail('A number so close to zero cannot be kept; send it as text', start);
    }
    this.#at = start + digits.length;
    // Canonical JSON writes -0 as 0, so they are the same number from the start.
    return value === 0 ? 0 : value;
  }

  #readWord<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('A JSON value is expected');
    this.#at += word.length;
    return value;
  }

  #checkDepth(depth: number): void {
    if (depth > jsonBounds.depth) this.#fail(`Nested deeper than ${jsonBounds.depth} levels`);
  }

  #skipSpace(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at += 1;
    return true;
  }

  #fail(message: string, at: number = this.#at): never {
    throw new MalformedJson(message, at);
  }
}

/** A quote, a backslash or a control character. */
function endsPlainRun(code: number): boolean {
  return code === 0x22 || code === 0x5c || code < 0x20;
}

/** A name as an error may show it: short, whatever was sent. */
function quoted(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}
