import { expect, test } from 'vitest';
import { loadSuite } from '../../../engine/scenario/load-suite.ts';
import { voteDefinition } from '../../support/definitions.ts';
import { before, load, loadText } from './support/suites.ts';

/** Code and place of each finding; lines count from the first after the cast. */
const foundIn = (path: string, rest: string) =>
  load(path, rest).findings.map(({ code, line, column }) => `${line - before}:${column} ${code}`);

const one = (steps: string) => `scenarios:\n  - title: one\n    steps:\n${steps}`;
const step = (text: string) => one(`      - ${text}\n`);

test('a file without a mistake is a suite, and has no finding', () => {
  const { suite, findings } = load('wait.yaml', step('{ by: officer, start: {}, then: waiting }'));
  expect(findings).toEqual([]);
  expect(suite?.scenarios[0]?.steps[0]?.act.kind).toBe('start');
  expect(suite?.scenarios[0]?.steps[0]?.then).toEqual({ state: 'waiting' });
});

test('a process with what does not run yet is not played, and its findings say what that is', () => {
  const scenario = {
    file: 'one.test.yaml',
    source: `process: ./one.yaml\n${step('{ by: officer, start: {} }')}`,
  };
  const source = voteDefinition.replace(
    '    gate:\n',
    '    operator: { allow: { role: head }, skip: lost }\n    gate:\n',
  );
  const { suite, findings } = loadSuite(scenario, () => ({ file: 'one.yaml', source }));
  expect(suite).toBeNull();
  expect(findings).toMatchObject([{ code: 'not-running-yet', severity: 'error', file: 'one.yaml' }]);
});

test.each([
  ['a field that nobody knows', '{ by: officer, strat: {} }', '4:24 unknown-field'],
  ['two acts at once', '{ by: officer, start: {}, event: note }', '4:35 not-one-act'],
  ['no act', '{ by: officer, then: waiting }', '4:9 not-one-act'],
  ['nobody who does it', '{ start: {} }', '4:9 missing-field'],
  ['somebody unknown', '{ by: oficer, start: {} }', '4:11 unknown-principal'],
  ['somebody for whom the clock moves', '{ by: officer, advance: P1D }', '4:11 misplaced-field'],
  ['data of a decision', '{ by: officer, start: {}, data: {} }', '4:35 misplaced-field'],
  ['several who start one instance', '{ by: [officer, head], start: {} }', '4:11 bad-value'],
  ['an event of another name', '{ by: officer, event: nota }', '4:24 unknown-event'],
  [
    'an event of another name that is refused',
    '{ by: officer, event: nota, refused: stale }',
    '4:24 unknown-event',
  ],
  ['a gate of another name', '{ by: officer, approve: waiting }', '4:24 unknown-gate'],
  ['a state of another name', '{ by: officer, start: {}, then: waitin }', '4:35 unknown-state'],
  [
    'a context field of another name',
    '{ by: officer, start: {}, then: { context: { nota: null } } }',
    '4:54 unknown-field',
  ],
  [
    'a timer of another name',
    '{ advance: PT1H, then: { timers: [waiting after PT1H] } }',
    '4:43 unknown-timer',
  ],
  [
    'a kind of decision of another name',
    '{ advance: PT1H, then: { proposals: { x: live } } }',
    '4:47 unknown-decision',
  ],
  ['a part that is not there', '{ play: nothing }', '4:11 unknown-part'],
  ['a code that no refusal has', '{ by: officer, event: note, refused: no-way }', '4:46 bad-value'],
  ['a duration that is none', '{ advance: soon }', '4:20 bad-value'],
  ['a duration of more than a hundred years', '{ advance: P6000W }', '4:11 bad-value'],
])('%s is found at its place', (_what, text, finding) => {
  expect(foundIn('wait.yaml', step(text))[0]).toBe(finding);
});

test('parts that play each other are found, and so are parts that multiply without end', () => {
  const circle = `parts: { a: [{ play: b }], b: [{ play: a }] }\n${step('{ play: a }')}`;
  expect(foundIn('wait.yaml', circle)).toEqual(['1:34 part-circle']);
  const doubling = Array.from({ length: 60 }, (_, index) => {
    const next = index === 59 ? '{ advance: PT1S }' : `{ play: p${index + 1} }`;
    return `  p${index}: [${next}, ${next}]`;
  }).join('\n');
  const codes = load('wait.yaml', `parts:\n${doubling}\n${step('{ play: p0 }')}`).findings.map(
    ({ code }) => code,
  );
  expect(new Set(codes)).toEqual(new Set(['too-large']));
});

test('titles are unique, and a day that does not exist is found', () => {
  const twice = `${step('{ by: officer, start: {} }')}  - title: one\n    clock: 2026-02-30T00:00:00Z\n    steps: [{ advance: P1D }]\n`;
  expect(foundIn('wait.yaml', twice)).toEqual(['5:5 duplicate-title', '6:5 bad-value']);
});

test('a made-up person never takes the place of somebody who is there', () => {
  const { findings } = loadText('process: wait.yaml\ncast:\n  a_b: {}\n  A-b: {}\nscenarios: []\n');
  expect(findings.map(({ code }) => code)).toEqual(['bad-value']);
  const clash = loadText(
    `process: wait.yaml\ncast:\n  a_b: {}\n  A-b: {}\n${step('{ by: a_b, start: {} }')}`,
  );
  expect(clash.findings.map(({ code, line }) => `${line} ${code}`)).toEqual(['4 duplicate-id']);
});

test('a process or a directory that is not there is found where it is named', () => {
  const lost = loadText(`process: lost.yaml\n${step('{ advance: P1D }')}`);
  expect(lost.findings).toMatchObject([{ code: 'no-such-file', file: 'x.test.yaml', line: 1, column: 10 }]);
  const nobody = loadText(`process: wait.yaml\ndirectory: lost.yaml\n${step('{ advance: P1D }')}`);
  expect(nobody.findings).toMatchObject([{ code: 'no-such-file', line: 2, column: 12 }]);
});

test.each([
  [
    'an alias bomb',
    `a: &a [x, x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`}, *${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}`,
  ],
  ['deep nesting', `data: ${'['.repeat(20_000)}`],
  ['a tag', 'process: !!js/function x'],
  ['a second document', 'process: a\n---\nprocess: b'],
  ['a reserved key', 'process: wait.yaml\n__proto__: { a: 1 }\nscenarios: []'],
  ['a list', '- a'],
  ['nothing', ''],
  ['half a surrogate pair', 'process: "\\ud800"'],
])('hostile text ends as findings: %s', (_what, text) => {
  const { suite, findings } = loadText(text);
  expect(suite).toBeNull();
  expect(findings.length).toBeGreaterThan(0);
});
