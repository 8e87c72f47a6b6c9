import { expect, test } from 'vitest';
import { codeOf, compile, instance, next, officeProcess, stepOf, walk } from './support/office.ts';
import {
  agent,
  decision,
  engine,
  event,
  leaders,
  officer,
  person,
  service,
  start,
  stimulus,
} from './support/people.ts';
import { compileUnproven } from './support/random-process.ts';

const drafting = walk([start({ text: 'A' })]).standing;

test('P1: a step has one entry, whose seq is one higher than the last', () => {
  const { steps } = walk([start({ text: 'A' }), event('edit', { text: 'B' }), event('check')]);
  expect(steps.map(({ entry }) => entry.seq)).toEqual([1, 2, 3]);
  expect(steps[2]?.entry).toEqual({
    format: 1,
    instance,
    seq: 3,
    time: '2026-01-05T08:00:00.000Z',
    kind: 'event',
    event: 'check',
    actor: { principal: 'person:officer', kind: 'person', unit: 'unit:office' },
    authentication: ['key'],
    responsible: ['person:chief'],
    from: ['drafting'],
    to: ['checking'],
    definition: officeProcess.hash,
    request: 'request-1',
  });
});

test('P10: neither the state before nor the stimulus is changed, and the same input gives the same step', () => {
  const frozen = JSON.stringify([drafting, event('check')]);
  const once = next(drafting, event('check'));
  expect(next(drafting, event('check'))).toEqual(once);
  expect(JSON.stringify([drafting, event('check')])).toBe(frozen);
});

test('a start takes its data for the context, and says what changed', () => {
  const step = stepOf(next(null, start({ text: 'A' })));
  expect(step.state).toMatchObject({
    status: 'active',
    value: 'drafting',
    context: { text: 'A' },
    initiator: { principal: 'person:officer', person: 'person:officer', unit: 'unit:office' },
    responsible: ['person:chief'],
  });
  expect(step.changed).toEqual({ text: 'A' });
  expect(step.entry).toMatchObject({ kind: 'start', event: 'start', from: [], to: ['drafting'] });
  expect(step.effects).toEqual([
    {
      kind: 'timer-set',
      timer: 'xstate.after.PT1M.test.drafting',
      set: 1,
      dueAt: '2026-01-05T08:01:00.000Z',
    },
  ]);
});

test('P9: who may not start is refused before the data is looked at', () => {
  const refusal = next(null, start({ unknown: 1 }, person('guest', 'guest')));
  expect(refusal).toMatchObject({
    code: 'not-allowed',
    message: 'Only role officer may start this process.',
  });
});

test('nothing starts while nobody is responsible (Article 27.2b)', () => {
  const given = stimulus({ kind: 'start', data: {}, responsible: [] }, officer);
  expect(codeOf(next(null, given))).toBe('nobody-responsible');
});

test('start data that does not fit the context is refused, and says where', () => {
  expect(next(null, start({ text: 7 }))).toMatchObject({ code: 'bad-input', issues: [{ at: '/text' }] });
});

test('P2: no decision field comes with the start', () => {
  expect(next(null, start({ summary: 'mine' }))).toMatchObject({
    code: 'bad-input',
    issues: [{ at: '/summary' }],
  });
});

test('P3: an agent starts nothing and sends no event, whatever roles it holds', () => {
  expect(codeOf(next(null, start({}, agent)))).toBe('people-only');
  expect(codeOf(next(drafting, event('check', {}, agent)))).toBe('people-only');
});

test('a service may send what its role allows', () => {
  expect(codeOf(next(drafting, event('check', {}, service)))).toBe('step');
});

test('P9: an event without a rule that allows it is refused, and says whom to ask', () => {
  const refusal = next(drafting, event('edit', { text: 'B' }, person('guest')));
  expect(refusal).toMatchObject({
    code: 'not-allowed',
    message: "The event edit is open only to role officer in the initiator's unit.",
    considered: [{ transition: 'drafting:event.edit:0', from: 'drafting', reason: 'not-allowed' }],
  });
});

test('P9: a forbidden event is refused even to those who could send it elsewhere', () => {
  expect(next(drafting, event('locked'))).toMatchObject({
    code: 'not-possible-here',
    considered: [{ reason: 'forbidden' }],
  });
});

test('an event that no active state takes is refused without candidates', () => {
  expect(next(drafting, event('again'))).toMatchObject({ code: 'not-possible-here', considered: [] });
  expect(next(drafting, event('constructor'))).toMatchObject({ code: 'not-possible-here', considered: [] });
});

test('authority comes before data and guards: who is not allowed learns of neither', () => {
  const guest = next(drafting, event('edit', { text: 7 }, person('guest')));
  expect(guest).toMatchObject({ code: 'not-allowed', considered: [{ reason: 'not-allowed' }] });
});

test('data that does not fit is refused with each issue and its place', () => {
  expect(next(drafting, event('edit', { text: 7 }))).toMatchObject({
    code: 'bad-input',
    issues: [{ at: '/text' }],
    considered: [{ reason: 'bad-input', transition: 'drafting:event.edit:0' }],
  });
});

test('every candidate is reported: the one not allowed, and the one whose guard fails', () => {
  const empty = walk([start({})]).standing;
  expect(next(empty, event('submit'))).toMatchObject({
    code: 'guard-failed',
    considered: [
      { transition: 'drafting:event.submit:0', reason: 'not-allowed', detail: 'role chief' },
      { transition: 'drafting:event.submit:1', reason: 'guard-failed', detail: 'has(context.text)' },
    ],
  });
});

test('candidates are tried in order: what the first does not allow the second may take', () => {
  expect(stepOf(next(drafting, event('submit'))).taken).toEqual([['drafting:event.submit:1']]);
  const chief = person('chief', 'chief', 'officer');
  expect(stepOf(next(drafting, event('submit', {}, chief))).taken).toEqual([['drafting:event.submit:0']]);
});

test('a transition that changes nothing is still taken, and is one entry', () => {
  const step = stepOf(next(drafting, event('stay')));
  expect(step).toMatchObject({ taken: [['drafting:event.stay:0']], changed: null, effects: [] });
  expect(step.state).toEqual(drafting.state);
});

test('data that no transition declares is refused rather than kept unread', () => {
  expect(codeOf(next(drafting, event('check', { extra: 1 })))).toBe('bad-input');
});

test.each([
  'xstate.init',
  'xstate.after.PT1M.test.drafting',
  'xstate',
  'countersign.outcome.checking.approved',
  '*',
  '',
])('P4: the reserved name "%s" cannot come from outside', (name) => {
  expect(codeOf(next(drafting, event(name)))).toBe('reserved-event');
});

test('an expression that fails refuses the step, with its place in the file, and changes nothing', () => {
  for (const name of ['fail', 'fail-guard']) {
    const refusal = next(drafting, event(name));
    expect(refusal).toMatchObject({ code: 'expression-failed' });
    expect((refusal as { message: string }).message).toMatch(/line \d\d, column \d/);
  }
});

test('what a step would leave in the context must fit its schema', () => {
  expect(next(drafting, event('edit', { text: 'x'.repeat(101) }))).toMatchObject({
    code: 'bad-input',
    issues: [{ at: '/text' }],
  });
});

test('a field that takes null holds it like any other value', () => {
  const step = stepOf(next(drafting, event('clear')));
  expect(step.state.context).toEqual({ cleared: null, text: 'A' });
  expect(step.changed).toEqual({ cleared: null });
  expect(stepOf(next({ seq: 2, state: step.state }, event('clear'))).changed).toBeNull();
});

test('assigning what is there already changes nothing', () => {
  expect(stepOf(next(drafting, event('edit', { text: 'A' }))).changed).toBeNull();
});

test.each([
  ['half of a surrogate pair', { text: '\ud800' }],
  ['a member that would become a prototype', JSON.parse('{"text":"x","more":{"__proto__":{}}}')],
])('data with %s is refused, for it has no place in the record', (_, data) => {
  expect(codeOf(next(drafting, event('edit', data)))).toBe('bad-input');
});

test('P2: a decision field changes by no event, even where the definition let it', () => {
  // Lint refuses such a definition; the step does not rely on it.
  const careless = { ...officeProcess, decisionFields: new Map([['text', 'summary']]) };
  expect(next(drafting, event('edit', { text: 'B' }), careless)).toMatchObject({ code: 'not-countersigned' });
});

test('an instance that has ended takes nothing more', () => {
  const ended = walk([
    start({}),
    event('check'),
    ({ state }) => decision(state, 'checking', leaders[0] ?? officer, 'reject'),
  ]);
  expect(ended.standing.state).toMatchObject({ status: 'done', output: { result: 'rejected' } });
  expect(codeOf(next(ended.standing, event('touch')))).toBe('finished');
});

test('only Countersign itself delivers timers, and it does nothing else', () => {
  expect(codeOf(next(drafting, event('check', {}, engine)))).toBe('not-allowed');
  expect(codeOf(next(null, start({}, engine)))).toBe('not-allowed');
  const timer = stimulus(
    { kind: 'timer', timer: 'xstate.after.PT1M.test.drafting', set: 1 },
    leaders[0] ?? officer,
  );
  expect(codeOf(next(drafting, { ...timer, time: '2026-01-06T08:00:00.000Z' }))).toBe('not-allowed');
});

test('starting twice, or moving what never started, is a mistake of the caller', () => {
  expect(() => next(drafting, start({}))).toThrow('has started already');
  expect(() => next(null, event('check'))).toThrow('has not started');
});

test('P9: an event type made up outside reaches a wildcard only by its rule, and leaves no trace in the machine', () => {
  const wild = compile(`
context: { type: object }
start: { allow: { role: officer } }
initial: here
states:
  here:
    on:
      known: null
      '*': { allow: { role: officer }, target: there }
  there: { type: final }
`);
  const here = walk([start({})], wild).standing;
  expect(codeOf(next(here, event('anything', {}, person('guest')), wild))).toBe('not-allowed');
  expect(codeOf(next(here, event('known'), wild))).toBe('not-possible-here');
  const step = stepOf(next(here, event('anything'), wild));
  expect(step.entry).toMatchObject({ event: 'anything', to: ['there'] });
});

test('a definition that would go round without end refuses the step instead of hanging', () => {
  const endless = compileUnproven({
    id: 'endless',
    version: '1.0.0',
    title: { vi: 'Vô tận', en: 'Endless' },
    owner: 'unit:office',
    responsible: { role: 'chief' },
    securityLevel: 1,
    classification: 'normal',
    context: { type: 'object' },
    start: { allow: { role: 'officer' } },
    initial: 'here',
    states: {
      here: { on: { go: { allow: { role: 'officer' }, target: 'there' } } },
      there: { always: { target: 'back' } },
      back: { always: { target: 'there' } },
    },
  });
  const { standing } = walk([start({})], endless);
  expect(next(standing, event('go'), endless)).toMatchObject({
    code: 'not-possible-here',
    message: 'From here the definition goes from state to state without end.',
  });
});
