/**
 * Reads the pages on what lint finds, one a code: their headings and examples as data. The index in
 * `lint-codes.md` is made from them, and the tests play their examples. An example shows only what it is
 * about; the rest of a definition stands once, in the index.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LintPage {
  readonly code: string;
  readonly severity: string;
  /** The section of the index it belongs to. */
  readonly group: string;
  /** One sentence: the first of the page. */
  readonly what: string;
  readonly wrong: LintExample;
  readonly right: LintExample;
  readonly text: string;
}

export interface LintExample {
  /** As the page has it. */
  readonly text: string;
  /** The directory that the definition is held against; null where the page has none. */
  readonly directory: string | null;
}

const folder = join(import.meta.dirname, 'lint');

/** Every page, in the order of the codes. */
export function readLintPages(): readonly LintPage[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => readPage(name.slice(0, -'.md'.length), readFileSync(join(folder, name), 'utf8')));
}

function readPage(code: string, text: string): LintPage {
  const [, title, severity = '', group = '', what = ''] =
    /^# (\S+)\n\n\*\*(.+?)\*\* · \[(.+?)\]\(.+?\)\n\n(.+)\n/.exec(text) ?? [];
  if (title !== code) throw new Error(`docs/lint/${code}.md does not begin as the other pages do.`);
  const example = (info: string): LintExample => ({
    text: blockOf(text, info) ?? '',
    directory: blockOf(text, 'yaml directory'),
  });
  return { code, severity, group, what, wrong: example('yaml wrong'), right: example('yaml right'), text };
}

/** The text of the first fenced block with this after its fence. */
export function blockOf(text: string, info: string): string | null {
  return new RegExp(`^\`\`\`${info}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(text)?.[1] ?? null;
}

/** The definition around the examples, from the index. */
export function readFrame(): string {
  const index = readFileSync(join(import.meta.dirname, 'lint-codes.md'), 'utf8');
  const frame = blockOf(index, 'yaml frame');
  if (frame === null) throw new Error('docs/lint-codes.md shows no frame for the examples.');
  return frame;
}

export interface CompletedExample {
  readonly source: string;
  /** Line of the definition, from 1, that the example marks with `here`; null where it marks none. */
  readonly marked: number | null;
}

/** What an example stands for: its fields in place of the frame's, and what it abbreviates written out. */
export function completeExample(example: string, frame: string): CompletedExample {
  const lines = example.replaceAll('␇', '\u0007').trimEnd().split('\n').flatMap(repeat);
  const fields = new Set(lines.flatMap(fieldOf));
  // Without any field of a definition the example is the whole file.
  const around = fields.size === 0 && !lines.includes('---') ? [] : withoutFields(frame, fields);
  const source = [...lines, ...around];
  const marked = source.findLastIndex((line) => /#.*\bhere\b/.test(line));
  return { source: `${source.join('\n')}\n`, marked: marked === -1 ? null : marked + 1 };
}

/** `# repeated 20 times`: the line stands there so often, the number in it counting up. */
function repeat(line: string): readonly string[] {
  const [, text = '', times, note = ''] = /^(.*?) # repeated (\d+) times(.*)$/.exec(line) ?? [];
  if (times === undefined) return [line];
  const numbered = Array.from({ length: Number(times) }, (_, index) =>
    text.replace(/(step|region|go)1\b/g, (_whole, name: string) => `${name}${index + 1}`),
  );
  return numbered.with(-1, `${numbered.at(-1)} # ${note}`);
}

function fieldOf(line: string): readonly string[] {
  const name = /^(\w+):/.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

function withoutFields(frame: string, fields: ReadonlySet<string>): readonly string[] {
  let kept = true;
  return frame
    .trimEnd()
    .split('\n')
    .filter((line) => {
      const [name] = fieldOf(line);
      if (name !== undefined) kept = !fields.has(name);
      return kept;
    });
}
