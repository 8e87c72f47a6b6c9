import { describe, expect, test } from 'vitest';
import {
  type CompiledExpression,
  ExpressionError,
  type Scope,
} from '../../../engine/definition/compiled-process.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences, smallDefinition } from '../verify/support/small-definition.ts';

const context = `context:
  type: object
  required: [count, name, amount, list, texts, document, people]
  properties:
    count: { type: integer }
    name: { type: string }
    amount: { type: number }
    list: { type: array, items: { type: integer } }
    texts: { type: array, items: { type: string } }
    document: { type: object, required: [pages], properties: { pages: { type: integer }, title: { type: string } } }
    people: { type: array, items: { type: object, required: [age], properties: { age: { type: integer }, unit: { type: string } } } }
    maybe: { type: string }
    later: { type: string }
    nullable: { type: [string, 'null'] }
    open: {}
    sizes: { type: object, additionalProperties: { type: integer } }
    out: {}
`;

const scope: Scope = {
  context: {
    count: 3,
    name: 'văn bản',
    amount: 2,
    list: [1, 2, 3],
    texts: ['a', 'b'],
    document: { pages: 5 },
    people: [{ age: 40, unit: 'unit:x' }, { age: 50 }],
    nullable: null,
    open: { deep: [1, 2.5, { x: 7 }] },
    sizes: { small: 1 },
  },
  event: { number: 4 },
  initiator: { principal: 'person:a', person: 'person:a', unit: null },
  actor: {
    principal: 'person:b',
    kind: 'person',
    person: 'person:b',
    unit: 'unit:x',
    roles: ['clerk'],
    positions: [],
  },
  now: '2026-03-01T08:30:00.000Z',
  gate: { outcome: 'returned', remarks: 'more', approvals: 2 },
  proposal: {},
};

function lintExpression(source: string) {
  const text = smallDefinition({
    context,
    body: `initial: a
states:
  a:
    on:
      go:
        target: b
        allow: { role: clerk }
        input: { type: object, required: [number], properties: { number: { type: integer }, extra: { type: string } } }
        assign: { out: ${JSON.stringify(source)}, later: "''" }
  b: { type: final }
`,
  });
  return { text, ...lintDefinition(text, 'small.yaml') };
}

function compile(source: string): CompiledExpression {
  const { process, findings } = lintExpression(source);
  const transition = [...(process?.transitions.values() ?? [])].find(({ cause }) => cause.kind === 'event');
  const expression = transition?.assign.get('out');
  if (expression === undefined) throw new Error(sentences(findings));
  return expression;
}

const evaluate = (source: string, values = scope) => compile(source).evaluate(values);
const with_ = (fields: Scope['context']): Scope => ({ ...scope, context: { ...scope.context, ...fields } });

describe('expressions give JSON', () => {
  const values: readonly (readonly [string, unknown])[] = [
    ['context.count + 1', 4],
    ['context.count + event.number * 2', 11],
    ['context.amount * 1.5', 3],
    ['context.amount > 1', true],
    ['double(context.count) / 2.0', 1.5],
    ['context.name.size()', 7],
    ["context.name + '!'", 'văn bản!'],
    ['context["name"]', 'văn bản'],
    ['context.list', [1, 2, 3]],
    ['context.list + [4]', [1, 2, 3, 4]],
    ['context.list[1]', 2],
    ['context.list.map(x, x * 2)', [2, 4, 6]],
    ['context.list.filter(x, x > 1)', [2, 3]],
    ['context.list.exists(x, x == 3)', true],
    ['context.people.map(p, p.age)', [40, 50]],
    ['context.people.filter(p, p.age > 45)', [{ age: 50 }]],
    ["context.people.exists(p, has(p.unit) && p.unit == 'unit:x')", true],
    ['context.document', { pages: 5 }],
    ['context.document.pages + 1', 6],
    ["has(context.maybe) ? context.maybe : 'none'", 'none'],
    ["!has(context.maybe) || context.maybe == 'x'", true],
    ['has(context.nullable) ? context.nullable : null', null],
    ['has(context.open) ? context.open.deep : []', [1, 2.5, { x: 7 }]],
    ['has(context.open) && context.open.deep[0] + 1 == 2', true],
    ["has(context.sizes) && context.sizes['small'] == 1", true],
    ['{"a": context.count, "b": 2}', { a: 3, b: 2 }],
    ['[]', []],
    ['null', null],
    ['now', '2026-03-01T08:30:00.000Z'],
    ['now.getFullYear()', 2026],
    ["now + duration('36h')", '2026-03-02T20:30:00.000Z'],
    ["now - timestamp('2026-02-28T08:30:00Z') > duration('23h59m')", true],
    ['initiator.unit', null],
    ["initiator.unit == 'unit:x'", false],
    ["'clerk' in actor.roles", true],
    ["context.name.matches('^v.*n$')", true],
    ["'Ab-c'.lowerAscii() + 'x'.upperAscii()", 'ab-cX'],
    ["['a', 'b'].join('-')", 'a-b'],
    ["'a b c'.split(' ')", ['a', 'b', 'c']],
    ["' x '.trim()", 'x'],
    ['-0.0', 0],
    ['9007199254740991', 9007199254740991],
    ["int('42') + int(2.9)", 44],
    ['string(context.count)', '3'],
  ];
  for (const [source, value] of values) {
    test(source, () => {
      expect(evaluate(source)).toEqual(value);
    });
  }

  test('what an expression gives never shares a wrapper with the engine', () => {
    expect(JSON.stringify(evaluate('{"d": context.document, "l": context.people}'))).toBe(
      '{"d":{"pages":5},"l":[{"age":40,"unit":"unit:x"},{"age":50}]}',
    );
  });
});

describe('expressions that cannot be evaluated throw with their place, and never give null', () => {
  const failing: readonly (readonly [string, Scope, RegExp])[] = [
    ['context.name', { ...scope, context: {} }, /No such key: name/],
    ['context.count * 9007199254740991', scope, /too large for JSON/],
    ['9223372036854775807 + context.count', scope, /overflow/],
    ['1 / (context.count - 3)', scope, /division by zero/],
    ['0.0 / 0.0', scope, /NaN/],
    ['1.0 / 0.0', scope, /Infinity/],
    ["b'abc'", scope, /no JSON value/],
    ["duration('1h')", scope, /duration/],
    ["'\\x00'", scope, /NUL/],
    ["'😀'.substring(0, 1)", scope, /surrogate/],
    ['context.list[9]', scope, /index/],
    ["timestamp('2026')", scope, /instant with its offset/],
    ["timestamp('Mar 1 2026 08:30:00')", scope, /instant with its offset/],
    ["duration('111111111111111111111111111111111111')", scope, /hours, minutes and seconds/],
    ['context.name', with_({ name: 5 }), /not of type 'string'/],
    [
      'context.list.map(x, context.texts)',
      with_({ list: Array.from({ length: 1000 }, () => 1), texts: Array.from({ length: 1000 }, () => 'x') }),
      /too many parts|too long lists/,
    ],
    ["context.name.matches('a')", with_({ name: 'b'.repeat(30_000) }), /at most 20000/],
    ["context.name.split(',')", with_({ name: ','.repeat(5000) }), /at most 1000/],
    [
      "context.texts.join(',')",
      with_({ texts: Array.from({ length: 1000 }, () => 'x'.repeat(1500)) }),
      /at most 1000000/,
    ],
  ];
  for (const [source, values, reason] of failing) {
    test(source, () => {
      const expression = compile(source);
      const run = () => expression.evaluate(values);
      expect(run).toThrow(ExpressionError);
      expect(run).toThrow(reason);
      expect(run).toThrow(/^line 34: /);
    });
  }

  test('an error beside what decides is no error, as CEL has it', () => {
    expect(evaluate('context.list[9] == 1 || context.count == 3')).toBe(true);
  });
});

describe('expressions that are refused when loaded', () => {
  const refused: readonly (readonly [string, string, string])[] = [
    ['context.missing', 'unknown-field', 'missing'],
    ['event.missing', 'unknown-field', 'missing'],
    ['actor.name', 'unknown-field', 'name'],
    ['gate.remarks', 'unknown-name', 'gate'],
    ['task.x', 'unknown-name', 'task'],
    ['proposal.kind', 'unknown-field', 'kind'],
    ['context.maybe', 'unset-read', 'maybe'],
    ['event.extra', 'unset-read', 'extra'],
    ['context.document.title', 'unset-read', 'title'],
    ['context.people.map(p, p.unit)', 'unset-read', 'unit'],
    ["has(context.maybe) || context.maybe == 'x'", 'unset-read', 'maybe == '],
    ["!has(context.maybe) && context.maybe == 'x'", 'unset-read', 'maybe == '],
    ['has(context.missing)', 'unknown-field', 'missing'],
    ['has(context.document.missing)', 'unknown-field', 'missing'],
    ['has(context.missing.title)', 'unknown-field', 'missing.title'],
    ['context.name + 1', 'expression-type', 'context.name + 1'],
    ['context.document == context.document', 'expression-type', ''],
    ['1 +', 'expression-syntax', ''],
    ['(', 'expression-syntax', ''],
    ['context.list.all(x, context.list.all(y, x == y))', 'nested-loop', 'context.list.all(y'],
    ['context.list.all(x, context.list.map(y, y).size() > 0)', 'nested-loop', 'context.list.map(y'],
    ['context.list.all(event, true)', 'shadowed-name', 'context.list.all(event'],
    ['cel.bind(x, context.name, x + x)', 'unknown-function', 'bind'],
    ['type(1)', 'unknown-function', 'type'],
    ["now.getHours('Asia/Ho_Chi_Minh')", 'unknown-function', 'getHours'],
    ['now.getDayOfYear()', 'unknown-function', 'getDayOfYear'],
    ["b'a'.base64()", 'unknown-function', 'base64'],
    ["context.name.matches('(a)\\\\1')", 'bad-pattern', ''],
    ['context.name.matches(context.name)', 'bad-pattern', 'context.name)'],
    [
      Array.from({ length: 60 }, () => 'context.list.all(x, x > 0)').join(' && '),
      'expression-too-costly',
      '',
    ],
    [Array.from({ length: 50 }, () => 'context.name').join(' + '), 'expression-too-costly', ''],
    [`${'('.repeat(100)}1${')'.repeat(100)}`, 'expression-syntax', ''],
    [`${'!'.repeat(1900)}true`, 'expression-syntax', ''],
  ];
  for (const [source, code, place] of refused) {
    test(source.length > 60 ? `${source.slice(0, 60)}…` : source, () => {
      const { process, findings, text } = lintExpression(source);
      expect(process).toBeNull();
      const found = findings.find((finding) => finding.code === code);
      expect(found, sentences(findings)).toBeDefined();
      const line = text.split('\n')[(found?.line ?? 1) - 1] ?? '';
      expect(line.slice((found?.column ?? 1) - 1).startsWith(place)).toBe(true);
    });
  }

  test('what is said of a function has the name that stands in the file', () => {
    const { findings } = lintExpression("context.count.matches('a')");
    expect(sentences(findings)).toContain("'int.matches(string)'");
  });

  test('a read of a field that is assigned too late is an error that names the way', () => {
    const { process, findings } = lintExpression('context.later');
    expect(process).toBeNull();
    expect(findings).toMatchObject([{ code: 'unset-read', severity: 'error' }]);
    expect(findings[0]?.message).toContain('a -go-> b');
  });
});

describe('over all that an instance may hold, an evaluation', () => {
  const long = Array.from({ length: 1000 }, (_, index) => index);
  const longest = with_({
    list: long,
    texts: long.map((index) => `text ${index}`),
    name: 'a'.repeat(1_000_000),
    people: long.map((age) => ({ age, unit: `unit:${age}` })),
  });
  // How long either takes is for the bench to say. What it may do is counted, so this is the same everywhere.
  test.each([
    ['ends', 'context.list.all(x, x >= 0)'],
    ['ends', "context.people.all(p, p.age >= 0 && has(p.unit) && p.unit.startsWith('unit:'))"],
    ['ends', "context.texts.all(x, x.matches('^text [0-9]+$'))"],
    ['is stopped', 'context.list.all(x, context.list.size() > 0)'],
    ['ends', "context.texts.exists(x, x in context.texts && x == 'none')"],
    ['is stopped', 'context.texts.all(x, context.texts == context.texts)'],
    ['is stopped', 'context.list.map(x, context.name + context.name)'],
    ['ends', "context.texts.map(x, x + x + x + x).join('')"],
    ['is stopped', 'context.list.all(x, context.name.lowerAscii().size() > 0)'],
    ['ends', "context.name.contains('ab')"],
  ])('%s: %s', (outcome, source) => {
    const expression = compile(source);
    const evaluate = () => {
      try {
        expression.evaluate(longest);
        return 'ends';
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        expect(error.message).toMatch(/it works through too much text|may have at most|longer/);
        return 'is stopped';
      }
    };
    expect(evaluate()).toBe(outcome);
    // The next one begins with nothing spent.
    expect(evaluate()).toBe(outcome);
  });
});
