/**
 * A text that fits a regular expression, for sample data. It knows the plain constructs that schemas use;
 * whoever asks checks the text, and a pattern with more gives null or a text that does not fit.
 */

/** The shortest text by the pattern's first choices; null where it is beyond this. */
export function samplePattern(pattern: string): string | null {
  const reader = new PatternReader(pattern);
  const text = reader.readChoices();
  return text !== null && reader.atEnd ? text : null;
}

/** Longer texts help nobody as a sample. */
const mostRepetitions = 100;

class PatternReader {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get atEnd(): boolean {
    return this.#at === this.#pattern.length;
  }

  /** `a|b`: the first of the choices. */
  readChoices(): string | null {
    let first = this.#readSequence();
    while (this.#take('|')) {
      const other = this.#readSequence();
      first ??= other;
    }
    return first;
  }

  #readSequence(): string | null {
    let text = '';
    while (!this.atEnd && !'|)'.includes(this.#peek())) {
      if (this.#take('^') || this.#take('$')) continue;
      const atom = this.#readAtom();
      const times = this.#readTimes();
      if (atom === null || times === null) return null;
      text += atom.repeat(Math.min(times, mostRepetitions));
    }
    return text;
  }

  #readAtom(): string | null {
    if (this.#take('(')) {
      if (this.#take('?') && !this.#take(':')) return null;
      const text = this.readChoices();
      return this.#take(')') ? text : null;
    }
    if (this.#take('[')) return this.#readClass();
    if (this.#take('.')) return 'a';
    if (this.#take('\\')) return escaped(this.#next());
    return this.#next();
  }

  /** `[a-z0-9]`: its first character. */
  #readClass(): string | null {
    if (this.#peek() === '^') return null;
    const end = this.#pattern.indexOf(']', this.#at + 1);
    if (end === -1) return null;
    const first = this.#next();
    const character = first === '\\' ? escaped(this.#next()) : first;
    this.#at = end + 1;
    return character;
  }

  /** How often the atom stands there at least. */
  #readTimes(): number | null {
    if (this.#take('*') || this.#take('?')) return this.#lazily(0);
    if (this.#take('+')) return this.#lazily(1);
    const braces = /^\{(\d+)(?:,\d*)?\}/.exec(this.#pattern.slice(this.#at));
    if (braces === null) return this.#peek() === '{' ? null : 1;
    this.#at += braces[0].length;
    return this.#lazily(Number(braces[1]));
  }

  #lazily(times: number): number {
    this.#take('?');
    return times;
  }

  #peek(): string {
    return this.#pattern[this.#at] ?? '';
  }

  #next(): string {
    const character = this.#peek();
    this.#at += 1;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

function escaped(character: string): string | null {
  const classes: { readonly [letter: string]: string } = { d: '1', w: 'a', s: ' ' };
  if (/[A-Za-z0-9]/.test(character)) return classes[character] ?? null;
  return character === '' ? null : character;
}
