import { expect, test } from 'vitest';
import type { Case } from '../../../engine/step/prepared.ts';
import type { Stimulus, Told } from '../../../engine/step/stimulus.ts';
import type { StoredState } from '../../../engine/step/stored-state.ts';
import { codeOf, compile, next, stepOf, walk } from './support/office.ts';
import { decision, engine, event, leaders, start, stimulus } from './support/people.ts';

const process = compile(`
context:
  type: object
  additionalProperties: false
  properties: { late: { type: boolean }, text: { type: string, maxLength: 10 } }
start: { allow: { role: officer } }
initial: drafting
states:
  drafting:
    on:
      check: { allow: { role: officer }, target: checking }
      wait: { allow: { role: officer }, target: waiting }
      send: { allow: { role: officer }, target: sending }
  checking:
    gate:
      meaning: consider
      reviewers: { role: leader }
      quorum: { approve: 2 }
      due: { workingDays: 2 }
      onOverdue: { escalate: { role: chief }, remind: P1D, assign: { late: 'true' } }
    on: { approved: issued, rejected: closed, again: { allow: { role: officer }, reenter: true, target: checking } }
  sending:
    gate: { meaning: consider, reviewers: { role: leader }, due: PT1H, onOverdue: { target: waiting } }
    on: { approved: issued, rejected: closed }
  waiting: { after: { 1 working day: closed } }
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`);
const [ann, bo] = leaders;
if (ann === undefined || bo === undefined) throw new Error('no leaders');
const counted = (one: Stimulus): Stimulus => ({ ...one, calendar: 'vietnam-1' });
const opened = walk([counted(start({})), counted(event('check'))], process).standing;
const told: Told = { reminded: [ann.person, bo.person], escalated: ['person:chief'] };
const fire = (state: StoredState, timer: string, more: Partial<Stimulus> = {}) => {
  const { set = -1, dueAt = '' } = state.timers[timer] ?? {};
  return counted({ ...stimulus({ kind: 'timer', timer, set, told }, engine, dueAt), ...more });
};
const overdue = stepOf(next(opened, fire(opened.state, 'due:checking'), process));
const late = { seq: overdue.entry.seq, state: overdue.state };

test('a gate is due after so many working days, worked out once and stored', () => {
  // Opened on Monday, 5 January 2026.
  const due = { set: 2, dueAt: '2026-01-07T17:00:00.000Z' };
  expect(opened.state.timers).toEqual({ 'due:checking': due });
  expect(opened.state.gates.checking?.dueAt).toBe(due.dueAt);
});

test('P4: once it is overdue people are told, and nothing is decided', () => {
  expect(overdue.entry).toMatchObject({ kind: 'timer', event: 'due:checking', actor: { kind: 'engine' } });
  expect(overdue.entry.to).toEqual(['checking']);
  expect(overdue.state.gates.checking).toMatchObject({
    opened: 2,
    decisions: [],
    overdue: { since: '2026-01-07T17:00:00.000Z', escalatedTo: ['person:chief'], reminders: 0 },
  });
  expect(overdue.state.context).toEqual({ late: true });
  expect(overdue.effects).toContainEqual({
    kind: 'notice-given',
    notice: 'checking person:chief escalated',
  });
});

test('being overdue voids no decision', () => {
  const voted = walk(
    [counted(start({})), counted(event('check')), ({ state }) => decision(state, 'checking', ann)],
    process,
  );
  const step = stepOf(next(voted.standing, fire(voted.standing.state, 'due:checking'), process));
  expect(step.state.gates.checking?.decisions).toHaveLength(1);
});

test('the reviewers are reminded again and again, one entry each, until the gate closes', () => {
  let at = late;
  for (const reminders of [1, 2, 3]) {
    const step = stepOf(next(at, fire(at.state, 'remind:checking'), process));
    expect(step.state.gates.checking?.overdue).toMatchObject({ reminders });
    at = { seq: step.entry.seq, state: step.state };
  }
  const first = stepOf(next(at, decision(at.state, 'checking', ann), process));
  const standing = { seq: first.entry.seq, state: first.state };
  const closed = stepOf(next(standing, decision(first.state, 'checking', bo), process));
  expect(closed.state).toMatchObject({ status: 'done', timers: {}, gates: {} });
  expect(closed.effects).toContainEqual({
    kind: 'notice-taken-back',
    notice: 'checking person:chief escalated',
  });
});

test('entered again it is another gate, with its own time', () => {
  const again = stepOf(next(late, counted(event('again')), process));
  expect(again.state.gates.checking?.overdue).toBeUndefined();
  expect(Object.keys(again.state.timers)).toEqual(['due:checking']);
  const stale = fire(late.state, 'due:checking', { time: '2027-01-01T00:00:00.000Z' });
  const forged = { ...stale, body: { ...stale.body, set: 2 } as Case['stimulus']['body'] };
  expect(codeOf(next({ seq: again.entry.seq, state: again.state }, forged, process))).toBe('stale');
});

test('where an overdue gate leads elsewhere it is left, and closes undecided', () => {
  const sent = walk([counted(start({})), counted(event('send'))], process).standing;
  const step = stepOf(next(sent, fire(sent.state, 'due:sending'), process));
  expect(step.entry.to).toEqual(['waiting']);
  expect(step.state.gates).toEqual({});
  expect(Object.values(step.state.timers)).toEqual([{ set: 3, dueAt: '2026-01-06T17:00:00.000Z' }]);
});

test('nobody but the engine says that a gate is overdue, and not before it is', () => {
  expect(codeOf(next(opened, fire(opened.state, 'due:checking', { actor: ann }), process))).toBe(
    'not-allowed',
  );
  const early = fire(opened.state, 'due:checking', { time: '2026-01-07T16:59:59.999Z' });
  expect(codeOf(next(opened, early, process))).toBe('stale');
  expect(codeOf(next(opened, counted(event('countersign.overdue.checking')), process))).toBe(
    'reserved-event',
  );
});

test('beyond the years of the calendar nothing is guessed: the step is refused', () => {
  const standing = walk([counted(start({}))], process).standing;
  const then = { ...counted(event('check')), time: '2027-12-31T08:00:00.000Z' };
  expect(next(standing, then, process)).toMatchObject({
    code: 'not-possible-here',
    message: expect.stringContaining('does not know the year 2028'),
  });
});
