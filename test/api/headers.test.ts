import { describe, expect, test } from 'vitest';
import { bearerSecret, gateTag, idempotencyKey, openingOfTag, seenTag, seqOfTag } from '../../api/headers.ts';

describe('bearer secrets', () => {
  test.each([
    ['Bearer cs_abc', 'cs_abc'],
    ['bearer   cs_abc ', 'cs_abc'],
    ['Basic dXNlcjpwYXNz', null],
    ['Bearer', null],
    ['Bearer a b', null],
    ['Bearer a, Bearer b', null],
    [`Bearer ${'a'.repeat(8001)}`, null],
    [null, null],
    [undefined, null],
  ])('%j holds %j', (header, secret) => {
    expect(bearerSecret(header)).toBe(secret);
  });
});

describe('If-Match', () => {
  test('takes one strong tag, or anything', () => {
    expect(seenTag('"4"')).toEqual({ kind: 'tag', tag: '4' });
    expect(seenTag(' * ')).toEqual({ kind: 'any' });
  });
  test.each(['4', 'W/"4"', '"4", "5"', '""4"', '', '"a\u00e9"'])('refuses %j', (header) => {
    expect(seenTag(header)).toMatchObject({ kind: 'refusal', code: 'bad-request' });
  });
  test('a gate tag names its opening and its subject, and comes back as it was', () => {
    const subject = 'b'.repeat(64);
    const tag = gateTag(12, subject);
    expect(openingOfTag(tag.slice(1, -1))).toEqual({ opened: 12, subject });
    expect(openingOfTag('12')).toBeNull();
    expect(openingOfTag('0.abc')).toBeNull();
  });
  test('an instance tag is a seq and nothing else', () => {
    expect(seqOfTag('17')).toBe(17);
    expect(['0', '-1', '1.5', '017', 'x', '', '9'.repeat(20)].map(seqOfTag)).toEqual(Array(7).fill(null));
  });
});

test('an idempotency key is 1 to 200 visible ASCII characters', () => {
  expect(idempotencyKey('a-1_~!')).toEqual({ kind: 'key', key: 'a-1_~!' });
  for (const bad of ['', 'a b', 'é', 'x'.repeat(201)]) {
    expect(idempotencyKey(bad)).toMatchObject({ kind: 'refusal', code: 'bad-request' });
  }
});
