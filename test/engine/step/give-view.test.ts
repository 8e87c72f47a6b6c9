import { expect, test } from 'vitest';
import { checkOversight } from '../../../engine/oversight/check-oversight.ts';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import { gatesBeforeSight } from '../../../engine/oversight/independent-view.ts';
import { longestView } from '../../../engine/step/give-view.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import { codeOf, compile, instance, next, stepOf, walk } from './support/office.ts';
import { agent, decision, leaders, officer, proposal, roster, start, stimulus } from './support/people.ts';

const [ann, bo] = leaders as [ActorSnapshot, ActorSnapshot];

const process = compile(`
decisions: { wording: { importance: ordinary } }
context:
  type: object
  additionalProperties: false
  properties: { wording: { type: string, maxLength: 200, decision: wording } }
start: { allow: { role: officer } }
initial: drafting
states:
  drafting:
    propose:
      decision: wording
      agent: { role: drafter }
      output: { type: object, required: [summary], properties: { summary: { type: string, maxLength: 200 } } }
      timeout: PT1H
    onDone: approving
    onError: closed
  approving:
    gate:
      binds: wording
      meaning: approve
      reviewers: { role: leader }
      exclude: [initiator]
      quorum: { approve: 2 }
      independentView: true
    on:
      approved: { target: issued, assign: { wording: proposal.wording.summary } }
      returned: drafting
      rejected: closed
  issued: { type: final }
  closed: { type: final, output: { result: "'rejected'" } }
`);

const view = (standing: Standing, actor: ActorSnapshot, text = 'Too long by half.', opened?: number) =>
  stimulus(
    {
      kind: 'view',
      gate: 'approving',
      opened: opened ?? standing.state.gates.approving?.opened ?? 0,
      text,
      roster,
    },
    actor,
  );
const asked = (standing: Standing, given: ReturnType<typeof view>) => next(standing, given, process);
const decide = (
  standing: Standing,
  actor: ActorSnapshot,
  verdict: 'approve' | 'reject' | 'recuse' = 'approve',
) => next(standing, decision(standing.state, 'approving', actor, verdict, { reason: 'Because.' }), process);

const opened = walk([start(), ({ state }) => proposal(state, 'drafting')], process).standing;
const heard = walk(
  [start(), ({ state }) => proposal(state, 'drafting'), (at) => view(at, ann)],
  process,
).standing;

test('P3: nobody decides before they have said what they think; who steps back need say nothing', () => {
  expect(codeOf(decide(opened, ann))).toBe('view-required');
  expect(codeOf(decide(opened, ann, 'reject'))).toBe('view-required');
  expect(codeOf(decide(opened, ann, 'recuse'))).toBe('step');
  expect(codeOf(decide(heard, ann))).toBe('step');
  expect(codeOf(decide(heard, bo))).toBe('view-required');
});

test('P1: a view is one entry, moves nothing, and stays with the decision that follows', () => {
  const step = stepOf(asked(opened, view(opened, ann)));
  expect(step.entry).toMatchObject({ kind: 'view', event: 'approving', seq: 3, to: ['approving'] });
  expect(JSON.stringify(step.entry)).not.toContain('Too long');
  expect(step.taken).toEqual([]);
  expect(step.effects).toEqual([]);
  expect(step.state.gates.approving).toMatchObject({
    subject: opened.state.gates.approving?.subject,
    decisions: [],
    views: [{ person: 'person:ann', text: 'Too long by half.', seq: 3 }],
  });
  const decided = stepOf(decide(heard, ann));
  expect(decided.state.gates.approving?.decisions).toMatchObject([{ person: 'person:ann', view: 3 }]);
});

test('P9: only a reviewer of this opening gives a view, once, with words in it', () => {
  const codes = (actor: ActorSnapshot, text?: string, at?: number) =>
    codeOf(asked(opened, view(opened, actor, text, at)));
  expect(codes(agent)).toBe('people-only');
  expect(codes(officer)).toBe('not-allowed');
  expect(codes(ann, ' \n')).toBe('bad-input');
  expect(codes(ann, 'x'.repeat(longestView + 1))).toBe('bad-input');
  expect(codes(ann, 'x', 1)).toBe('stale');
  expect(codeOf(asked(heard, view(heard, ann, 'Something else.')))).toBe('already-decided');
  const secondAccount = { ...ann, principal: 'person:ann-2' };
  expect(codeOf(asked(heard, view(heard, secondAccount)))).toBe('already-decided');
});

test('P4: the second look counts no approval of somebody who was not heard', () => {
  const { standing } = walk(
    [
      start(),
      ({ state }) => proposal(state, 'drafting'),
      (at) => view(at, ann),
      ({ state }) => decision(state, 'approving', ann),
      (at) => view(at, bo),
    ],
    process,
  );
  const approval = decision(standing.state, 'approving', bo);
  const step = stepOf(next(standing, approval, process));
  expect(step.entry.gate?.outcome).toBe('approved');
  const open = standing.state.gates.approving;
  if (open === undefined) throw new Error('The gate is closed.');
  const unheard = {
    ...standing.state,
    gates: { approving: { ...open, views: open.views?.slice(0, 1) ?? [] } },
  };
  const { principal, person } = bo;
  const last = {
    principal,
    person,
    verdict: 'approve',
    reason: null,
    digest: '',
    seq: 6,
    time: approval.time,
  } as const;
  const judge = (before: typeof standing.state) =>
    checkOversight({ process, instance, stimulus: approval }, before, step.state, {
      taken: step.taken,
      decision: last,
    });
  expect(judge(standing.state)).toBeNull();
  expect(judge(unheard)?.code).toBe('not-countersigned');
});

test('a proposal is out of sight from when it is handed in until the reviewer was heard, or the gate passed', () => {
  const hidden = (state: Standing['state'], who = ann) => [...gatesBeforeSight(process, state, who.person)];
  const asking = walk([start()], process).standing.state;
  expect(hidden(asking)).toEqual([]);
  expect(hidden(opened.state)).toEqual([['approving', 'wording']]);
  expect(hidden(heard.state)).toEqual([]);
  expect(hidden(heard.state, bo)).toEqual([['approving', 'wording']]);
  const steppedBack = stepOf(decide(heard, bo, 'recuse')).state;
  expect(hidden(steppedBack, bo)).toEqual([]);
  const over = stepOf(decide(heard, ann, 'reject')).state;
  expect([over.status, hidden(over, bo)]).toEqual(['done', []]);
});

test('P3: who decides in a seat that was passed on to them says themselves what they think', () => {
  const deputy = {
    ...leaders[2],
    principal: 'person:zed',
    person: 'person:zed',
    onBehalfOf: bo.person,
  } as const;
  const given = view(opened, deputy as ActorSnapshot);
  expect(codeOf(decide(opened, deputy as ActorSnapshot))).toBe('view-required');
  const after = stepOf(asked(opened, given));
  expect(after.state.gates.approving?.views).toMatchObject([{ person: 'person:zed' }]);
  const standing = { seq: after.entry.seq, state: after.state };
  expect(codeOf(decide(standing, deputy as ActorSnapshot))).toBe('step');
  // What the deputy said is not what the one they act for thinks.
  expect(codeOf(decide(standing, bo))).toBe('view-required');
});
