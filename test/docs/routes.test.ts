import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Entry } from '../../schemas/entry.ts';
import { page, root } from './support/pages.ts';

interface Way {
  readonly way: string;
  readonly file: string;
  readonly name: string;
}

const ways: readonly Way[] = [
  ...page('docs/routes.md').text.matchAll(/^\| (.+?) \| .+ \| .+ \| `(test\/[^`]+)`: (.+) \|$/gm),
].map(([, way = '', file = '', name = '']) => ({ way, file, name }));

test('every row of the table of ways names a test', () => {
  const rows = page('docs/routes.md')
    .text.split('\n')
    .filter((line) => line.startsWith('| '));
  // The head, and the line under it.
  expect(ways).toHaveLength(rows.length - 2);
});

describe('P4: the test that the table of ways names is there, and says which promise it holds', () => {
  test.each(ways)('$way', ({ file, name }) => {
    expect(name).toMatch(/^P[24]\b/);
    expect(existsSync(join(root, file)), file).toBe(true);
    const source = readFileSync(join(root, file), 'utf8');
    const called = ['test(', 'describe(', ')('].flatMap((call) =>
      [`'`, '`', '"'].flatMap((quote) => [
        `${call}${quote}${name}${quote}`,
        // Formatted onto a line of its own.
        `${call}\n  ${quote}${name}${quote}`,
      ]),
    );
    expect(
      called.some((text) => source.includes(text)),
      `${file} has no test called "${name}"`,
    ).toBe(true);
  });
});

test('every kind of entry is among the ways', () => {
  const kinds = Entry.properties.kind.anyOf.map((one) => one.const);
  const told = new Set(
    ways.flatMap(({ way }) => [...way.matchAll(/`([a-z]+)`/g)].map(([, kind = '']) => kind)),
  );
  expect([...told].sort()).toEqual([...kinds].sort());
});
