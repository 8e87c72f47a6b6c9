/** Lints the files that a command was pointed at, mends them where asked, and remembers what it saw of each. */
import { writeFileSync } from 'node:fs';
import type { LintResult } from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';
import type { SourceFile } from './definition-files.ts';
import { Misuse } from './misuse.ts';

export interface LintedFile extends SourceFile {
  readonly result: LintResult;
}

/** Lints one file after the other; a text that was seen before is not judged again. */
export class FileLinter {
  readonly #lint: (source: string, file: string) => LintResult;
  #seen: ReadonlyMap<string, LintedFile> = new Map();

  constructor(lint: (source: string, file: string) => LintResult) {
    this.#lint = lint;
  }

  lint(files: readonly SourceFile[]): readonly LintedFile[] {
    const linted = files.map(({ file, source }) => {
      const before = this.#seen.get(file);
      return before?.source === source ? before : { file, source, result: this.#lint(source, file) };
    });
    this.#seen = new Map(linted.map((one) => [one.file, one]));
    return linted;
  }
}

export interface FixedFile extends LintedFile {
  readonly fixed: readonly Finding[];
}

/** Writes back what can be mended. Files in which there is nothing to mend are not touched. */
export async function fixFiles(files: readonly SourceFile[]): Promise<readonly FixedFile[]> {
  const { fixDefinition } = await import('../engine/index.ts');
  return files.map(({ file, source }) => {
    const { source: mended, fixed, result } = fixDefinition(source, file);
    if (mended !== source) write(file, mended);
    return { file, source: mended, result, fixed };
  });
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : error}.`);
  }
}
