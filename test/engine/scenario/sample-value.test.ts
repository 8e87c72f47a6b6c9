import { expect, test } from 'vitest';
import { samplePattern } from '../../../engine/scenario/sample-pattern.ts';
import { sampleValue } from '../../../engine/scenario/sample-value.ts';

test.each([
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}$',
  '^person:[a-z0-9][a-z0-9.-]{0,99}$',
  '^(a|b)+c?$',
  '^\\d+/[A-Z-]{2,}$',
  '^(?:x|y){3}\\.\\w$',
  'abc',
])('a text for the pattern %s fits it', (pattern) => {
  expect(samplePattern(pattern)).toMatch(new RegExp(pattern));
});

test('a pattern beyond the plain constructs gives no text, or one that the caller finds not to fit', () => {
  for (const pattern of ['(?=a)b', '[^a]', 'a{', '(', '\\p{L}', '[a']) {
    const text = samplePattern(pattern);
    expect(text === null || typeof text === 'string').toBe(true);
  }
  expect(samplePattern('(?=a)b')).toBeNull();
});

test('the least is what is required, and the most is everything', () => {
  const schema = {
    type: 'object',
    required: ['count', 'kind'],
    properties: {
      count: { type: 'integer', minimum: 2, maximum: 9 },
      kind: { type: 'string', enum: ['a', 'b'] },
      note: { type: 'string', maxLength: 3 },
      tags: { type: 'array', minItems: 1, items: { type: 'boolean' } },
    },
  };
  expect(sampleValue(schema, 'least', [])).toEqual({ count: 2, kind: 'a' });
  expect(sampleValue(schema, 'large', [])).toEqual({ count: 9, kind: 'b' });
  expect(sampleValue(schema, 'most', [])).toEqual({ count: 9, kind: 'b', note: 'Exa', tags: [true] });
});

test('people of the directory stand where a pattern asks for them', () => {
  const schema = { type: 'string', pattern: '^person:[a-z.-]+$' };
  expect(sampleValue(schema, 'least', ['service:x', 'person:y'])).toBe('person:y');
  expect(sampleValue(schema, 'least', [])).toMatch(/^person:/);
});

test('a schema that refers to itself ends', () => {
  const schema = {
    type: 'object',
    required: ['next'],
    properties: { next: { $ref: '#' } },
    $defs: { a: { type: 'string' } },
  };
  expect(() => sampleValue(schema, 'least', [])).not.toThrow();
  const circular = { type: 'object', required: ['a'], properties: { a: { $ref: '#/properties/a' } } };
  expect(() => sampleValue(circular, 'most', [])).not.toThrow();
});
