import { expect, test } from 'vitest';
import { checkOversight, type Move, type Questioned } from '../../../engine/oversight/check-oversight.ts';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import type { Stimulus } from '../../../engine/step/stimulus.ts';
import type { GateDecision, HeldProposal, StoredState } from '../../../engine/step/stored-state.ts';
import { instance, next, officeProcess, stepOf, walk } from '../step/support/office.ts';
import {
  decision,
  engine,
  event,
  leaders,
  officer,
  proposal,
  start,
  stimulus,
} from '../step/support/people.ts';

const [ann, bo] = leaders as [ActorSnapshot, ActorSnapshot];
const propose = ({ state }: Standing) => proposal(state, 'proposing');
const nominate = ({ state }: Standing) => proposal(state, 'nominating');
const decide =
  (gate: string, actor: ActorSnapshot) =>
  ({ state }: Standing) =>
    decision(state, gate, actor);

const asking = walk([start({ text: 'A' }), event('submit')]).standing.state;
const approving = walk([start({ text: 'A' }), event('submit'), propose]).standing.state;
const approval = decision(approving, 'approving', ann);
const approved = stepOf(next({ seq: 3, state: approving }, approval));
const voted = walk([
  start({}),
  event('appoint'),
  nominate,
  decide('considering', ann),
  decide('appraising', ann),
]).standing.state;

const judge = (before: StoredState, after: StoredState, given: Stimulus, move: Move) => {
  const at: Questioned = { process: officeProcess, instance, stimulus: given };
  return checkOversight(at, before, after, move)?.message ?? null;
};
const outcome = 'approving:outcome.approved:0';
const taken = (...ids: string[]): Move['taken'] => [ids];
const decisionOf = ({ actor, body, time }: Stimulus): GateDecision => ({
  principal: actor.principal,
  person: actor.person,
  verdict: body.kind === 'decision' ? body.verdict : 'approve',
  reason: null,
  digest: '0'.repeat(64),
  seq: 4,
  time,
});
const held = (state: StoredState, kind: string): HeldProposal => {
  const one = state.proposals[kind];
  if (one === undefined) throw new Error(`No proposal of ${kind}.`);
  return one;
};
const withSummary = (state: StoredState, given: Partial<HeldProposal>): StoredState => ({
  ...state,
  proposals: { ...state.proposals, summary: { ...held(state, 'summary'), ...given } },
});

test('an approval that people gave passes', () => {
  expect(
    judge(approving, approved.state, approval, { taken: approved.taken, decision: decisionOf(approval) }),
  ).toBeNull();
});

test('P4: nothing but a decision at that gate makes it approved', () => {
  const move: Move = { taken: taken(outcome), decision: null };
  const timer = stimulus({ kind: 'timer', timer: 'xstate.after.PT3S.test.approving', set: 3 }, engine);
  for (const given of [timer, event('touch', { text: 'B' }), proposal(approving, 'proposing')]) {
    expect(judge(approving, approving, given, move)).toContain('was not approved by enough of its reviewers');
    expect(judge(approving, approving, given, { ...move, decision: decisionOf(approval) })).toContain(
      'was not approved',
    );
  }
  const elsewhere = decision(voted, 'voting', ann);
  expect(judge(approving, approving, elsewhere, { ...move, decision: decisionOf(elsewhere) })).toContain(
    'was not approved',
  );
});

test('P4: a decision that does not approve makes nothing approved, nor does one on another opening or subject', () => {
  const others = [
    decision(approving, 'approving', ann, 'reject'),
    decision(approving, 'approving', ann, 'approve', { opened: 2 }),
    decision(approving, 'approving', ann, 'approve', { subject: '0'.repeat(64) }),
    decision(approving, 'approving', ann, 'approve', { roster: [bo.person] }),
    decision(approving, 'approving', { ...ann, kind: 'service' }),
  ];
  for (const given of others) {
    expect(
      judge(approving, approved.state, given, { taken: taken(outcome), decision: decisionOf(given) }),
    ).toContain('was not approved');
  }
});

test('P3: approvals are counted by distinct people who may decide, whatever the gate holds', () => {
  const twice = {
    ...voted,
    gates: {
      voting: { ...gateOf(voted, 'voting'), decisions: [decisionOf(approval), decisionOf(approval)] },
    },
  };
  const third = decision(twice, 'voting', bo);
  const move: Move = { taken: taken('voting:outcome.approved:0'), decision: decisionOf(third) };
  expect(judge(twice, voted, third, move)).toContain('was not approved by enough');
});

function gateOf(state: StoredState, gate: string) {
  const open = state.gates[gate];
  if (open === undefined) throw new Error(`The gate ${gate} is not open.`);
  return open;
}

test('P2: a proposal becomes approved only through a gate that binds it', () => {
  const after = withSummary(approving, { status: 'approved', acts: ['approve'] });
  expect(judge(approving, after, event('touch', { text: 'B' }), { taken: [], decision: null })).toContain(
    'no gate that binds summary',
  );
});

test('P2: a proposal whose stored bytes were changed is not the one that was handed in', () => {
  const before = withSummary(approving, { payload: { summary: 'Forged' } });
  const after = withSummary(approved.state, { payload: { summary: 'Forged' } });
  const move: Move = { taken: approved.taken, decision: decisionOf(approval) };
  expect(judge(before, after, approval, move)).toContain('not the one that was handed in');
});

test('P2: approved without every act its kind demands is refused', () => {
  const { post } = voted.proposals;
  if (post === undefined) throw new Error('No proposal.');
  const unappraised = { ...voted, proposals: { post: { ...post, acts: ['consider' as const] } } };
  const gate = {
    ...gateOf(voted, 'voting'),
    decisions: ['bo', 'cai'].map((name) =>
      decisionOf(decision(voted, 'voting', { ...bo, person: `person:${name}` })),
    ),
  };
  const before = { ...unappraised, gates: { voting: gate } };
  const given = decision(before, 'voting', ann);
  const acts = ['consider' as const, 'approve' as const];
  const after = { ...before, gates: {}, proposals: { post: { ...post, acts, status: 'approved' as const } } };
  const move: Move = { taken: taken('voting:outcome.approved:0'), decision: decisionOf(given) };
  expect(judge(before, after, given, move)).toContain('lacks an act');
  expect(
    judge(
      before,
      { ...after, proposals: { post: { ...post, acts: ['approve'], status: 'approved' } } },
      given,
      move,
    ),
  ).toContain('was not recorded');
});

test('P2: a proposal arrives live, without acts, and from an agent', () => {
  const empty = asking;
  const given = proposal(asking, 'proposing');
  const none: Move = { taken: [], decision: null };
  expect(judge(empty, approving, given, none)).toBeNull();
  expect(judge(empty, withSummary(approving, { status: 'approved' }), given, none)).toContain(
    'would appear other than live',
  );
  expect(judge(empty, withSummary(approving, { acts: ['approve'] }), given, none)).toContain(
    'would appear other than live',
  );
  expect(judge(empty, approving, { ...given, actor: officer }, none)).toContain('from an agent');
  expect(judge(empty, approving, event('touch'), none)).toContain('from an agent');
  expect(judge(empty, approving, proposal(asking, 'nominating'), none)).toContain('from an agent');
  expect(judge(empty, withSummary(approving, { payload: { text: 'B' } }), given, none)).toContain(
    'from an agent',
  );
  expect(judge(approving, empty, event('touch'), none)).toContain('would vanish');
});

test('P2: a decision field holds the approved payload or one of its members, and is never cleared by the way', () => {
  const move: Move = { taken: approved.taken, decision: decisionOf(approval) };
  const writing = (summary: string) => ({
    ...approved.state,
    context: { ...approved.state.context, summary },
  });
  expect(judge(approving, writing('On the new seal'), approval, move)).toBeNull();
  expect(judge(approving, writing('On the old seal'), approval, move)).toContain(
    'something else than the approved proposal',
  );
  const later: Move = { taken: [], decision: null };
  expect(judge(approved.state, approving, event('touch'), { ...later })).not.toBeNull();
  const { summary: _, ...without } = approved.state.context;
  expect(judge(approved.state, { ...approved.state, context: without }, event('touch'), later)).toContain(
    'something else',
  );
});

test('P2: a decision field does not change while its proposal is live', () => {
  const after = { ...approving, context: { ...approving.context, summary: 'On the new seal' } };
  expect(judge(approving, after, event('touch'), { taken: [], decision: null })).toContain(
    'without an approved proposal',
  );
});

test('P2: an instance does not end in success while a proposal is undecided', () => {
  const ended: StoredState = { ...approving, status: 'done', output: { summary: '' } };
  const timer = stimulus({ kind: 'timer', timer: 'xstate.after.PT3S.test.approving', set: 3 }, engine);
  const move: Move = { taken: taken('approving:after.PT3S:0'), decision: null };
  for (const output of [null, {}, { result: 'issued' }, { result: ['rejected'] }, 'rejected']) {
    expect(judge(approving, { ...ended, output }, timer, move)).toContain('would end in success');
  }
  expect(judge(approving, { ...ended, output: { result: 'expired' } }, timer, move)).toBeNull();
});
