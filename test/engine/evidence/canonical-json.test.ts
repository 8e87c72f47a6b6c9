import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, deepestNesting, NotCanonical } from '../../../engine/evidence/canonical-json.ts';

test('members are sorted by UTF-16 code units, at every depth', () => {
  expect(canonicalJson({ b: 1, a: { d: [], c: null } })).toBe('{"a":{"c":null,"d":[]},"b":1}');
  // RFC 8785, section 3.2.3: the order is not the one of code points.
  expect(canonicalJson({ '\u{1F600}': 1, '\uFB33': 2, '\u20AC': 3, '1': 4, '\r': 5 })).toBe(
    '{"\\r":5,"1":4,"€":3,"\u{1F600}":1,"\uFB33":2}',
  );
});

test('numbers are written as ECMAScript writes them', () => {
  // RFC 8785, appendix B.
  expect(canonicalJson([-0, 1e21, 1e-7, 333333333.3333333, 4.5, 2e-3, 0.000000000000000000000000001])).toBe(
    '[0,1e+21,1e-7,333333333.3333333,4.5,0.002,1e-27]',
  );
});

test('strings escape only what JSON demands', () => {
  expect(canonicalJson('\u20ac$\u000F\nA\'B"\\"/\u007f</script>')).toBe(
    '"€$\\u000f\\nA\'B\\"\\\\\\"/\u007f</script>"',
  );
});

test.each([
  ['undefined', undefined],
  ['an undefined member', { a: undefined }],
  ['a hole in a list', new Array(1)],
  ['NaN', [Number.NaN]],
  ['Infinity', { a: -Infinity }],
  ['a bigint', 1n],
  ['a function', () => 1],
  ['a lone surrogate', 'a\ud800'],
  ['a lone surrogate in a long text', `${'x'.repeat(500)}\udc00`],
  ['a lone surrogate in a name', { '\ud800': 1 }],
  ['a date', new Date(0)],
  ['a map', new Map()],
])('%s has no canonical form and is refused', (_, value) => {
  expect(() => canonicalJson(value)).toThrow(NotCanonical);
});

test('nesting that would exhaust the stack is refused', () => {
  let deep: unknown = 1;
  for (let level = 0; level < deepestNesting; level += 1) deep = [deep];
  expect(canonicalJson(deep)).toHaveLength(deepestNesting * 2 + 1);
  expect(() => canonicalJson([deep])).toThrow(NotCanonical);
});

test('any JSON value gives the bytes that the reference library gives, and reads back as the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value));
      const text = canonicalJson(plain);
      expect(text).toBe(canonicalize(plain));
      expect(JSON.parse(text)).toEqual(plain);
    }),
  );
});
