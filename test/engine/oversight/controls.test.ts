import { describe, expect, test } from 'vitest';
import type { Control, ControlMode, ControlScope } from '../../../engine/oversight/controls.ts';
import { mayControl } from '../../../engine/oversight/controls.ts';
import { nextStep, type Standing } from '../../../engine/step/next-step.ts';
import type { Stimulus } from '../../../engine/step/stimulus.ts';
import { codeOf, instance, officeProcess, walk } from '../step/support/office.ts';
import {
  agent,
  decision,
  engine,
  event,
  officer,
  person,
  proposal,
  start,
  startTime,
  stimulus,
} from '../step/support/people.ts';

const control = (scope: ControlScope, mode: ControlMode): Control => ({
  id: 'c-1',
  scope,
  mode,
  reason: 'It errs.',
  setBy: 'person:controller',
  setAt: startTime,
});
const under = (standing: Standing | null, tried: Stimulus, ...controls: readonly Control[]) =>
  nextStep(officeProcess, instance, standing, tried, null, controls);

const handIn = (at: Standing) => proposal(at.state, 'proposing');
const begun = walk([start({ text: 'A text.' })]).standing;
const asking = walk([start({ text: 'A text.' }), event('submit')]).standing;
const deciding = walk([start({ text: 'A text.' }), event('submit'), (at) => handIn(at)]).standing;
const approve = decision(deciding.state, 'approving', person('ann', 'leader'));
const late = stimulus(
  { kind: 'timer', timer: 'timeout:proposing', set: asking.state.timers['timeout:proposing']?.set ?? 0 },
  engine,
  '2026-01-05T09:00:00.000Z',
);
const byHand = stimulus(
  {
    kind: 'override',
    state: 'proposing',
    opened: asking.state.requests.proposing?.opened ?? 0,
    reason: 'So.',
  },
  person('boss', 'chief'),
);

/** Every scope, and whether it reaches: a case that was just started, one that asks, one that holds a proposal. */
const scopes: readonly (readonly [ControlScope, boolean, boolean, boolean])[] = [
  [{ kind: 'everything' }, true, true, true],
  [{ kind: 'process', process: 'test' }, true, true, true],
  [{ kind: 'process', process: 'other' }, false, false, false],
  [{ kind: 'decision', process: 'test', decision: 'summary' }, false, true, true],
  [{ kind: 'decision', process: 'test', decision: 'post' }, false, false, false],
  [{ kind: 'decision', process: 'other', decision: 'summary' }, false, false, false],
  [{ kind: 'step', process: 'test', state: 'proposing' }, false, true, false],
  [{ kind: 'step', process: 'test', state: 'nominating' }, false, false, false],
  [{ kind: 'agent', agent: agent.principal }, false, false, true],
  [{ kind: 'agent', agent: 'agent:other' }, false, false, false],
  [{ kind: 'instance', instance }, true, true, true],
  [{ kind: 'instance', instance: 'other' }, false, false, false],
];

describe.each(scopes)('%j', (scope, fresh, requested, held) => {
  const code = (holds: boolean, mode: string) => (holds ? mode : 'step');

  test('P4: stopped, nothing moves that it reaches: no event, timer, override or decision', () => {
    const stop = control(scope, 'stopped');
    expect(codeOf(under(begun, event('edit', { text: 'x' }), stop))).toBe(code(fresh, 'stopped'));
    expect(codeOf(under(asking, event('cancel'), stop))).toBe(code(requested, 'stopped'));
    expect(codeOf(under(asking, late, stop))).toBe(code(requested, 'stopped'));
    expect(codeOf(under(asking, byHand, stop))).toBe(code(requested, 'stopped'));
    expect(codeOf(under(deciding, approve, stop))).toBe(code(held, 'stopped'));
  });

  test('P2: paused or stopped, no proposal is taken, and paused everything else goes on', () => {
    const concerned = requested || (scope.kind === 'agent' && scope.agent === agent.principal);
    for (const mode of ['paused', 'stopped'] as const) {
      expect(codeOf(under(asking, handIn(asking), control(scope, mode)))).toBe(code(concerned, mode));
    }
    const pause = control(scope, 'paused');
    for (const [at, tried] of [
      [begun, event('submit')],
      [asking, event('cancel')],
      [asking, late],
      [asking, byHand],
      [deciding, approve],
    ] as const) {
      expect(codeOf(under(at, tried, pause))).toBe('step');
    }
  });
});

test('nothing starts in what is stopped', () => {
  expect(codeOf(under(null, start(), control({ kind: 'everything' }, 'stopped')))).toBe('stopped');
  expect(codeOf(under(null, start(), control({ kind: 'process', process: 'test' }, 'stopped')))).toBe(
    'stopped',
  );
  expect(codeOf(under(null, start(), control({ kind: 'process', process: 'test' }, 'paused')))).toBe('step');
});

test('the refusal says who stopped what, when, why, and how it is lifted', () => {
  const refused = under(begun, event('submit'), control({ kind: 'process', process: 'test' }, 'stopped'));
  expect(refused).toMatchObject({
    message: `The process test is stopped: person:controller did so at ${startTime}, because: It errs.`,
    next: expect.stringContaining('once two people have lifted the control c-1'),
  });
});

test('P9: whoever would be refused anyway is told that, and not of the control', () => {
  const stop = control({ kind: 'everything' }, 'stopped');
  expect(codeOf(under(begun, event('submit', {}, person('nobody')), stop))).toBe('not-allowed');
});

test('P7: a step taken while controls stand elsewhere is the very step that is taken without', () => {
  const elsewhere = control({ kind: 'process', process: 'other' }, 'stopped');
  expect(under(begun, event('submit'), elsewhere)).toEqual(under(begun, event('submit')));
});

test('P9: controllers control everything, and whoever answers for a process that one; people only', () => {
  const chief = person('boss', 'chief');
  expect(mayControl(person('c', 'controller'), [])).toBe(true);
  expect([mayControl(chief, []), mayControl(chief, ['chief'])]).toEqual([false, true]);
  expect(mayControl(officer, ['chief'], [officer.person])).toBe(true);
  for (const kind of ['agent', 'service', 'engine'] as const) {
    expect(mayControl({ ...person('c', 'controller'), kind }, ['controller'])).toBe(false);
  }
});
