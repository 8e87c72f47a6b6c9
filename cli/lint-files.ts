/** Lints the files that a command was pointed at, mends them where asked, and remembers what it saw of each. */
import { writeFileSync } from 'node:fs';
import type { LintResult } from '../engine/index.ts';
import type { Finding } from '../schemas/finding.ts';
import type { SourceFile } from './definition-files.ts';
import { Misuse } from './misuse.ts';

export interface LintedFile extends SourceFile {
  readonly result: LintResult;
}

export interface FixedFile extends LintedFile {
  readonly fixed: readonly Finding[];
}

/** The engine is loaded when it is first needed. */
export type Engine = typeof import('../engine/index.ts');

/** Lints one file after the other; a text that was seen before is not judged again. */
export class FileLinter {
  readonly #engine: Engine;
  #seen: ReadonlyMap<string, LintedFile> = new Map();
  #directory: string | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** With a directory, each definition is held against it too. */
  lint(files: readonly SourceFile[], directory: SourceFile | null): readonly LintedFile[] {
    if (directory?.source !== this.#directory) this.#seen = new Map();
    this.#directory = directory?.source ?? null;
    const held = directoryIn(this.#engine, directory);
    const linted = files.map(({ file, source }) => {
      const before = this.#seen.get(file);
      if (before?.source === source) return before;
      return {
        file,
        source,
        result: withDirectory(held, source, file, this.#engine.lintDefinition(source, file)),
      };
    });
    this.#seen = new Map(linted.map((one) => [one.file, one]));
    return linted;
  }
}

/** Writes back what can be mended. Files in which there is nothing to mend are not touched. */
export function fixFiles(
  engine: Engine,
  files: readonly SourceFile[],
  directory: SourceFile | null,
): readonly FixedFile[] {
  const held = directoryIn(engine, directory);
  return files.map(({ file, source }) => {
    const { source: mended, fixed, result } = engine.fixDefinition(source, file);
    if (mended !== source) write(file, mended);
    return { file, source: mended, result: withDirectory(held, mended, file, result), fixed };
  });
}

/** What is wrong with the directory file itself. */
export function directoryFindings(engine: Engine, directory: SourceFile | null): readonly Finding[] {
  if (directory === null) return [];
  const read = engine.readDirectory(directory.source, directory.file);
  return read.kind === 'refused' ? read.findings : [];
}

type Check = (source: string, file: string) => readonly Finding[];

/** A directory with findings says nothing about definitions. */
function directoryIn(engine: Engine, directory: SourceFile | null): Check {
  const read = directory === null ? null : engine.readDirectory(directory.source, directory.file);
  if (read?.kind !== 'directory') return () => [];
  const members = engine.toDirectory(read, 0);
  return (source, file) => engine.checkDirectory(source, file, members);
}

function withDirectory(check: Check, source: string, file: string, result: LintResult): LintResult {
  const more = check(source, file);
  if (more.length === 0) return result;
  const findings = [...result.findings, ...more].sort((a, b) => a.line - b.line || a.column - b.column);
  return { ...result, findings };
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : error}.`);
  }
}
