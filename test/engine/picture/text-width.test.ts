import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elide, textWidth, wrapText } from '../../../engine/picture/text-width.ts';

test('a letter with Vietnamese marks is as wide as the letter without, composed or not', () => {
  for (const [marked, plain] of [
    ['ế', 'e'],
    ['ặ', 'a'],
    ['Ệ', 'E'],
    ['ỵ', 'y'],
  ] as const) {
    expect(textWidth(marked, 10)).toBe(textWidth(plain, 10));
    expect(textWidth(marked.normalize('NFD'), 10)).toBe(textWidth(plain, 10));
  }
  expect(textWidth('ờ', 10)).toBe(textWidth('ơ', 10));
  expect(textWidth('ự', 10)).toBeGreaterThan(textWidth('u', 10));
});

test('a title breaks into halves that are alike, not into a full line and a rest', () => {
  const lines = wrapText('Người có thẩm quyền ký quyết định', {
    size: 12,
    weight: 'bold',
    width: 190,
    most: 4,
  });
  expect(lines).toHaveLength(2);
  const [first = 0, second = 0] = lines.map((line) => textWidth(line, 12, 'bold'));
  expect(Math.max(first, second) / Math.min(first, second)).toBeLessThan(1.6);
});

test('what does not fit ends in an ellipsis', () => {
  const [only = '', ...rest] = wrapText('a great many words that do not fit', {
    size: 10,
    width: 60,
    most: 1,
  });
  expect(rest).toEqual([]);
  expect(only).toMatch(/…$/);
  expect(elide('short', { size: 10, width: 100 })).toBe('short');
});

test('no line is ever wider than asked for, and no letter is lost but at an ellipsis', () => {
  const letters = fc.constantFrom(...'aăâbcdđeêghiklmnoôơpqrstuưvxyABĐWM.,(){}<>&@ 0123456789ếệữợ漢🙂');
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 80 }),
      fc.integer({ min: 20, max: 200 }),
      (characters, width) => {
        const text = characters.join('');
        const lines = wrapText(text, { size: 10, width, most: 1000 });
        for (const line of lines) expect(textWidth(line, 10)).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      },
    ),
  );
});
