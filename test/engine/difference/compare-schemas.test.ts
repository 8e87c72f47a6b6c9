import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareSchemas } from '../../../engine/difference/compare-schemas.ts';
import type { Json } from '../../../schemas/json.ts';

const inner = fc.record(
  {
    type: fc.constantFrom('string', 'integer', 'number', ['string', 'null']),
    minLength: fc.nat(3),
    maximum: fc.nat(3),
    enum: fc.constantFrom(['a', 1], ['a'], [1, 2, 'bbb']),
  },
  { requiredKeys: [] },
);
const schema = fc.record(
  {
    type: fc.constant('object'),
    properties: fc.dictionary(fc.constantFrom('x', 'y'), inner, { maxKeys: 2 }),
    required: fc.uniqueArray(fc.constantFrom('x', 'y')),
    additionalProperties: fc.boolean(),
  },
  { requiredKeys: ['type'] },
) as fc.Arbitrary<{ readonly [keyword: string]: Json }>;
const value = fc.dictionary(
  fc.constantFrom('x', 'y', 'z'),
  fc.constantFrom('a', 'bbb', '', 0, 1, 2, 1.5, null),
);

const takesMore = new Set(['added', 'optional', 'wider', 'changed']);
const takesLess = new Set(['removed', 'required', 'narrower', 'changed']);

test('P9: a value that only one of two schemas takes is told in that direction', () => {
  const ajv = new Ajv2020({ strict: false });
  fc.assert(
    fc.property(schema, schema, fc.array(value, { minLength: 5, maxLength: 12 }), (a, b, values) => {
      const kinds = compareSchemas(a, b).map(({ kind }) => kind);
      const [before, after] = [ajv.compile(a), ajv.compile(b)];
      for (const one of values) {
        const [was, is] = [before(one), after(one)];
        if (!was && is) expect(kinds.some((kind) => takesMore.has(kind))).toBe(true);
        if (was && !is) expect(kinds.some((kind) => takesLess.has(kind))).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});

test('each change is told with its place and its keyword', () => {
  const a = { type: 'object', properties: { x: { type: 'object', required: ['z'], properties: { z: {} } } } };
  const b = { type: 'object', properties: { x: { type: 'object', properties: { z: { pattern: '^a$' } } } } };
  expect(compareSchemas(a, b)).toEqual([
    { kind: 'narrower', path: ['x', 'z'], keyword: 'pattern' },
    { kind: 'optional', path: ['x', 'z'], keyword: 'required' },
  ]);
});
