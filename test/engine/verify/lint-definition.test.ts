import { describe, expect, test } from 'vitest';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { describe as sentences, smallDefinition, textAt } from './support/small-definition.ts';

const context = `context:
  type: object
  required: [name]
  properties:
    name: { type: string }
    count: { type: integer }
    note: { type: string }
    secret: { type: string, confidential: true }
    tags: { type: array, items: { type: string } }
    choice: { type: object, decision: choice }
`;
const decisions = 'decisions: { choice: { importance: ordinary } }\n';
const sound = smallDefinition({
  context,
  decisions,
  body: `index: [name, count]
subject: context.name
initial: open
states:
  open:
    id: beginning
    entry: { assign: { count: 1 } }
    on:
      ask: { target: asking, allow: { role: clerk }, input: { type: object, properties: { why: { type: string } } }, assign: { note: "has(event.why) ? event.why : ''" } }
      work: { target: working, allow: [{ role: clerk }, { initiator: true, unit: initiator.unit }] }
  asking:
    propose:
      decision: choice
      agent: { principal: "agent:one" }
      output: { type: object, required: [what], properties: { what: { type: string } } }
      timeout: PT10M
    onDone: { target: deciding }
    onError: closed
  deciding:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader }, exclude: [initiator, subject], quorum: { approve: two-thirds, of: members } }
    on:
      approved: [{ target: done, guard: gate.approvals > 1, assign: { choice: proposal.choice } }, { target: done }]
      rejected: { target: closed, assign: { note: gate.remarks } }
    after: { P3D: { assign: { count: 2 } } }
  working:
    initial: left
    onDone: done
    states:
      left: { on: { next: { target: right, allow: { role: clerk } }, back: { target: before, allow: { role: clerk } } } }
      right: { always: { target: finished, guard: has(context.count) && context.count > 0 } , on: { stop: { target: finished, allow: { role: clerk } } } }
      finished: { type: final }
      before: { type: history }
  done: { type: final, output: { result: "'done'", name: context.name } }
  closed: { type: final, output: { result: "'rejected'" } }
`,
});

/** What is changed, the finding's code, its severity, the text at its place, and what the sentence says. */
const rules: readonly (readonly [string, string, string, 'error' | 'warning', string, (string | RegExp)?])[] =
  [
    ['role: leader }', 'rol: leader }', 'unknown-field', 'error', 'rol:', 'Did you mean "role"?'],
    ['securityLevel: 1', 'securityLevel: 9', 'bad-value', 'error', '9', 'at most 5'],
    ['title: { vi: Nhỏ, en: Small }', 'title: { en: Small }', 'missing-field', 'error', 'title:', '"vi"'],
    ['meaning: approve', 'meaning: aprove', 'bad-value', 'error', 'aprove', '"approve"'],
    ['target: deciding', 'target: decidng', 'unknown-target', 'error', 'decidng', 'Did you mean "deciding"?'],
    [
      'onError: closed',
      'onError: "#begining"',
      'unknown-target',
      'error',
      '"#begining"',
      'Did you mean "beginning"?',
    ],
    [
      'onError: closed',
      'onError: working.wrong',
      'unknown-target',
      'error',
      'working.wrong',
      'has no "wrong"',
    ],
    ['onError: closed', 'onError: "#small"', 'unknown-target', 'error', '"#small"', 'the process itself'],
    ['initial: open', 'initial: opn', 'unknown-initial', 'error', 'opn', 'Did you mean "open"?'],
    ['    initial: left\n', '', 'missing-initial', 'error', 'working:', 'Add "initial: left"'],
    ['  asking:\n', '  asking:\n    id: beginning\n', 'duplicate-id', 'error', 'beginning', 'state "open"'],
    [
      'assign: { count: 2 }',
      'assign: { cuont: 2 }',
      'unknown-field',
      'error',
      'cuont',
      'Did you mean "count"?',
    ],
    [
      'assign: { count: 2 }',
      'assign: { count: "context.nam" }',
      'unknown-field',
      'error',
      'nam"',
      'Did you mean "name"?',
    ],
    [
      'assign: { count: 2 }',
      'assign: { count: "contxt.name" }',
      'unknown-name',
      'error',
      'contxt',
      'Did you mean "context"?',
    ],
    [
      'assign: { count: 2 }',
      'assign: { count: context.name }',
      'expression-type',
      'error',
      'context.name',
      'an integer is needed',
    ],
    [
      'assign: { count: 2 }',
      'assign: { count: true }',
      'expression-type',
      'error',
      'true',
      'an integer is needed',
    ],
    ['assign: { count: 2 }', 'assign: { count: 1 + 1.5 }', 'expression-type', 'error', '1 + 1.5', '2.0'],
    ['assign: { count: 2 }', 'assign: { count: "1 +" }', 'expression-syntax', 'error', '"', 'cannot be read'],
    [
      'assign: { count: 2 }',
      'assign: { note: context.secret }',
      'unset-read',
      'error',
      'secret',
      'has(context.secret)',
    ],
    [
      'guard: gate.approvals > 1',
      'guard: gate.approvals',
      'expression-type',
      'error',
      'gate.approvals',
      'true or false is needed',
    ],
    [
      'guard: has(context.count) && context.count > 0',
      'guard: gate.approvals > 0',
      'unknown-name',
      'error',
      'gate.approvals',
      '"gate" is not in scope',
    ],
    [
      'guard: gate.approvals > 1',
      "guard: context.name.matches('a(?=b)')",
      'bad-pattern',
      'error',
      "'a(?=b)'",
      'no lookaround',
    ],
    [
      'guard: gate.approvals > 1',
      'guard: context.name.matches(context.name)',
      'bad-pattern',
      'error',
      'context.name)',
      'written out',
    ],
    [
      'guard: gate.approvals > 1',
      'guard: context.name.foo()',
      'unknown-function',
      'error',
      'foo',
      'There is no function',
    ],
    [
      'name: { type: string }',
      'name: { type: string, patern: x }',
      'unknown-keyword',
      'error',
      'patern',
      'Did you mean "pattern"?',
    ],
    [
      'name: { type: string }',
      'name: { type: string, pattern: "(a)\\\\1" }',
      'bad-pattern',
      'error',
      '"(a)',
      'no backreferences',
    ],
    [
      'name: { type: string }',
      'name: { type: string, format: dat }',
      'unknown-format',
      'error',
      'dat',
      'Did you mean "date"?',
    ],
    [
      'name: { type: string }',
      'name: { type: strng }',
      'bad-schema',
      'error',
      'strng',
      'This is no JSON Schema',
    ],
    [
      'name: { type: string }',
      'name: { $ref: "https://example.org/a" }',
      'bad-reference',
      'error',
      '"https',
      'same schema',
    ],
    [
      'name: { type: string }',
      'name: { type: object, properties: { a: { $ref: "#/properties/name" } } }',
      'bad-reference',
      'error',
      '"#/properties/name"',
      'leads back to itself',
    ],
    [
      'tags: { type: array,',
      'tags: { type: array, maxItems: 5000,',
      'bound-too-large',
      'error',
      '5000',
      'at most 1000 items',
    ],
    [
      'why: { type: string }',
      'why: { type: string, decision: choice }',
      'misplaced-keyword',
      'error',
      'choice',
      'nowhere else',
    ],
    [
      'decision: choice }\n',
      'decision: choise }\n',
      'unknown-decision',
      'error',
      'choise',
      'Did you mean "choice"?',
    ],
    [
      '      decision: choice\n',
      '      decision: choise\n',
      'unknown-decision',
      'error',
      'choise',
      'Did you mean "choice"?',
    ],
    ['binds: choice', 'binds: choise', 'unknown-decision', 'error', 'choise', 'Did you mean "choice"?'],
    [
      'required: [name]',
      'required: [name, choice]',
      'required-decision-field',
      'error',
      'choice]',
      'cannot be required',
    ],
    [
      'choice: { importance: ordinary }',
      'choice: { importance: ordinary }, spare: {}',
      'unused-decision',
      'warning',
      'spare',
      'Nothing ever proposes "spare"',
    ],
    [
      '      rejected: { target: closed, assign: { note: gate.remarks } }\n',
      '',
      'unhandled-outcome',
      'error',
      'meaning',
      '"rejected"',
    ],
    [
      'rejected: { target: closed,',
      'rejected: { target: closed, allow: { role: clerk },',
      'misplaced-member',
      'error',
      'allow',
      'reviewers',
    ],
    [
      'approved: [{ target: done, guard: gate.approvals > 1, assign',
      'approved: [{ target: done, assign',
      'never-taken',
      'error',
      '{ target: done }]',
      'comes first',
    ],
    [
      ' }, { target: done }]',
      ' }]',
      'no-unguarded-candidate',
      'warning',
      '{ target: done, guard',
      'Add a last candidate',
    ],
    ['subject: context.name\n', '', 'no-subject', 'error', 'exclude', 'Add "subject"'],
    [', of: members }', ' }', 'share-of-whom', 'error', 'quorum', 'of: members'],
    [
      'reviewers: { role: leader }',
      'reviewers: { initiator: true }',
      'nobody-can',
      'error',
      'reviewers',
      'the initiator is excluded',
    ],
    [
      'reviewers: { role: leader }',
      'reviewers: { principal: "service:x" }',
      'nobody-can',
      'error',
      '"service:x"',
      'person:',
    ],
    [
      'agent: { principal: "agent:one" }',
      'agent: { principal: "person:x" }',
      'nobody-can',
      'error',
      '"person:x"',
      'agent:',
    ],
    [
      'on: { stop: { target: finished, allow: { role: clerk } } }',
      'on: { stop: finished }',
      'nobody-allowed',
      'warning',
      'stop',
      'Add "allow"',
    ],
    ['      timeout: PT10M\n', '', 'missing-timeout', 'warning', 'propose', 'Add "timeout"'],
    ['    onError: closed\n', '', 'missing-on-error', 'error', 'propose', 'Add "onError"'],
    ['    onDone: { target: deciding }\n', '', 'missing-on-done', 'error', 'propose', 'Add "onDone"'],
    [
      'classification: normal',
      'classification: top-secret',
      'top-secret',
      'error',
      'top-secret',
      'Article 1.2',
    ],
    [
      'start: { allow: { role: clerk } }',
      'start: { allow: { role: clerk }, input: { type: object, properties: { choice: { type: object } } } }',
      'decision-field-at-start',
      'error',
      'choice',
      'only by an approved proposal',
    ],
    [
      'start: { allow: { role: clerk } }',
      'start: { allow: { role: clerk }, input: { type: object, properties: { nam: { type: string } } } }',
      'unknown-field',
      'error',
      'nam:',
      'Did you mean "name"?',
    ],
    [
      'closed: { type: final,',
      'closed: { type: final, on: { go: { target: open, allow: { role: clerk } } },',
      'misplaced-member',
      'error',
      'on:',
      'a final state',
    ],
    [
      '  closed: {',
      '  lost: { on: { go: { target: done, allow: { role: clerk } } } }\n  closed: {',
      'unreachable-state',
      'warning',
      'lost',
      'Nothing leads to "lost"',
    ],
    ['onError: closed', 'onError: stuck', 'unknown-target', 'error', 'stuck', ''],
    [
      'right: { always:',
      'right: { entry: { assign: { count: 3 } }, exit: { assign: { note: 4 } }, always:',
      'expression-type',
      'error',
      '4 }',
      'a text is needed',
    ],
    [
      'index: [name, count]',
      'index: [name, cout]',
      'unknown-field',
      'error',
      'cout',
      'Did you mean "count"?',
    ],
    ['index: [name, count]', 'index: [tags]', 'bad-index', 'error', 'tags', 'can be searched by'],
    ['index: [name, count]', 'index: [secret]', 'bad-index', 'error', 'secret', 'confidential'],
    [
      '      work: {',
      '      xstate.done.state.x: { target: done, allow: { role: clerk } }\n      work: {',
      'reserved-event',
      'error',
      'xstate.done',
      'reserved',
    ],
    ['after: { P3D:', 'after: { P300Y:', 'bad-name', 'error', 'P300Y', 'ISO 8601'],
    ['after: { P3D:', 'after: { P9999999W:', 'bad-duration', 'error', 'P9999999W', 'a hundred years'],
    [
      '    onDone: done\n    states:\n',
      '    onDone: done\n    gate: { meaning: consider, reviewers: { role: x } }\n    states:\n',
      'misplaced-member',
      'error',
      'gate',
      'a compound state',
    ],
    [
      'before: { type: history }',
      'before: { type: history, on: { go: { target: left, allow: { role: clerk } } } }',
      'misplaced-member',
      'error',
      'on:',
      'a history state',
    ],
    [
      'finished: { type: final }',
      'finished: { on: { back: { target: left, allow: { role: clerk } } } }',
      'never-done',
      'warning',
      'onDone',
      'needs a final state',
    ],
    [
      '    entry: { assign: { count: 1 } }\n',
      '    onDone: closed\n',
      'misplaced-member',
      'error',
      'onDone',
      'never comes',
    ],
    [
      '    entry: { assign: { count: 1 } }\n',
      '    onError: closed\n',
      'misplaced-member',
      'error',
      'onError',
      'never comes',
    ],
    [
      '    entry: { assign: { count: 1 } }\n',
      '    always: { target: asking }\n',
      'missing',
      'warning',
      '',
      '',
    ],
  ];

function check(source: string) {
  return lintDefinition(source, 'small.yaml').findings;
}

describe('lint', () => {
  test('a sound definition has no findings', () => {
    const { process, certificate, findings } = lintDefinition(sound, 'small.yaml');
    expect(sentences(findings)).toBe('');
    expect(process).not.toBeNull();
    expect(certificate).not.toBeNull();
  });

  for (const [from, to, code, severity, place, says] of rules) {
    if (code === 'missing') continue;
    test(`${code}: ${to.trim() === '' ? `without ${from.trim()}` : to.trim().slice(0, 70)}`, () => {
      const source = sound.replace(from, to);
      expect(source).not.toBe(sound);
      const findings = check(source);
      const found = findings.filter(
        (finding) => finding.code === code && textAt(source, finding).startsWith(place),
      );
      expect(found, sentences(findings)).not.toHaveLength(0);
      expect(found[0]?.severity).toBe(severity);
      expect(found[0]?.message).toMatch(says ?? '');
      expect(found[0]?.file).toBe('small.yaml');
    });
  }

  test('endless circles of always are errors, and with guards warnings', () => {
    const body = (guard: string) => `initial: a
states:
  a: { always: { target: b } }
  b: { always: { target: a${guard} }, on: { end: { target: c, allow: { role: clerk } } } }
  c: { type: final }
`;
    const endless = check(smallDefinition({ body: body('') }));
    expect(endless.filter(({ code }) => code === 'endless-circle')).toMatchObject([{ severity: 'error' }]);
    const guarded = check(smallDefinition({ body: body(', guard: has(context.flag)') }));
    expect(guarded.filter(({ code }) => code === 'endless-circle')).toMatchObject([{ severity: 'warning' }]);
  });

  test('a state from which the process cannot end is told', () => {
    const findings = check(
      smallDefinition({
        body: `initial: a
states:
  a: { on: { go: { target: b, allow: { role: clerk } }, end: { target: c, allow: { role: clerk } } } }
  b: { on: { stay: { target: b, allow: { role: clerk } } } }
  c: { type: final }
`,
      }),
    );
    expect(findings).toMatchObject([{ code: 'no-way-to-end', severity: 'warning', line: 18 }]);
  });

  test('a gate that is reached before any proposal of its kind is told', () => {
    const findings = check(sound.replace('target: working,', 'target: deciding,'));
    expect(findings.map(({ code }) => code)).toContain('gate-without-proposal');
  });

  test('a history state beside regions is refused', () => {
    const findings = check(
      smallDefinition({
        body: `initial: a
states:
  a:
    type: parallel
    onDone: c
    states:
      x: { initial: x1, states: { x1: { type: final } } }
      y: { initial: y1, states: { y1: { type: final } } }
      z: { type: history }
  c: { type: final }
`,
      }),
    );
    expect(findings).toMatchObject([{ code: 'misplaced-member', severity: 'error' }]);
  });

  test('process and certificate are there exactly when no finding is an error', () => {
    for (const [from, to] of rules) {
      const { process, certificate, findings } = lintDefinition(sound.replace(from, to), 'small.yaml');
      const refused = findings.some(({ severity }) => severity === 'error');
      expect(process === null).toBe(refused);
      expect(certificate === null).toBe(refused);
    }
  });

  test('findings come in the order of the file', () => {
    const findings = check(
      sound.replace('target: deciding', 'target: nowhere').replace('binds: choice', 'binds: nothing'),
    );
    const lines = findings.map(({ line }) => line);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
  });

  test('the hash is that of the bytes of the file', () => {
    const { process } = lintDefinition(sound, 'small.yaml');
    expect(process?.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(lintDefinition(`${sound}\n`, 'small.yaml').process?.hash).not.toBe(process?.hash);
  });
});
