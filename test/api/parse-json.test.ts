import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { jsonBounds, parseJson } from '../../api/parse-json.ts';

const readValue = (text: string) => {
  const parsed = parseJson(text);
  if (parsed.kind === 'malformed') throw new Error(parsed.message);
  return parsed.value;
};
const refusalOf = (text: string) => {
  const parsed = parseJson(text);
  if (parsed.kind === 'value') throw new Error(`Accepted: ${JSON.stringify(parsed.value)}`);
  return parsed;
};

const mebibyte = 1024 * 1024;

test('reads what JSON.stringify writes as JSON.parse reads it', () => {
  const plain = fc.jsonValue({ noUnicodeString: false, maxDepth: 8 }).filter((value) => {
    const text = JSON.stringify(value);
    return !/\\u0000|__proto__|\\ud[89a-f]/.test(text) && !/-0(?![.\d])/.test(text);
  });
  fc.assert(
    fc.property(plain, fc.constantFrom(0, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const beyond = /(?<![\w.])-?\d{16,}|e\+/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
      const parsed = parseJson(text);
      if (beyond && parsed.kind === 'malformed') return;
      expect(parsed).toEqual({ kind: 'value', value: JSON.parse(text) });
    }),
    { numRuns: 500 },
  );
});

test('refuses whatever JSON.parse refuses, and never throws', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ':',
          ',',
          '"',
          '"a"',
          '1',
          '-',
          '.',
          'e',
          'true',
          'nul',
          '\\',
          '\\u12',
          ' ',
          '\n',
          '\u0001',
          'é',
        ),
        { maxLength: 14 },
      ),
      (pieces) => {
        const text = pieces.join('');
        const parsed = parseJson(text);
        if (parsed.kind === 'value') expect(JSON.parse(text)).toEqual(parsed.value);
      },
    ),
    { numRuns: 3000 },
  );
});

test('reads every escape', () => {
  const text = String.raw`"\"\\\/\b\f\n\r\té😀\uD83D\uDE00 end"`;
  expect(readValue(text)).toBe(JSON.parse(text));
});

test('keeps members apart that only look like special ones', () => {
  expect(readValue('{"constructor":1,"toString":2,"hasOwnProperty":3}')).toEqual(
    JSON.parse('{"constructor":1,"toString":2,"hasOwnProperty":3}'),
  );
});

test('reads minus zero as zero, as canonical JSON writes it', () => {
  expect(Object.is(readValue('-0'), 0)).toBe(true);
});

describe('refuses with the place', () => {
  const cases: readonly [string, string, number, number][] = [
    ['{"a":1,"a":2}', 'The member "a" is given twice', 1, 8],
    ['{\n  "a": {"b": 1,\n   "\\u0062": 2}}', 'The member "b" is given twice', 3, 4],
    ['{"__proto__":{"admin":true}}', 'The member name __proto__ is refused', 1, 2],
    ['{"\\u005f_proto__":1}', 'The member name __proto__ is refused', 1, 2],
    ['[9007199254740992]', 'A number beyond 2^53 - 1 cannot be kept exactly; send it as text', 1, 2],
    ['[-9007199254740993]', 'A number beyond 2^53 - 1 cannot be kept exactly; send it as text', 1, 2],
    ['[1e-400]', 'A number so close to zero cannot be kept; send it as text', 1, 2],
    ['[-0.0e9, 0.00001e-330]', 'A number so close to zero cannot be kept; send it as text', 1, 10],
    ['[1e400]', 'A number beyond 2^53 - 1 cannot be kept exactly; send it as text', 1, 2],
    ['["\\ud83d"]', 'A string holds half of a surrogate pair', 1, 2],
    ['["\\ude00\\ud83d"]', 'A string holds half of a surrogate pair', 1, 2],
    ['["\\u0000"]', 'The character U+0000 is refused', 1, 3],
    ['["a\nb"]', 'A control character must be escaped', 1, 4],
    ['["\\x41"]', 'An unknown escape', 1, 3],
    ['{"a":1,}', 'A member name in double quotes is expected', 1, 8],
    ['[1,]', 'A JSON value is expected', 1, 4],
    ['[01]', 'A comma or ] is expected', 1, 3],
    ['{"a" 1}', 'A colon is expected', 1, 6],
    ['{"a":1} x', 'There is more text after the JSON value', 1, 9],
    ['\ufeff{}', 'A JSON value is expected', 1, 1],
    ['', 'The text ends too early', 1, 1],
    ['"abc', 'The text ends inside a string', 1, 5],
    ['NaN', 'A JSON value is expected', 1, 1],
  ];
  test.each(cases)('%j', (text, message, line, column) => {
    expect(refusalOf(text)).toEqual({ kind: 'malformed', message, line, column });
  });
});

test('refuses nesting and counts beyond the bounds', () => {
  const deep = 200_000;
  expect(refusalOf('['.repeat(deep)).message).toContain('Nested deeper');
  expect(refusalOf('{"a":'.repeat(deep)).message).toContain('Nested deeper');
  expect(refusalOf(`[${'0,'.repeat(jsonBounds.values)}0]`).message).toContain('values');
  const { depth } = jsonBounds;
  expect(parseJson(`${'['.repeat(depth)}${']'.repeat(depth)}`).kind).toBe('value');
});

test.each([
  ['one text', `"${'a'.repeat(mebibyte - 2)}"`, 'value'],
  ['escapes', `"${'\\n'.repeat(mebibyte / 2 - 1)}"`, 'value'],
  ['characters by number', `"${'\\u0041'.repeat(mebibyte / 6 - 1)}"`, 'value'],
  ['one number', `[${'9'.repeat(mebibyte - 2)}]`, 'malformed'],
  ['members', `{${Array.from({ length: 49_000 }, (_, index) => `"k${index}":0`).join(',')}}`, 'value'],
  ['backslashes in a name', `{"${'\\'.repeat(mebibyte - 10)}":1}`, 'value'],
  ['blanks', ' '.repeat(mebibyte), 'malformed'],
])('a mebibyte of %s is read or refused', (_what, text, kind) => {
  expect(parseJson(text).kind).toBe(kind);
});
