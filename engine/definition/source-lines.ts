/** Turns offsets into a file's text into the lines and columns that people and editors use. */
import type { Position } from './compiled-process.ts';

export class SourceLines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  /** 1-based; columns count UTF-16 code units, as editors and the Language Server Protocol do. */
  positionOf(offset: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }
  /** Null where the text has no such line. */
  offsetOf({ line, column }: Position): number | null {
    const start = this.#starts[line - 1];
    return start === undefined ? null : start + column - 1;
  }
}
