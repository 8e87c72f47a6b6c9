import { describe, expect, test } from 'vitest';
import type { Json } from '../../../schemas/json.ts';
import { compileSmall } from '../verify/support/small-definition.ts';

function checkOf(schema: string) {
  const process = compileSmall({
    body: `initial: a
states:
  a: { on: { go: { target: b, allow: { role: clerk }, input: ${schema} } } }
  b: { type: final }
`,
  });
  const input = [...process.transitions.values()][0]?.input;
  if (input === undefined) throw new Error('no input');
  return input;
}

const object = (property: string) => `{ type: object, properties: { x: ${property} } }`;

describe('embedded schemas', () => {
  test('take nothing they do not name, unless they say so', () => {
    expect(checkOf(object('{ type: string }'))({ x: 'a', y: 1 })).toEqual([
      { at: '', message: 'must not have the member "y"' },
    ]);
    expect(checkOf('{ type: object, additionalProperties: true }')({ y: 1 })).toEqual([]);
  });

  test('say where and what does not fit', () => {
    expect(
      checkOf(object('{ type: object, properties: { n: { type: integer } } }'))({ x: { n: 'a' } }),
    ).toEqual([{ at: '/x/n', message: 'must be integer' }]);
    expect(checkOf(object('{ enum: [a, b] }'))({ x: 'c' })).toEqual([
      { at: '/x', message: 'must be equal to one of the allowed values: ["a","b"]' },
    ]);
  });

  test('references inside the same schema are followed', () => {
    const check = checkOf(
      '{ type: object, properties: { x: { $ref: "#/$defs/name" } }, $defs: { name: { type: string, maxLength: 2 } } }',
    );
    expect(check({ x: 'ab' })).toEqual([]);
    expect(check({ x: 'abc' })).not.toEqual([]);
  });

  test('patterns do not backtrack: one that does would never end here', () => {
    const check = checkOf(object('{ type: string, pattern: "^(a+)+$" }'));
    expect(check({ x: `${'a'.repeat(15_000)}!` })).not.toEqual([]);
    expect(check({ x: 'aaa' })).toEqual([]);
  });

  test('each pattern is its own, and so are patternProperties and those that Ajv brings along', () => {
    const check = checkOf(
      '{ type: object, additionalProperties: false, properties: { a: { type: string, pattern: "^a$" }, b: { type: string, pattern: "^b$" } }, patternProperties: { "^n[0-9]$": { type: integer } } }',
    );
    expect(check({ a: 'a', b: 'b', n1: 1 })).toEqual([]);
    expect(check({ a: 'b' })).toMatchObject([{ at: '/a' }]);
    expect(check({ b: 'a' })).toMatchObject([{ at: '/b' }]);
    expect(check({ n1: 'x' })).toMatchObject([{ at: '/n1' }]);
    expect(check({ nx: 1 })).toEqual([{ at: '', message: 'must not have the member "nx"' }]);
  });

  test('formats are checked', () => {
    const dates = checkOf(object('{ type: string, format: date }'));
    expect(dates({ x: '2024-02-29' })).toEqual([]);
    for (const wrong of ['2023-02-29', '2024-13-01', '24-01-01', '2024-1-1'])
      expect(dates({ x: wrong })).not.toEqual([]);
    const instants = checkOf(object('{ type: string, format: date-time }'));
    expect(instants({ x: '2024-02-29T23:59:59.5+07:00' })).toEqual([]);
    for (const wrong of ['2024-02-29T24:00:00Z', '2024-02-29 10:00:00Z', '2024-02-29T10:00:00'])
      expect(instants({ x: wrong })).not.toEqual([]);
    expect(checkOf(object('{ type: string, format: email }'))({ x: 'a@b' })).toEqual([]);
    expect(checkOf(object('{ type: string, format: email }'))({ x: 'a@b@c' })).not.toEqual([]);
  });

  const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);
  const outside: readonly (readonly [string, Json])[] = [
    ['more items than a thousand', Array.from({ length: 1001 }, () => 1)],
    ['a text of over a million characters', 'a'.repeat(1_000_001)],
    ['an integer that loses digits', 2 ** 60],
    ['half a surrogate pair', '\ud800'],
    ['NUL', 'a\0b'],
    ['values nested 40 deep', nested(40)],
    ['a member named constructor', JSON.parse('{"constructor": 1}') as Json],
    ['a member named __proto__', JSON.parse('{"__proto__": 1}') as Json],
  ];
  for (const [what, value] of outside) {
    test(`whatever a schema leaves open, ${what} does not fit`, () => {
      expect(checkOf('{ type: object, properties: { x: {} } }')({ x: value })).not.toEqual([]);
    });
  }
});

describe('the context and the start', () => {
  const parts = {
    decisions: 'decisions: { k: { importance: ordinary } }',
    context: `context:
  type: object
  required: [name]
  properties:
    name: { type: string }
    k: { type: object, decision: k }
`,
    body: `initial: a
states:
  a: { propose: { decision: k, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }, onDone: g, onError: b }
  g: { gate: { binds: k, meaning: approve, reviewers: { role: chief } }, on: { approved: { target: b, assign: { k: proposal.k } }, rejected: c } }
  b: { type: final, output: { result: "'rejected'" } }
  c: { type: final, output: { result: "'rejected'" } }
`,
  };

  test('P2: a start without its own input takes the context less the fields of decisions', () => {
    const { checkStart, checkContext, decisionFields } = compileSmall(parts);
    expect(checkStart({ name: 'a' })).toEqual([]);
    expect(checkStart({ name: 'a', k: {} })).toEqual([{ at: '', message: 'must not have the member "k"' }]);
    expect(checkStart({})).not.toEqual([]);
    expect(checkContext({ name: 'a', k: { any: 1 } })).toEqual([]);
    expect(checkContext({ name: 'a', other: 1 })).not.toEqual([]);
    expect([...decisionFields]).toEqual([['k', 'k']]);
  });

  test('a start with its own input takes that', () => {
    const start =
      'start: { allow: { role: clerk }, input: { type: object, required: [name], properties: { name: { type: string, maxLength: 3 } } } }';
    const { checkStart } = compileSmall({ ...parts, start });
    expect(checkStart({ name: 'abc' })).toEqual([]);
    expect(checkStart({ name: 'abcd' })).not.toEqual([]);
  });
});
