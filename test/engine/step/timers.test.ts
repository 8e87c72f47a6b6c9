import { expect, test } from 'vitest';
import type { Standing } from '../../../engine/step/next-step.ts';
import { codeOf, next, stepOf, walk } from './support/office.ts';
import { decision, engine, event, leaders, officer, proposal, start, stimulus } from './support/people.ts';

const ann = leaders[0] ?? officer;
const fire = ({ state }: Standing, timer: string, more: { set?: number; time?: string } = {}) => {
  const held = state.timers[timer];
  const time = more.time ?? held?.dueAt ?? '2027-01-01T00:00:00.000Z';
  return stimulus({ kind: 'timer', timer, set: more.set ?? held?.set ?? -1 }, engine, time);
};
const inDraft = 'xstate.after.PT1M.test.drafting';
const inCheck = 'xstate.after.PT1S.test.checking';
const inApproval = 'xstate.after.PT3S.test.approving';

const drafting = walk([start({ text: 'A' })]).standing;
const checking = walk([start({ text: 'A' }), event('check')]).standing;
const proposing = walk([start({ text: 'A' }), event('submit')]).standing;

test('a timer that comes due moves the instance by one entry, as Countersign itself', () => {
  const step = stepOf(next(drafting, fire(drafting, inDraft)));
  expect(step.entry).toMatchObject({
    kind: 'timer',
    event: inDraft,
    actor: { kind: 'engine' },
    from: ['drafting'],
    to: ['drafting'],
  });
  expect(step.state.context).toEqual({ text: 'A', late: true });
  expect(step.state.timers).toEqual({});
  expect(step.effects).toEqual([{ kind: 'timer-cleared', timer: inDraft }]);
});

test('a timer is stale before it is due, after it was set anew, and after it was cleared', () => {
  expect(codeOf(next(drafting, fire(drafting, inDraft, { time: '2026-01-05T08:00:59.999Z' })))).toBe('stale');
  expect(codeOf(next(drafting, fire(drafting, inDraft, { set: 2 })))).toBe('stale');
  expect(codeOf(next(checking, fire(checking, inDraft, { set: 1 })))).toBe('stale');
  expect(codeOf(next(drafting, fire(drafting, 'constructor')))).toBe('stale');
});

test('leaving a state clears its timers, and entering it again sets them anew', () => {
  const { steps } = walk([
    start({}),
    event('check'),
    ({ state }) => decision(state, 'checking', ann, 'return'),
  ]);
  expect(steps[1]?.effects).toContainEqual({ kind: 'timer-cleared', timer: inDraft });
  expect(steps[2]?.effects).toContainEqual({
    kind: 'timer-set',
    timer: inDraft,
    set: 3,
    dueAt: '2026-01-05T08:01:00.000Z',
  });
});

test('a timer whose guard does not hold is spent all the same, with an entry that moves nothing', () => {
  const step = stepOf(next(checking, fire(checking, inCheck)));
  expect(step.entry).toMatchObject({ kind: 'timer', from: ['checking'], to: ['checking'] });
  expect(step.taken).toEqual([]);
  expect(step.state).toEqual({ ...checking.state, timers: {} });
});

test('P4: a timer at a gate leaves the gate as it is: still open, and with nobody having approved', () => {
  const approving = walk([
    start({ text: 'A' }),
    event('submit'),
    ({ state }) => proposal(state, 'proposing'),
  ]).standing;
  const step = stepOf(next(approving, fire(approving, inApproval)));
  expect(step.state.gates).toEqual(approving.state.gates);
  expect(step.state.proposals).toEqual(approving.state.proposals);
});

test('entering a state that proposes asks an agent, with its input, and limits the wait', () => {
  const { steps } = walk([start({ text: 'A' }), event('submit')]);
  expect(steps[1]?.state.requests).toEqual({
    proposing: { opened: 2, decision: 'summary', input: { text: 'A' } },
  });
  expect(steps[1]?.effects).toEqual([
    { kind: 'timer-cleared', timer: inDraft },
    { kind: 'proposal-requested', state: 'proposing', opened: 2, decision: 'summary' },
    { kind: 'timer-set', timer: 'timeout:proposing', set: 2, dueAt: '2026-01-05T08:00:05.000Z' },
  ]);
});

test('P4: when no agent answers in time the request closes and the error path is taken', () => {
  const step = stepOf(next(proposing, fire(proposing, 'timeout:proposing')));
  expect(step.entry).toMatchObject({ kind: 'timer', event: 'timeout:proposing', to: ['drafting'] });
  expect(step.state).toMatchObject({ requests: {}, proposals: {} });
  expect(step.effects).toContainEqual({ kind: 'proposal-request-closed', state: 'proposing', opened: 2 });
  const after = { seq: 3, state: step.state };
  expect(codeOf(next(after, proposal(proposing.state, 'proposing')))).toBe('stale');
});

test('an event that leaves the state closes its request and its timer', () => {
  const step = stepOf(next(proposing, event('cancel')));
  expect(step.state.requests).toEqual({});
  expect(Object.keys(step.state.timers)).toEqual([inDraft]);
});

test('a proposal answers one opening of one request, once, from an agent that may', () => {
  const answered = walk([start({ text: 'A' }), event('submit'), ({ state }) => proposal(state, 'proposing')]);
  expect(answered.steps[2]?.entry).toMatchObject({
    kind: 'proposal',
    event: 'proposing',
    proposal: { decision: 'summary' },
  });
  expect(codeOf(next(answered.standing, proposal(proposing.state, 'proposing')))).toBe('stale');
  expect(codeOf(next(proposing, proposal(proposing.state, 'proposing', {}, officer)))).toBe('not-allowed');
  const stranger = { ...engine, kind: 'agent' as const, principal: 'agent:other', person: 'agent:other' };
  expect(codeOf(next(proposing, proposal(proposing.state, 'proposing', {}, stranger)))).toBe('not-allowed');
  expect(codeOf(next(proposing, proposal(proposing.state, 'drafting')))).toBe('not-possible-here');
});

test('a proposal whose payload does not fit its schema is refused, with each issue', () => {
  const refusal = next(
    proposing,
    proposal(proposing.state, 'proposing', { payload: { summary: 7, more: 1 } }),
  );
  expect(refusal).toMatchObject({ code: 'bad-input', issues: [expect.anything(), expect.anything()] });
});

test('P2: the digest of a proposal binds everything the agent handed in, and the case it was for', () => {
  const digest = (given: Parameters<typeof proposal>[2], seq = proposing.seq) =>
    stepOf(next({ ...proposing, seq }, proposal(proposing.state, 'proposing', given))).entry.proposal?.digest;
  const digests = [
    {},
    { payload: { summary: 'Another' } },
    { model: 'quill' },
    { modelVersion: '2' },
    { promptHash: '1'.repeat(64) },
    { rationale: 'Because.' },
    { confidence: null },
    { inputs: ['document:1'] },
    { evidence: ['https://example.vn/page-2'] },
    { operator: 'person:dan' },
  ].map((given) => digest(given));
  expect(new Set(digests).size).toBe(digests.length);
  expect(digest({}, 40)).toBe(digests[0]);
});
