/** One difference between two definitions, and the list that keeps them in the order of their danger. */
import type { Position } from '../definition/compiled-process.ts';
import { type DangerLevel, type DifferenceCode, differenceKinds } from './difference-codes.ts';

export interface Place extends Position {
  readonly file: string;
}

/** What a reviewer of a change must know. */
export interface Difference {
  readonly code: DifferenceCode;
  readonly level: DangerLevel;
  /** A whole sentence. */
  readonly message: string;
  /** Where it stands in the first file; null where there is nothing to point at. */
  readonly a: Place | null;
  /** Where it stands in the second. */
  readonly b: Place | null;
}

/** The names of the two files are all it knows of them. */
export class DifferenceList {
  readonly #files: { readonly a: string; readonly b: string };
  readonly #found: Difference[] = [];
  readonly #seen = new Set<string>();

  constructor(fileA: string, fileB: string) {
    this.#files = { a: fileA, b: fileB };
  }

  get length(): number {
    return this.#found.length;
  }

  add(code: DifferenceCode, message: string, a: Position | null, b: Position | null): void {
    const kind = differenceKinds.get(code);
    if (kind === undefined) throw new Error(`The difference ${code} has no level.`);
    // An alias in the file is one piece of text used several times; each use is told, each once.
    const key = `${code}:${message}:${a?.line}:${a?.column}:${b?.line}:${b?.column}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    this.#found.push({
      code,
      level: kind.level,
      message,
      a: a === null ? null : { file: this.#files.a, line: a.line, column: a.column },
      b: b === null ? null : { file: this.#files.b, line: b.line, column: b.column },
    });
  }

  /** Most dangerous first; among those of one code, in the order of the files. */
  sorted(): readonly Difference[] {
    const levels: readonly DangerLevel[] = ['danger', 'care', 'note'];
    const ranks = new Map([...differenceKinds.keys()].map((code, index) => [code, index]));
    const rank = ({ code, level }: Difference) => levels.indexOf(level) * 1000 + (ranks.get(code) ?? 0);
    return [...this.#found].sort((x, y) => rank(x) - rank(y) || lineOf(x) - lineOf(y));
  }
}

function lineOf({ a, b }: Difference): number {
  return b?.line ?? a?.line ?? 0;
}
