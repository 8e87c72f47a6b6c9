/** The pages a user reads, and what is in them: fenced blocks, links, inline code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..', '..', '..');

export interface Block {
  /** What follows the fence: `yaml`, `yaml fragment`, `sh`. */
  readonly info: string;
  readonly text: string;
  /** Page and line, for messages. */
  readonly place: string;
}

export interface Page {
  /** Path from the root of the project. */
  readonly path: string;
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** README and its twin, the guides, and what belongs to them; decisions only where links are followed. */
export const pages: readonly Page[] = [
  'README.md',
  'README.vi.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => join('docs', name)),
].map(readPage);

export function page(path: string): Page {
  const found = pages.find((one) => one.path === path);
  if (found === undefined) throw new Error(`There is no page ${path}.`);
  return found;
}

export const blocksOf = (info: string): readonly Block[] =>
  pages.flatMap(({ blocks }) => blocks.filter((block) => block.info === info));

function readPage(path: string): Page {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = [...text.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(
    ([whole, info = '', content = ''], _at) => {
      const line = text.slice(0, text.indexOf(whole)).split('\n').length;
      return { info: info.trim(), text: content, place: `${relative('.', path)}:${line}` };
    },
  );
  return { path, text, blocks };
}

/** The page without its fenced blocks. */
export function prose({ text }: Page): string {
  return text.replace(/^```.*\n[\s\S]*?^```$/gm, '');
}
