import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, NotCanonical } from '../../../engine/evidence/canonical-json.ts';
import { toCanonicalObject, toCanonicalValue } from '../../../engine/evidence/canonical-value.ts';

test('P7: a value in memory is walked in the same order as after it was stored and read back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      if (JSON.stringify(value).includes('"__proto__"')) return;
      const stored: unknown = JSON.parse(canonicalJson(value));
      expect(JSON.stringify(toCanonicalValue(value))).toBe(JSON.stringify(stored));
    }),
  );
});

test('what is in stored form already keeps its reference', () => {
  const value = { a: [1, { b: 'x', c: null }], d: {} };
  expect(toCanonicalObject(value)).toBe(value);
});

test('only what differs from its stored form is built anew', () => {
  const kept = { a: 1 };
  const value = toCanonicalObject({ z: kept, b: [-0, kept] });
  expect(Object.keys(value)).toEqual(['b', 'z']);
  expect(value.z).toBe(kept);
  expect(Object.is((value.b as readonly number[])[0], 0)).toBe(true);
});

test.each([
  ['NaN', Number.NaN],
  ['undefined', [undefined]],
  ['half of a surrogate pair', { a: '\udc00' }],
  ['half of a surrogate pair in a name', { '\udc00': 1 }],
  ['a member that would become a prototype', JSON.parse('{"a":{"__proto__":{"role":"chief"}}}')],
  ['a date', new Date(0)],
])('%s is refused', (_, value) => {
  expect(() => toCanonicalValue(value)).toThrow(NotCanonical);
});
