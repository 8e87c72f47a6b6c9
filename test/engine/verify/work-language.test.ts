/** Tasks, child processes, messages, document actions, compensation and operators: what lint says of them, and what the proof. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkCertificate } from '../../../engine/certificate-check/check-certificate.ts';
import { processGraph } from '../../../engine/definition/process-graph.ts';
import { toMermaid } from '../../../engine/definition/to-mermaid.ts';
import { toXStateJson } from '../../../engine/definition/to-xstate-json.ts';
import { writeCertificate } from '../../../engine/verify/certificate.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { analyse } from './support/analyse.ts';
import { everyFact } from './support/every-fact.ts';
import { describe as sentences, smallDefinition, textAt } from './support/small-definition.ts';

const sound = smallDefinition({
  context: `context:
  type: object
  required: [number, people]
  properties:
    number: { type: string }
    people: { type: array, items: { type: string } }
    code: { type: string }
    why: { type: string }
`,
  body: `tasks:
  book:
    input: { type: object, required: [number], properties: { number: { type: string }, days: { type: integer } } }
    output: { type: object, required: [code], properties: { code: { type: string }, price: { type: number } } }
    worker: { role: booking-service }
  unbook:
    input: { type: object, required: [code], properties: { code: { type: string } } }
    http: { url: "https://booking.example/unbook", method: POST }
messages:
  answer:
    keys: { number: context.number }
    input: { type: object, required: [text], properties: { text: { type: string } } }
    timeToLive: P30D
  news: { keys: { number: context.number } }
documents:
  letter: { register: outgoing }
  reply: {}
initial: booking
states:
  booking:
    entry: { document.draft: { document: letter, input: { title: "'Thư'" } } }
    exit: [{ assign: { why: "'left'" } }, { document.revise: { document: letter, input: { reason: "'again'" } } }]
    invoke:
      task: book
      input: { number: context.number, days: 2 }
      retry: { maxAttempts: 3, initialInterval: PT1S, backoffCoefficient: 2, maxInterval: PT1M }
      timeout: PT5M
    compensate: { task: unbook, input: { code: task.code }, timeout: PT5M }
    onDone: { target: asking, assign: { code: task.code }, actions: { send: { message: answer, input: { text: task.code } } } }
    onError: { target: stuck, assign: { why: task.message } }
    operator: { allow: { role: operator }, skip: stuck, repair: [asking, "#end"] }
  asking:
    invoke:
      process: opinion
      forEach: context.people
      input: { person: item }
      complete: any
      output: { type: object, required: [text], properties: { text: { type: string } } }
      timeout: P3D
    onDone: { target: waiting, guard: task.completed > 0, assign: { why: "task.results[0].text" } }
    onError: undoing
  waiting:
    on:
      news: signing
      answer: { target: signing, guard: event.text != '', assign: { why: event.text } }
      stop: { target: stuck, allow: { role: clerk } }
  signing:
    invoke: { task: document.sign, document: letter, input: { slot: "'leader'", purpose: "'issue'" }, timeout: P1D }
    onDone: { target: end, actions: [{ document.number: { document: reply } }, { document.archive: { document: reply, input: { class: "'A'" } } }] }
    onError: undoing
  stuck: { on: { undo: { target: undoing, allow: { role: clerk } } } }
  undoing:
    invoke: { compensate: all, timeout: PT1H }
    onDone: failed
    onError: stuck
  end: { id: end, type: final }
  failed: { type: final, output: { result: "'failed'" } }
`,
});

function changed(from: string, to: string, source = sound): string {
  if (!source.includes(from)) throw new Error(`Nothing reads ${from}.`);
  return source.replace(from, to);
}

const findingsIn = (source: string) =>
  lintDefinition(source, 'x.yaml').findings.filter(({ code }) => code !== 'not-running-yet');

test('all of it together has no finding but that guards may fail, and is proven', () => {
  expect(findingsIn(sound).map(({ code }) => code)).toEqual(['no-unguarded-candidate']);
  expect(lintDefinition(sound, 'x.yaml').process).not.toBeNull();
});

test('the example of the design, completed, has no finding but what does not run yet', () => {
  const source = readFileSync(new URL('./support/design-example.yaml', import.meta.url), 'utf8');
  expect(sentences(findingsIn(source))).toBe('');
  const { process, findings } = lintDefinition(source, 'x.yaml');
  expect(process).not.toBeNull();
  expect(findings.every(({ severity }) => severity === 'warning')).toBe(true);
});

test.each<[string, string, string, string, RegExp?]>([
  ['task: book\n', 'task: bok\n', 'unknown-task', 'bok', /Did you mean "book"/],
  [
    'task: document.sign,',
    'task: document.number,',
    'unknown-task',
    'document.number',
    /no task but an action/,
  ],
  [
    'input: { number: context.number, days: 2 }',
    'input: { days: 2 }',
    'missing-field',
    '{ days',
    /needs "number"/,
  ],
  ['days: 2 }', 'days: "\'two\'" }', 'expression-type', '"\'two\'"', /an integer is needed/],
  ['days: 2 }', 'dayz: 2 }', 'unknown-field', 'dayz', /Did you mean "days"/],
  ['assign: { code: task.code }', 'assign: { code: task.cod }', 'unknown-field', 'cod', /no field "cod"/],
  ['assign: { code: task.code }', 'assign: { code: task.price }', 'unset-read', 'price'],
  ['assign: { why: task.message }', 'assign: { why: task.code2 }', 'unknown-field', 'code2'],
  ['input: { person: item }', 'input: { person: itm }', 'unknown-name', 'itm'],
  [
    'forEach: context.people',
    'forEach: context.number',
    'expression-type',
    'context.number',
    /a list is needed/,
  ],
  ['      complete: any\n', '      complete: some\n', 'bad-value', 'some'],
  ['      forEach: context.people\n      input: { person: item }\n', '', 'misplaced-member', 'complete'],
  [
    '    invoke:\n      task: book',
    '    invoke:\n      process: other\n      task: book',
    'misplaced-member',
    'process',
    /two states/,
  ],
  [
    'invoke: { compensate: all, timeout: PT1H }',
    'invoke: { timeout: PT1H }',
    'missing-field',
    'invoke',
    /what to do/,
  ],
  ['retry: { maxAttempts: 3', 'retry: { maxAttempts: 0', 'bad-value', '0'],
  ['timeout: P3D', 'timeout: P90000D', 'bad-duration', 'P90000D'],
  [
    '    onError: { target: stuck, assign: { why: task.message } }\n',
    '',
    'missing-on-error',
    'invoke',
    /work fails/,
  ],
  ['      timeout: P3D\n', '', 'missing-timeout', 'invoke', /without end/],
  [
    'compensate: { task: unbook, input: { code: task.code }',
    'compensate: { task: unbook, input: { code: task.kode }',
    'unknown-field',
    'kode',
  ],
  [
    'send: { message: answer,',
    'send: { message: anwser,',
    'unknown-message',
    'anwser',
    /Did you mean "answer"/,
  ],
  ['input: { text: task.code } } }', 'input: { txt: task.code } } }', 'unknown-field', 'txt'],
  ['    timeToLive: P30D\n', '', 'missing-timeout', 'answer', /nobody takes/],
  ['event.text != ', 'event.txt != ', 'unknown-field', 'txt'],
  [
    '      answer: { target: signing,',
    '      answer: { allow: { role: clerk }, target: signing,',
    'misplaced-member',
    'allow',
    /comes from another process/,
  ],
  [
    'document.draft: { document: letter',
    'document.draft: { document: lettr',
    'unknown-document',
    'lettr',
    /Did you mean "letter"/,
  ],
  [
    'document.draft: { document: letter, input',
    'document.draft: { input',
    'unknown-document',
    '{ input',
    /several documents/,
  ],
  [
    'document.revise: { document: letter, input: { reason: "\'again\'" }',
    'document.revise: { document: letter, input: {}',
    'missing-field',
    '{}',
    /needs "reason"/,
  ],
  [
    '{ document.number: { document: reply } }',
    '{ document.numbr: { document: reply } }',
    'unknown-field',
    'document.numbr',
  ],
  ['worker: { role: booking-service }', 'worker: { principal: "agent:one" }', 'nobody-can', '"agent:one"'],
  ['    worker: { role: booking-service }\n', '', 'missing-field', 'book', /Nobody performs/],
  ['url: "https://booking.example/unbook"', 'url: "http://booking.example/unbook"', 'bad-value', '"http:'],
  [
    'operator: { allow: { role: operator }, skip: stuck',
    'operator: { allow: { principal: "service:x" }, skip: stuck',
    'nobody-can',
    '"service:x"',
  ],
  ['skip: stuck, repair', 'skip: stck, repair', 'unknown-target', 'stck', /Did you mean "stuck"/],
  ['repair: [asking, "#end"]', 'repair: [asking, "#ende"]', 'unknown-target', '"#ende"'],
  [
    '  news: { keys: { number: context.number } }\n',
    '  news: { keys: { number: context.number } }\n  more: { keys: { number: context.number } }\n',
    'unused-declaration',
    'more',
  ],
  ['documents:\n', 'documents:\n  other: {}\n', 'unused-declaration', 'other'],
  ['tasks:\n', 'tasks:\n  other: { worker: { role: x } }\n', 'unused-declaration', 'other'],
  [
    'invoke: { compensate: all, timeout: PT1H }',
    'invoke: { task: document.verify, document: letter, timeout: PT1H }',
    'unused-declaration',
    'compensate',
  ],
  [
    '    compensate: { task: unbook, input: { code: task.code }, timeout: PT5M }\n',
    '',
    'nothing-to-compensate',
    'compensate',
  ],
])('%j written as %j is %s', (from, to, code, place, message = /./) => {
  const source = changed(from, to);
  const found = findingsIn(source).filter((finding) => finding.code === code);
  expect(found.map((finding) => textAt(source, finding)).join('\n'), sentences(findingsIn(source))).toContain(
    place,
  );
  expect(found.map((finding) => finding.message).join('\n')).toMatch(message);
});

describe('while a proposal is undecided', () => {
  const proposing = (parts: {
    readonly top?: string;
    readonly asking?: string;
    readonly approving?: string;
    readonly approved?: string;
    readonly more?: string;
  }) =>
    smallDefinition({
      decisions: 'decisions: { choice: { importance: ordinary } }',
      context: `context:
  type: object
  required: [name]
  properties: { name: { type: string }, choice: { type: object, decision: choice } }
`,
      body: `${parts.top ?? ''}initial: asking
states:
  asking:
    propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }
    onDone: ${parts.asking ?? 'approving'}
    onError: closed
  approving:
    gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
${parts.approving ?? ''}    on: { approved: { target: done, assign: { choice: proposal.choice }${parts.approved ?? ''} }, rejected: closed }
${parts.more ?? ''}  done: { on: { file: { target: filed, allow: { role: clerk } } } }
  filed: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`,
    });
  const messages = 'messages: { hint: { keys: { name: context.name }, timeToLive: P1D } }\n';
  const tasks = 'tasks: { look: { worker: { role: x } }, undo: { worker: { role: x } } }\n';
  const working = (invoke: string, compensate = '') =>
    `  working: { invoke: { ${invoke}, timeout: PT1M }, ${compensate}onDone: approving, onError: closed }\n`;

  test('P2: nothing that reaches beyond the process is proven, by either of the two checkers', () => {
    const effects: readonly (readonly [string, string])[] = [
      [
        proposing({ top: tasks, asking: 'working', more: working('task: look') }),
        'the task "look" is under way',
      ],
      [
        proposing({ asking: 'working', more: working('task: document.verify') }),
        'the task "document.verify" is under way',
      ],
      [
        proposing({ asking: 'working', more: working('process: other') }),
        'the child process "other" is under way',
      ],
      [
        proposing({
          top: tasks,
          asking: 'working',
          more: `${working('compensate: all')}  before: { invoke: { task: look, timeout: PT1M }, compensate: { task: undo, timeout: PT1M }, onDone: asking, onError: closed }\n`,
        }),
        'a compensation',
      ],
      [
        proposing({ top: messages, asking: '{ target: approving, actions: { send: { message: hint } } }' }),
        'the message "hint" is sent',
      ],
      [
        proposing({ top: messages, approving: '    entry: { send: { message: hint } }\n' }),
        'the message "hint" is sent',
      ],
      [
        proposing({ approving: '    exit: { document.recall: { input: { reason: "\'late\'" } } }\n' }),
        '"document.recall" is done',
      ],
      [
        proposing({
          approving: '    operator: { allow: { role: chief }, repair: [done] }\n',
          approved: ', actions: { document.number: {} }',
          more: '',
        }),
        'ends in success',
      ],
    ];
    for (const [source, effect] of effects) {
      const { findings, process } = lintDefinition(source, 'x.yaml');
      expect(process, source).toBeNull();
      const told = findings
        .filter(({ code }) => code === 'oversight-not-proven')
        .map(({ message }) => message);
      expect(told.join('\n'), `${sentences(findings)}\n${source}`).toContain(effect);
      const analysis = analyse(source);
      const certificate = writeCertificate(analysis.process.hash, everyFact(analysis), analysis.graph);
      expect(checkCertificate(analysis.process, certificate), source).toContain('is undecided');
    }
  });

  test('P2: the same is proven once the proposal is approved, or before there is one', () => {
    const harmless = [
      proposing({ approved: ', actions: { document.number: {} }' }),
      proposing({ top: messages, approved: ', actions: [{ send: { message: hint } }]' }),
      proposing({
        more: '  done-by: { invoke: { task: document.verify, timeout: PT1M }, onDone: done, onError: closed }\n',
      }).replace('target: done, assign', 'target: done-by, assign'),
      proposing({ approving: '    operator: { allow: { role: chief }, skip: closed, repair: [asking] }\n' }),
    ];
    for (const source of harmless) {
      const { findings, process } = lintDefinition(source, 'x.yaml');
      expect(process, sentences(findings)).not.toBeNull();
    }
  });

  test('P2: work in another region counts from the moment the proposal comes', () => {
    const source = (work: string) =>
      smallDefinition({
        decisions: 'decisions: { choice: { importance: ordinary } }',
        context: 'context: { type: object, properties: { choice: { type: object, decision: choice } } }',
        body: `initial: both
states:
  both:
    type: parallel
    onDone: ended
    states:
      ai:
        initial: asking
        states:
          asking:
            propose: { decision: choice, agent: { role: agent }, timeout: PT1M, output: { type: object, properties: { x: { type: string } } } }
            onDone: approving
            onError: done
          approving:
            gate: { binds: choice, meaning: approve, reviewers: { role: leader } }
            on: { approved: done, rejected: "#closed" }
          done: { type: final }
      work:
        initial: working
        states:
          working: ${work}
          done: { type: final }
  ended: { type: final }
  closed: { id: closed, type: final, output: { result: "'rejected'" } }
`,
      });
    const invoke = '{ invoke: { task: document.verify, timeout: PT1M }, onDone: done, onError: done }';
    expect(lintDefinition(source(invoke), 'x.yaml').process).toBeNull();
    const byHand = '{ on: { verified: { target: done, allow: { role: clerk } } } }';
    expect(lintDefinition(source(byHand), 'x.yaml').process).not.toBeNull();
  });

  test('P4: neither an operator nor a message leads where an undecided gate leads when it is approved', () => {
    const skip = proposing({ approving: '    operator: { allow: { role: chief }, skip: done }\n' });
    const message = proposing({ top: messages }).replace(
      'rejected: closed }',
      'rejected: closed, hint: done }',
    );
    for (const source of [skip, message]) {
      const { findings, counterexamples } = lintDefinition(source, 'x.yaml');
      const codes = new Set(findings.map(({ code }) => code));
      expect(codes, sentences(findings)).toContain('oversight-not-proven');
      expect(sentences(findings)).toContain('Silence is not consent');
      const around = counterexamples?.find(({ kind }) => kind === null);
      expect(around?.path.at(-1)?.event).toMatch(/^(skip|hint)$/);
    }
  });
});

test('as a graph, as Mermaid and as XState JSON it says what works and what is sent', () => {
  const { process } = lintDefinition(sound, 'x.yaml');
  if (process === null) throw new Error('refused');
  const { states, transitions } = processGraph(process);
  const invokes = states.flatMap(({ id, invoke }) =>
    invoke === undefined ? [] : [[id, invoke.kind, invoke.name]],
  );
  expect(invokes).toEqual([
    ['booking', 'task', 'book'],
    ['asking', 'process', 'opinion'],
    ['signing', 'task', 'document.sign'],
    ['undoing', 'compensate', 'all'],
  ]);
  expect(transitions).toContainEqual(
    expect.objectContaining({ source: 'waiting', event: 'news', cause: 'message' }),
  );
  expect(toMermaid(process)).toContain('⚙ booking');
  const json = JSON.stringify(toXStateJson(process));
  expect(json).toContain('"countersign.completed.booking":');
  expect(json).toContain('{"type":"send","params":{"of":"answer"}}');
});

test('schemas of tasks, children and messages that go in a circle are told, and nothing is thrown', () => {
  const circle =
    "{ type: object, properties: { code: { $ref: '#/$defs/a' } }, $defs: { a: { $ref: '#/$defs/a' } } }";
  const output =
    '{ type: object, required: [code], properties: { code: { type: string }, price: { type: number } } }';
  const answer = '{ type: object, required: [text], properties: { text: { type: string } } }';
  for (const schema of [output, answer]) {
    const codes = lintDefinition(changed(schema, circle), 'x.yaml').findings.map(({ code }) => code);
    expect(codes).toContain('bad-reference');
  }
});

test('expressions of operators, of those who are told and of workers are read as well', () => {
  const wrong = [
    changed('allow: { role: operator }', 'allow: { role: operator, expression: "actor.unti == \'x\'" }'),
    changed('worker: { role: booking-service }', 'worker: { role: x, expression: "1" }'),
  ];
  expect(wrong.map((source) => findingsIn(source).map(({ code }) => code)[0])).toEqual(
    expect.arrayContaining(['unknown-field', 'expression-type']),
  );
});

test('what does not run yet is told with its place', () => {
  const { findings } = lintDefinition(sound, 'x.yaml');
  const told = findings.filter(({ code }) => code === 'not-running-yet');
  const what = told.map(({ message }) => /uses (.*) \(line/.exec(message)?.[1]);
  for (const one of [
    'invoke',
    'compensate',
    'operator',
    'send',
    'document.draft',
    'document.archive',
    'the message "answer"',
  ])
    expect(what).toContain(one);
});
