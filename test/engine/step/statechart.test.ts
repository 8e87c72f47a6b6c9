import { expect, test } from 'vitest';
import { type AnyMachineSnapshot, getInitialMicrosteps, getMicrosteps } from 'xstate';
import { canonicalJson } from '../../../engine/evidence/canonical-json.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import { snapshotOf } from '../../../engine/step/process-index.ts';
import { runMachine } from '../../../engine/step/run-machine.ts';
import { machineEvent, scopeOf } from '../../../engine/step/scope.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import { chart } from './support/chart.ts';
import { next, stepOf, walk } from './support/office.ts';
import { decision, event, leaders, officer, start } from './support/people.ts';

const ann = leaders[0] ?? officer;
const approve = ({ state }: Standing) => decision(state, 'work.both.asking.open', ann);
const stored = ({ seq, state }: Standing): Standing => ({
  seq,
  state: JSON.parse(canonicalJson(state)) as StoredState,
});

test('regions run side by side, and an entry lists the leaf states of both', () => {
  const { standing, steps } = walk([start({}), event('next')], chart);
  expect(steps[0]?.entry.to).toEqual(['work.both.asking.open', 'work.both.writing.outline']);
  expect(standing.state.value).toEqual({ work: { both: { writing: { text: 'first' }, asking: 'open' } } });
});

test('an event moves the regions that take it, and an event forbidden in one region is still taken in the other', () => {
  expect(walk([start({}), event('next')], chart).steps[1]?.taken).toEqual([
    ['work.both.writing.outline:event.next:0'],
  ]);
});

test('P1: what follows by itself belongs to the same step and entry, one list of transitions a microstep', () => {
  const { standing, steps } = walk([start({}), event('next'), event('next'), approve], chart);
  expect(steps).toHaveLength(4);
  expect(steps[3]?.taken).toEqual([
    ['work.both.asking.open:outcome.approved:0'],
    ['work.both:done:0'],
    ['counting:always:0'],
    ['counting:always:0'],
    ['counting:always:1'],
  ]);
  expect(standing.state).toMatchObject({
    status: 'done',
    value: 'finished',
    output: { count: 3 },
    gates: {},
    timers: {},
  });
  expect(standing.state.context).toEqual({ count: 3, log: ['work', 'done'] });
});

test('deep history restores every leaf, and the gate in it opens anew', () => {
  const { steps, standing } = walk(
    [start({}), event('next'), event('more'), event('pause'), event('resume')],
    chart,
  );
  expect(steps[3]?.state.gates).toEqual({});
  expect(steps[3]?.state.history).toEqual({
    'work.deep': ['work.both.asking.open', 'work.both.writing.text.second'],
    'work.shallow': ['work.both'],
  });
  expect(standing.state.value).toEqual({ work: { both: { writing: { text: 'second' }, asking: 'open' } } });
  expect(standing.state.gates['work.both.asking.open']?.opened).toBe(5);
  expect(standing.state.timers).toEqual({
    'xstate.after.PT1M.test.work.both.writing.text.second': { set: 5, dueAt: '2026-01-05T08:01:00.000Z' },
  });
});

test('shallow history restores the regions, each in its initial state', () => {
  const { standing } = walk([start({}), event('next'), event('pause'), event('resume-shallow')], chart);
  expect(standing.state.value).toEqual({ work: { both: { writing: 'outline', asking: 'open' } } });
});

test('P7: an instance loaded before every event moves exactly as one kept in memory', () => {
  const moves = [
    start({}),
    event('next'),
    event('more'),
    event('pause'),
    event('resume'),
    event('next'),
    ({ state }: Standing) => decision(state, 'work.both.asking.open', ann, 'reject'),
    event('pause'),
    event('resume-shallow'),
    event('next'),
    event('next'),
    approve,
  ];
  const inMemory = walk(moves, chart).steps;
  let standing: Standing | null = null;
  for (const [index, move] of moves.entries()) {
    const stimulus = typeof move === 'function' ? move(standing ?? walk([start({})], chart).standing) : move;
    const step = stepOf(next(standing, stimulus, chart));
    expect(canonicalJson(step.state)).toBe(canonicalJson(inMemory[index]?.state));
    expect(step.entry).toEqual(inMemory[index]?.entry);
    standing = stored({ seq: step.entry.seq, state: step.state });
  }
});

test('the machine does what getMicrosteps says it does, microstep by microstep', () => {
  const stimuli = [
    start({}),
    event('next'),
    event('more'),
    event('pause'),
    event('resume'),
    event('next'),
    event('restart'),
  ];
  const first = stimuli[0] ?? start({});
  const begin = machineEvent('xstate.init', { ...scopeOf(blank, first), context: {} }, chart, first);
  const initial = runMachine(chart, null, begin);
  expect(summaryOf(initial)).toEqual(summaryOfMicrosteps(getInitialMicrosteps(chart.machine, begin)));
  const { steps } = walk(stimuli.slice(0, 6), chart);
  for (const [index, { state }] of steps.entries()) {
    for (const stimulus of stimuli.slice(1)) {
      const type = stimulus.body.kind === 'event' ? stimulus.body.type : '';
      const sent = machineEvent(type, scopeOf(state, stimulus), chart, stimulus);
      const own = runMachine(chart, snapshotOf(chart, state), sent);
      const microsteps = getMicrosteps(chart.machine, snapshotOf(chart, state), sent);
      expect([index, type, summaryOf(own)]).toEqual([index, type, summaryOfMicrosteps(microsteps)]);
    }
  }
});

const blank = { context: {}, initiator: { principal: 'p', person: 'p', unit: null }, proposals: {} };

function summaryOf(run: ReturnType<typeof runMachine>): unknown {
  if (run instanceof Error) return run;
  const { snapshot, taken, marks } = run;
  return {
    value: snapshot.value,
    context: snapshot.context,
    status: snapshot.status,
    taken,
    marks: marks.length,
  };
}

function summaryOfMicrosteps(
  microsteps: readonly (readonly [unknown, readonly { type: string; params: unknown }[]])[],
): unknown {
  const last = microsteps.at(-1)?.[0] as AnyMachineSnapshot;
  const taken = microsteps
    .map(([, actions]) =>
      actions
        .filter(({ type }) => type === 'countersign.taken')
        .map(({ params }) => (params as { id: string }).id),
    )
    .filter((ids) => ids.length > 0);
  const marking = /^(countersign\.(entered|left)|xstate\.(raise|cancel))$/;
  const marks = microsteps.flatMap(([, actions]) => actions.filter(({ type }) => marking.test(type))).length;
  return { value: last.value, context: last.context, status: last.status, taken, marks };
}
