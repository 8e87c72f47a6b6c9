import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { expectAnswer } from './support/expect-answer.ts';
import { smallDefinition } from './support/small-definition.ts';

const valid = smallDefinition({
  decisions: 'decisions: { choice: { importance: ordinary } }',
  context: `context:
  type: object
  required: [name]
  properties:
    name: { type: string, pattern: '^[a-z]+$' }
    count: { type: integer }
    list: { type: array, maxItems: 10, items: { $ref: '#/$defs/item' } }
    choice: { type: object, decision: choice }
  $defs: { item: { type: object, properties: { a: { type: string, format: date } } } }
`,
  body: `index: [name]
tasks:
  book: { input: { type: object, required: [n], properties: { n: { type: string } } }, output: { type: object, properties: { r: { type: integer } } }, worker: { role: x } }
  undo: { http: { url: "https://undo.example/x", method: PUT } }
messages: { news: { keys: { all: context.name }, input: { type: object, properties: { t: { type: string } } }, timeToLive: P1D } }
documents: { letter: { register: r, retention: P10D } }
schedule: { cron: "0 7 * * 1", timeZone: Asia/Ho_Chi_Minh, as: "service:x", input: { name: "'a'" } }
calendar: vietnam
subject: context.name
initial: work
on: { stop: { target: .closed, allow: { initiator: true } } }
states:
  work:
    type: parallel
    onDone: asking
    states:
      a: { initial: one, states: { one: { on: { go: { target: two, allow: [{ role: clerk }, { expression: 'context.name == actor.person' }], guard: 'has(context.list) && context.list.exists(x, has(x.a))' } } }, two: { type: final } } }
      b: { initial: one, states: { one: { after: { P1D: { target: two, assign: { count: 1 } } } }, two: { type: final }, back: { type: history, history: deep } }, on: { again: { target: .back, allow: { role: clerk } } } }
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, input: { name: context.name }, output: { type: object, properties: { what: { type: string } } } }
    onDone: deciding
    onError: closed
  deciding:
    entry: { assign: { count: 'has(context.count) ? context.count + 1 : 0' } }
    gate: { binds: choice, meaning: approve, reviewers: { role: chief, unit: initiator.unit }, exclude: [subject], quorum: { approve: all, of: members, present: two-thirds }, due: { workingDays: 3 }, onOverdue: { escalate: { role: x }, remind: P1D, assign: { count: 3 } }, ballot: secret, assurance: passkey }
    operator: { allow: { role: x }, skip: closed, repair: [asking] }
    on:
      news: closed
      approved: { target: sending, actions: [{ send: { message: news, input: { t: "'x'" } } }, { document.draft: { document: letter, input: { title: context.name } } }], assign: { choice: proposal.choice } }
      rejected: closed
      returned: asking
  sending:
    exit: { document.number: {} }
    after: { 3 working days: { reenter: true, target: sending } }
    invoke: { task: book, input: { n: context.name }, retry: { maxAttempts: 2, initialInterval: PT1S }, timeout: P1D }
    compensate: { task: undo, timeout: P1D }
    onDone: [{ target: telling, guard: has(task.r) && task.r > 1 }, { target: undoing }]
    onError: [{ target: undoing, guard: task.attempts > 1 }, { target: closed }]
  telling: { invoke: { process: other, forEach: "['a']", input: { who: item }, complete: 1, output: { type: object, properties: { t: { type: string } } }, timeout: P1D }, onDone: done, onError: undoing }
  undoing: { invoke: { compensate: all, timeout: P1D }, onDone: closed, onError: closed }
  done: { type: final, output: { name: context.name } }
  closed: { type: final, output: { result: "'rejected'" } }
`,
});

const words = [
  ...[
    'id',
    'states',
    'on',
    'always',
    'after',
    'onDone',
    'onError',
    'entry',
    'exit',
    'initial',
    'type',
    'history',
    'target',
  ],
  ...[
    'guard',
    'assign',
    'allow',
    'input',
    'gate',
    'propose',
    'output',
    'context',
    'properties',
    'items',
    '$ref',
    'pattern',
    'required',
  ],
  ...[
    'parallel',
    'final',
    'compound',
    'work',
    'a',
    'one',
    'choice',
    'approved',
    '#work',
    '.closed',
    'P1D',
    'reenter',
    'quorum',
    'reviewers',
  ],
  ...[
    'invoke',
    'task',
    'process',
    'compensate',
    'document.sign',
    'document.number',
    'send',
    'message',
    'news',
    'messages',
    'documents',
    'tasks',
    'operator',
    'skip',
    'repair',
    'schedule',
    'due',
    'onOverdue',
    'forEach',
    'actions',
    '3 working days',
  ],
];
const expressions = [
  'context.name',
  '1 +',
  'context.list.map(x, x)',
  'proposal.choice',
  'task.r',
  'documents.letter.number',
  'item',
  "event.x == 'a'",
  'has(context.count)',
  '((((',
  '"\\u0000"',
  'x'.repeat(3000),
];
const scalar = fc.oneof(
  fc.constantFrom(...words, ...expressions),
  fc.string({ maxLength: 20 }),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...words), fc.string({ maxLength: 8 })), tie('tree'), {
      maxKeys: 6,
    }),
  ),
}));

function paths(value: unknown, path: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return [[...path], ...Object.entries(value).flatMap(([key, member]) => paths(member, [...path, key]))];
}

/** Another value, or another name, at one place of a copy. */
function change(
  root: unknown,
  path: readonly string[],
  edit: { readonly value: unknown; readonly rename: string | null },
): unknown {
  const copy = structuredClone(root) as Record<string, unknown>;
  let at = copy;
  for (const step of path.slice(0, -1)) at = at[step] as Record<string, unknown>;
  const last = path.at(-1);
  if (last === undefined) return edit.value;
  if (edit.rename !== null && !Array.isArray(at)) {
    at[edit.rename] = at[last];
    delete at[last];
  } else if (edit.value === undefined) delete at[last];
  else at[last] = edit.value;
  return copy;
}

describe('lint answers with findings, never with an exception', () => {
  test('the file that is changed below is sound', () => {
    const { process, findings } = lintDefinition(valid, 'valid.yaml');
    expect(findings.filter(({ code }) => code !== 'not-running-yet')).toEqual([]);
    expect(process).not.toBeNull();
  });

  test('on any tree of values', () => {
    fc.assert(
      fc.property(tree, (value) => {
        expectAnswer(JSON.stringify(value) ?? '');
      }),
      { numRuns: 150 },
    );
  });

  test('on a sound definition with a few values exchanged, renamed or removed', () => {
    const root: unknown = parse(valid);
    const places = paths(root);
    const edit = fc.record({
      place: fc.nat(),
      value: fc.oneof(
        tree,
        fc.constant(undefined),
        fc.nat().map((other) => other),
      ),
      rename: fc.option(fc.constantFrom(...words), { freq: 4 }),
      copy: fc.option(fc.nat(), { freq: 2 }),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
        let value = root;
        for (const { place, copy, ...rest } of edits) {
          const now = paths(value);
          const from = copy === null ? undefined : places[copy % places.length];
          const copied = from?.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], root);
          value = change(value, now[place % now.length] ?? [], { ...rest, value: copied ?? rest.value });
          if (typeof value !== 'object' || value === null) break;
        }
        expectAnswer(JSON.stringify(value) ?? 'null');
      }),
      { numRuns: 200 },
    );
  });

  test('on the text of a sound definition with pieces cut out, doubled and put in', () => {
    const piece = fc.record({
      at: fc.nat(valid.length),
      length: fc.nat(40),
      put: fc.constantFrom(
        '',
        '{',
        '}',
        '[',
        ']',
        ': ',
        '- ',
        '\n',
        "'",
        '"',
        '&a ',
        '*a',
        '#',
        '|',
        '\t',
        '!',
        '?',
      ),
    });
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
        let text = valid;
        for (const { at, length, put } of pieces) text = text.slice(0, at) + put + text.slice(at + length);
        expectAnswer(text);
      }),
      { numRuns: 200 },
    );
  });
});
