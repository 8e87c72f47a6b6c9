import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, canonicalMember, deepestNesting } from '../../../engine/evidence/canonical-json.ts';
import { memberWriter } from '../../../engine/evidence/member-writer.ts';

interface Thing {
  readonly zebra?: unknown;
  readonly 'a "quoted" name'?: unknown;
  readonly middle?: unknown;
}

const write = memberWriter<Thing>({
  zebra: canonicalMember,
  'a "quoted" name': canonicalMember,
  middle: canonicalMember,
});

test('writes what canonical JSON writes, with or without each member', () => {
  const thing = fc.record(
    { zebra: fc.jsonValue(), 'a "quoted" name': fc.jsonValue(), middle: fc.jsonValue() },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(thing, (value) => {
      expect(write(value)).toBe(canonicalJson(value));
    }),
  );
});

test('an object without members is an empty one', () => {
  expect(write({})).toBe('{}');
  expect(write({ zebra: undefined })).toBe('{}');
});

test('is as deep as canonical JSON may be, and no deeper', () => {
  const nested = (levels: number): unknown =>
    Array.from({ length: levels }).reduce<unknown>((inner) => [inner], null);
  const deepest = { middle: nested(deepestNesting - 1) };
  expect(write(deepest)).toBe(canonicalJson(deepest));
  for (const put of [write, canonicalJson])
    expect(() => put({ middle: nested(deepestNesting) })).toThrow('deeper');
});
