import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import { memberWriter } from '../../../engine/evidence/member-writer.ts';

interface Thing {
  readonly zebra?: unknown;
  readonly 'a "quoted" name'?: unknown;
  readonly middle?: unknown;
}

const write = memberWriter<Thing>({
  zebra: canonicalJson,
  'a "quoted" name': canonicalJson,
  middle: canonicalJson,
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
