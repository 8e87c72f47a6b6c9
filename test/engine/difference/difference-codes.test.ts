import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { differenceKinds } from '../../../engine/difference/difference-codes.ts';

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guide-changes.md'), 'utf8');

test('docs/guide-changes.md lists exactly the codes there are', () => {
  const listed = guide
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z-]+)`/g)].map(([, code = '']) => code));
  expect([...listed].sort()).toEqual([...differenceKinds.keys()].sort());
});

test('every code lies under the heading of its level, and the opposite of its opposite is itself', () => {
  for (const [code, { level, opposite }] of differenceKinds) {
    expect(differenceKinds.get(opposite)?.opposite).toBe(code);
    const heading = guide.slice(0, guide.indexOf(`\`${code}\``, guide.indexOf('## The codes')));
    const last = heading.split('\n### ').at(-1) ?? '';
    expect(last.split('\n')[0]?.toLowerCase(), code).toContain(level);
  }
});
