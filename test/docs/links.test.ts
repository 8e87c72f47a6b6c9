import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { pages, prose, root } from './support/pages.ts';

test('every relative link in the docs leads to a file, and to a heading in it where it names one', () => {
  const broken = pages.flatMap((page) =>
    [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^https?:/.test(target) && !leads(dirname(page.path), page.path, target))
      .map((target) => `${page.path} -> ${target}`),
  );
  expect(broken).toEqual([]);
});

test('every guide is linked from both READMEs', () => {
  for (const readme of ['README.md', 'README.vi.md']) {
    const text = readFileSync(join(root, readme), 'utf8');
    const unlinked = pages
      .map(({ path }) => path)
      .filter((path) => /^docs\/[^/]+\.md$/.test(path) && !text.includes(`(${path})`));
    expect(unlinked).toEqual([]);
  }
});

test('every decision is dated and begins with a title that is a sentence', () => {
  const decisions = pages.filter(({ path }) => /^docs\/decisions\/(?!README)/.test(path));
  expect(decisions.length).toBeGreaterThan(5);
  for (const { path, text } of decisions) {
    expect(path).toMatch(/\/\d{4}-\d\d-\d\d-[a-z0-9-]+\.md$/);
    expect(text).toMatch(/^# [A-Z].+\n\n\*\*/);
  }
});

function leads(folder: string, self: string, target: string): boolean {
  const [path = '', heading] = target.split('#');
  const file = join(root, path === '' ? self : join(folder, path));
  if (!existsSync(file)) return false;
  if (heading === undefined) return true;
  const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
  return headings.includes(heading);
}
