/** Several proposals for one step, in the pure core: what the second look refuses, and what a migration waits for. */
import { expect, test } from 'vitest';
import { problemOfCandidates } from '../../../engine/oversight/check-candidates.ts';
import { checkOversight } from '../../../engine/oversight/check-oversight.ts';
import type { ActorSnapshot } from '../../../engine/oversight/directory.ts';
import { nextStep, type Standing } from '../../../engine/step/next-step.ts';
import { replayInstance } from '../../../engine/step/replay-instance.ts';
import type { Step } from '../../../engine/step/step.ts';
import type { Stimulus } from '../../../engine/step/stimulus.ts';
import type { HeldProposal, StoredState } from '../../../engine/step/stored-state.ts';
import { verifyInstance } from '../../../engine/step/verify-instance.ts';
import { lintDefinition } from '../../../engine/verify/lint-definition.ts';
import { severalDefinition } from '../../support/several-definition.ts';
import { codeOf, instance, stepOf, walk } from './support/office.ts';
import {
  agent,
  decision,
  engine,
  leaders,
  officer,
  person,
  proposal,
  start,
  stimulus,
} from './support/people.ts';
import { record } from './support/record.ts';
import { changed, migrate, version } from './support/versions.ts';

const text = severalDefinition('test').slice(severalDefinition('test').indexOf('decisions:'));
const own = version(`start: { allow: { role: officer } }\n${text}`.replace('drafting-agent', 'drafter'));
const { process } = own;
const members = leaders.map((one): ActorSnapshot => ({ ...one, roles: ['member'] }));
const [ann, bo, cai] = members as [ActorSnapshot, ActorSnapshot, ActorSnapshot];
const second: ActorSnapshot = { ...agent, principal: 'agent:quill', person: 'agent:quill' };
const third: ActorSnapshot = { ...agent, principal: 'agent:chalk', person: 'agent:chalk' };

const begin = start({ topic: 'A' });
const propose =
  (actor: ActorSnapshot, operator: string | null = null) =>
  ({ state }: Standing): Stimulus =>
    proposal(state, 'drafting', { payload: { text: `by ${actor.principal}` }, operator }, actor);
const approve =
  (actor: ActorSnapshot, choice: (state: StoredState) => string | undefined) =>
  ({ state }: Standing): Stimulus => {
    const given = decision(state, 'considering', actor);
    const digest = choice(state);
    return digest === undefined
      ? given
      : { ...given, body: { ...given.body, choice: digest } as Stimulus['body'] };
  };
const digestOf = (by: ActorSnapshot) => (state: StoredState) =>
  state.candidates?.wording?.find(({ proposer }) => proposer === by.principal)?.digest;

const waiting = walk([begin, propose(agent), propose(second)], process).standing;
const choosing = walk([begin, propose(agent), propose(second), propose(third)], process).standing;
const half = walk(
  [begin, propose(agent), propose(second), propose(third), approve(ann, digestOf(second))],
  process,
);
const settled = walk(
  [
    begin,
    propose(agent),
    propose(second),
    propose(third),
    approve(ann, digestOf(second)),
    approve(bo, digestOf(second)),
  ],
  process,
);

test('P7: what several agents proposed, and people chose, replays to the same state', () => {
  expect(choosing.state.candidates?.wording).toHaveLength(3);
  expect(choosing.state.proposals).toEqual({});
  const { state } = settled.standing;
  expect(state).not.toHaveProperty('candidates');
  expect(state.proposals.wording).toMatchObject({
    proposer: 'agent:quill',
    acts: ['consider'],
    status: 'live',
  });
  const onTrial = record(settled.steps, process);
  expect(verifyInstance(onTrial)).toEqual([]);
  const last = [...replayInstance(process, onTrial.entries)].at(-1);
  expect(last?.result).toMatchObject({ kind: 'step', state });
});

test('one agent, and one operator, is heard once', () => {
  const again = (given: Stimulus) => codeOf(nextStep(process, instance, waiting, given));
  expect(again(propose(agent)(waiting))).toBe('already-proposed');
  const operated = walk([begin, propose(agent, 'person:x')], process).standing;
  const twin = propose(second, 'person:x')(operated);
  expect(codeOf(nextStep(process, instance, operated, twin))).toBe('already-proposed');
});

const at = (given: Stimulus) => ({ process, instance, stimulus: given });
const one = (state: StoredState, place = 0): HeldProposal => {
  const found = state.candidates?.wording?.[place];
  if (found === undefined) throw new Error('There is no such candidate.');
  return found;
};

test('P2: the second look lets nothing among several proposals that no agent handed in, and loses none', () => {
  const arrival = propose(third)(waiting);
  const { state } = stepOf(nextStep(process, instance, waiting, arrival));
  const judge = (after: StoredState, given = arrival, before = waiting.state) =>
    problemOfCandidates(at(given), before, after);
  expect(judge(state)).toBeNull();
  const among = (candidates: readonly HeldProposal[]): StoredState => ({
    ...state,
    candidates: { wording: candidates },
  });
  const all = state.candidates?.wording ?? [];
  const forged = { ...one(state), payload: { text: 'another' } };
  for (const wrong of [
    [forged, ...all.slice(1)],
    [{ ...one(state), acts: ['consider' as const] }, ...all.slice(1)],
    [{ ...one(state), status: 'approved' as const }, ...all.slice(1)],
    [one(state), one(state)],
    [one(state)],
  ])
    expect(judge(among(wrong))).toContain('not those that agents handed in');
  const timer = stimulus({ kind: 'timer', timer: 'timeout:drafting', set: 1 }, engine);
  expect(judge(state, timer)).toContain('not those that agents handed in');
  expect(judge({ ...state, proposals: { wording: one(state) } })).toContain('stand beside');
  const { candidates: _gone, ...without } = choosing.state;
  expect(judge(without, approve(ann, digestOf(agent))(choosing), choosing.state)).toContain('would vanish');
  const asked = waiting.state.requests.drafting;
  const held = asked?.candidates?.[0];
  if (asked === undefined || held === undefined) throw new Error('Nothing waits.');
  const requests = (candidates: readonly HeldProposal[]): StoredState => ({
    ...waiting.state,
    requests: { drafting: { ...asked, candidates } },
  });
  expect(judge(requests([]))).toContain('would be another');
  expect(judge(requests([...(asked.candidates ?? []), held, held]))).toContain('more would be handed in');
  expect(judge(requests([...(asked.candidates ?? []), held]))).toContain('other than live and from an agent');
});

test('P2: the second look takes all that came, and takes the end of no other time for that of the request', () => {
  const told = (timer: string, set: number, time: string) =>
    stimulus({ kind: 'timer', timer, set }, engine, time);
  const due = told('timeout:drafting', 1, '2026-01-05T08:10:00.000Z');
  const judge = (after: StoredState, given: Stimulus, before = waiting.state) =>
    checkOversight(at(given), before, after, { taken: [], decision: null })?.message ?? null;
  const { state } = stepOf(nextStep(process, instance, waiting, due));
  expect(judge(state, due)).toBeNull();
  for (const other of [
    told('timeout:drafting', 1, '2026-01-05T08:09:59.000Z'),
    told('timeout:drafting', 2, '2026-01-05T08:10:00.000Z'),
    told('timeout:approving', 1, '2026-01-05T08:10:00.000Z'),
    told('xstate.after.1.drafting', 1, '2026-01-05T08:10:00.000Z'),
    propose(third)(waiting),
  ])
    expect(judge(state, other)).toContain('not those that agents handed in');
  // Nor while the request goes on waiting, nor where fewer came than must.
  expect(judge({ ...state, requests: waiting.state.requests }, due)).toContain(
    'not those that agents handed in',
  );
  const strict = version(
    `start: { allow: { role: officer } }\n${text}`
      .replace('drafting-agent', 'drafter')
      .replace('atLeast: 1', 'atLeast: 3'),
  ).process;
  const demanding = { ...at(due), process: strict };
  expect(problemOfCandidates(demanding, waiting.state, state)).toContain('not those that agents handed in');
  // Of two that came, one alone.
  const { candidates, ...without } = state;
  const only = one({ ...without, candidates: candidates ?? {} });
  expect(judge({ ...without, proposals: { wording: only } }, due)).toContain(
    'other than live and from an agent',
  );
  // Two of three, by the one who came last.
  const arrival = propose(third)(waiting);
  const full = stepOf(nextStep(process, instance, waiting, arrival)).state;
  const all = full.candidates?.wording ?? [];
  expect(judge(full, arrival)).toBeNull();
  for (const left of all)
    expect(
      judge({ ...full, candidates: { wording: all.filter((candidate) => candidate !== left) } }, arrival),
    ).toContain('not those that agents handed in');
  const last = all.find(({ proposer }) => proposer === third.principal);
  if (last === undefined) throw new Error('The last is not among them.');
  expect(judge({ ...without, proposals: { wording: last } }, arrival)).toContain('other than live');
  // And before as many have come as may, nothing is chosen among by an answer.
  const early = propose(second)(walk([begin, propose(agent)], process).standing);
  const before = walk([begin, propose(agent)], process).standing.state;
  expect(judge(state, early, before)).toContain('not those that agents handed in');
});

test('P2: the second look counts approvals of the chosen one alone, and nothing is chosen without them', () => {
  const given = approve(bo, digestOf(second))(half.standing);
  const step = stepOf(nextStep(process, instance, half.standing, given));
  const made = settled.standing.state.proposals.wording;
  const before = half.standing.state;
  if (made === undefined) throw new Error('Nothing was chosen.');
  const open = before.gates.considering;
  const last = {
    ...(open?.decisions[0] ?? {}),
    person: bo.person,
    principal: bo.principal,
    choice: made.digest,
  };
  const judge = (after: StoredState, choice = made.digest) =>
    checkOversight(at(given), before, after, { taken: step.taken, decision: { ...last, choice } as never })
      ?.message ?? null;
  const other = before.candidates?.wording?.find(({ digest }) => digest !== made.digest);
  const chosen = (held: object): StoredState => ({
    ...step.state,
    proposals: { wording: { ...made, ...held } },
  });
  expect(judge(step.state)).toBeNull();
  expect(judge(chosen({ ...other }))).toContain('was not approved by enough');
  expect(judge(step.state, other?.digest)).toContain('was not approved by enough');
  expect(judge(chosen({ passedOver: [] }))).toContain('would be forgotten');
  expect(judge(chosen({ payload: { text: 'another' } }))).toContain('is not the one that was handed in');
  expect(judge(chosen({ status: 'approved' }))).toContain('lacks an act');
  expect(judge({ ...before, proposals: {} })).toContain('was not approved by enough');
});

test('P4: the end of the time makes one proposal or several of what came, all of them live', () => {
  const due = stimulus(
    { kind: 'timer', timer: 'timeout:drafting', set: 1 },
    engine,
    '2026-01-05T08:10:00.000Z',
  );
  const after = stepOf(nextStep(process, instance, waiting, due)).state;
  expect(after.candidates?.wording?.map(({ status }) => status)).toEqual(['live', 'live']);
  const single = walk([begin, propose(agent)], process).standing;
  const { state } = stepOf(nextStep(process, instance, single, due));
  expect(state).not.toHaveProperty('candidates');
  expect(state.proposals.wording).toMatchObject({ status: 'live', acts: [] });
  const none = walk([begin], process).standing;
  expect(stepOf(nextStep(process, instance, none, due)).state.value).toBe('stuck');
});

test('P4: a migration waits until agents have handed in and people have chosen', () => {
  const newer = version(
    changed(`start: { allow: { role: officer } }\n${text}`.replace('drafting-agent', 'drafter'), [
      'PT10M',
      'PT20M',
    ]),
  );
  const reason = (standing: Standing) => {
    const result = migrate(standing, own, newer);
    return result.kind === 'refusal' ? `${result.code}: ${result.message}` : 'moved';
  };
  expect(reason(waiting)).toMatch(/^not-possible-here: Agents have handed in/);
  expect(reason(choosing)).toMatch(/^not-countersigned: It holds several proposals of "wording"/);
  expect(reason(walk([begin], process).standing)).toBe('moved');
  const moved = migrate(settled.standing, own, newer) as Step;
  expect(moved.state.proposals.wording?.passedOver).toHaveLength(2);
});

test('P3: who operates any of them decides on none of them', () => {
  const operated = walk(
    [begin, propose(agent), propose(second, cai.person), propose(third)],
    process,
  ).standing;
  const refused = nextStep(process, instance, operated, approve(cai, digestOf(agent))(operated));
  expect(codeOf(refused)).toBe('own-proposal');
  expect(codeOf(nextStep(process, instance, operated, approve(officer, digestOf(agent))(operated)))).toBe(
    'not-allowed',
  );
  expect(person('x').principal).toBe('person:x');
});

test.each([
  [['atLeast: 1', 'atLeast: 4'], 'several-proposals', /Make "atLeast" at most "atMost"/],
  [['      timeout: PT10M\n', ''], 'several-proposals', /Add "timeout"/],
] as const)('what could not end is refused (%#)', (change, code, says) => {
  const { findings } = lintDefinition(changed(severalDefinition(), change), 'x.yaml');
  const found = findings.filter(({ severity }) => severity === 'error');
  expect(found).toMatchObject([{ code, message: expect.stringMatching(says) }]);
});

test('a secret ballot may follow where an open one has chosen', () => {
  const voted = changed(severalDefinition(), [
    'reviewers: { role: leader }, exclude: [initiator] }',
    'reviewers: { role: leader }, ballot: secret, quorum: { approve: all, of: members } }',
  ]);
  const { findings } = lintDefinition(voted, 'x.yaml');
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});
