import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approvalsNeeded, presenceNeeded } from '../../../engine/oversight/quorum.ts';
import { withoutLost } from '../../../engine/step/count-ballots.ts';
import type { Standing } from '../../../engine/step/next-step.ts';
import { sealBallot } from '../../../engine/step/seal-ballot.ts';
import type { Ballot, RecordedVerdict, Stimulus } from '../../../engine/step/stimulus.ts';
import { verifyInstance } from '../../../engine/step/verify-instance.ts';
import { codeOf, compile, next, stepOf, walk } from './support/office.ts';
import {
  agent,
  event,
  leaders,
  person,
  roster,
  service,
  start,
  startTime,
  stimulus,
} from './support/people.ts';
import { record } from './support/record.ts';

const voteOf = (
  quorum: string,
  ballot = 'secret',
  remarks = 'remarks: { type: string }',
  [carried, lost, asking] = ['', '', ''],
) =>
  compile(`
context: { type: object, additionalProperties: false, properties: { ${remarks}, text: { type: string, maxLength: 60 } } }
start: { allow: { role: officer } }
initial: voting
states:
  voting:
    gate: { meaning: approve, reviewers: { role: leader }, quorum: ${quorum}, ballot: ${ballot}, due: P1D }
    on:
      approved: { target: carried, assign: { remarks: gate.remarks } }
      rejected: { target: lost, assign: { remarks: gate.remarks } }
      returned: { target: asking, assign: { remarks: gate.remarks } }
  asking: { on: { again: { allow: { role: officer }, target: voting } }${asking} }
  carried: { type: final${carried} }
  lost: { type: final${lost}, output: { result: "'rejected'" } }
`);
const ofMembers = voteOf('{ approve: more-than-half, of: members }');
const ofAll = (remarks?: string, entries?: [string, string, string]) =>
  voteOf('{ approve: more-than-half, of: members }', 'secret', remarks, entries);
const late = '2026-01-07T08:00:00.000Z';

const sealed =
  (at: number, verdict: RecordedVerdict = 'sealed', ballot: string | null = String(at).repeat(64)) =>
  ({ state }: Standing): Stimulus => {
    const { opened = -1, subject = '' } = state.gates.voting ?? {};
    const told = { kind: 'decision', gate: 'voting', opened, subject, verdict } as const;
    const reason = verdict === 'recuse' ? 'A relative.' : null;
    const body = { ...told, reason, roster, ...(ballot === null ? {} : { ballot }) };
    return stimulus(body, leaders[at] ?? service);
  };

const ballot = (at: number, verdict: Ballot['verdict'], reason: string | null = null): Ballot => ({
  choice: null,
  mark: null,
  number: String(at).padStart(32, '0'),
  verdict,
  reason,
});

const count =
  (
    ballots: readonly Ballot[],
    more: {
      by?: typeof service;
      time?: string;
      members?: readonly string[];
      subject?: string;
      uncleared?: readonly string[];
    } = {},
  ) =>
  ({ state }: Standing): Stimulus => {
    const { opened = -1, subject = '' } = state.gates.voting ?? {};
    const { by = leaders[0] ?? service, time = startTime, members = roster } = more;
    const body = {
      kind: 'count',
      gate: 'voting',
      opened,
      subject: more.subject ?? subject,
      ballots,
    } as const;
    const uncleared = more.uncleared === undefined ? {} : { uncleared: more.uncleared };
    return stimulus({ ...body, ...uncleared, roster: members }, by, time);
  };

const allVoted = walk([start(), ...leaders.map((_, at) => sealed(at))], ofMembers);
const five = (...verdicts: Ballot['verdict'][]) =>
  verdicts.map((verdict, at) => ballot(at, verdict, `Reason ${5 - at}.`));
const tryCount = (given: ReturnType<typeof count>, at = allVoted.standing) => next(at, given(at), ofMembers);

test('P4: no vote in secret comes to anything by itself, however many there are', () => {
  for (const step of allVoted.steps.slice(1)) {
    expect(step.entry.gate).not.toHaveProperty('outcome');
    expect(step.entry.to).toEqual(['voting']);
  }
  expect(allVoted.standing.state.gates.voting?.decisions.map(({ verdict }) => verdict)).toEqual(
    leaders.map(() => 'sealed'),
  );
});

test('P7: the count is one entry with the numbers and the outcome, and replays to the same state', () => {
  const ballots = five('approve', 'reject', 'approve', 'abstain', 'approve');
  const counted = stepOf(tryCount(count(ballots)));
  expect(counted.entry).toMatchObject({
    kind: 'count',
    to: ['carried'],
    counted: { approved: 3, rejected: 1, returned: 0, abstained: 1, struck: 0, outcome: 'approved' },
  });
  expect(counted.state.context.remarks).toBe('Reason 1.\nReason 3.\nReason 5.');
  expect(verifyInstance(record([...allVoted.steps, counted], ofMembers))).toEqual([]);
});

test.each([
  ['an open verdict where the ballot is secret', 'approve', '0'.repeat(64)],
  ['a sealed vote without what it is committed to', 'sealed', null],
  ['a sealed vote that is committed to no hash', 'sealed', 'approve'],
] as const)('refuses %s', (_, verdict, commitment) => {
  const begun = walk([start()], ofMembers).standing;
  expect(codeOf(next(begun, sealed(0, verdict, commitment)(begun), ofMembers))).toMatch(
    /not-possible-here|bad-input/,
  );
});

test('refuses a sealed vote, and a count, where the ballot is open', () => {
  const openly = voteOf('{ approve: more-than-half, of: members }', 'open');
  const begun = walk([start()], openly).standing;
  expect(codeOf(next(begun, sealed(0)(begun), openly))).toBe('not-possible-here');
  expect(codeOf(next(begun, count([], { time: late })(begun), openly))).toBe('not-possible-here');
});

test('P3: only one of the reviewers counts', () => {
  const ballots = five('approve', 'approve', 'approve', 'approve', 'approve');
  expect(codeOf(tryCount(count(ballots, { by: service })))).toBe('people-only');
  expect(codeOf(tryCount(count(ballots, { by: agent })))).toBe('people-only');
  expect(codeOf(tryCount(count(ballots, { by: person('officer', 'officer') })))).toBe('not-allowed');
});

test('P4: nobody counts while members may vote and have the time to', () => {
  const { standing } = walk([start(), sealed(0), sealed(1, 'recuse', null)], ofMembers);
  const early = tryCount(count([ballot(0, 'approve')]), standing);
  expect(early).toMatchObject({ code: 'not-possible-here', message: expect.stringContaining('3 members') });
  expect(codeOf(tryCount(count([ballot(0, 'approve')], { time: late }), standing))).toBe('step');
  expect(
    codeOf(tryCount(count([ballot(0, 'approve')], { time: late, by: leaders[1] ?? service }), standing)),
  ).toBe('not-allowed');
});

test('P3: nobody counts in the seat of somebody who stepped back', () => {
  const { standing } = walk(
    [start(), sealed(0, 'recuse', null), ...[1, 2, 3, 4].map((at) => sealed(at))],
    ofMembers,
  );
  const [back = service, lent = service] = leaders;
  const ballots = [1, 2, 3, 4].map((at) => ballot(at, 'approve'));
  const inTheirSeat = { ...lent, onBehalfOf: back.person };
  expect(tryCount(count(ballots, { by: inTheirSeat }), standing)).toMatchObject({
    code: 'not-allowed',
    message: `${back.person} stepped back from this gate, so nobody acts in their seat here.`,
  });
  expect(codeOf(tryCount(count(ballots, { by: lent }), standing))).toBe('step');
});

test('P3: whoever is not cleared cannot vote, and is not waited for', () => {
  const { standing } = walk([start(), ...[0, 1, 2, 3].map((at) => sealed(at))], ofMembers);
  const ballots = [0, 1, 2, 3].map((at) => ballot(at, 'approve'));
  expect(codeOf(tryCount(count(ballots), standing))).toBe('not-possible-here');
  expect(codeOf(tryCount(count(ballots, { uncleared: roster.slice(4) }), standing))).toBe('step');
});

test('of all reasons as many go into the data as fit, whole; one that does not fit by itself is refused when it is cast', () => {
  const short = ofAll('remarks: { type: string, maxLength: 21 }');
  const { standing } = walk([start(), ...leaders.map((_, at) => sealed(at))], short);
  const reasons = ['Of the first.', 'Ô.', 'What a long one it is.', 'Third.', 'Yes.'];
  const ballots = reasons.map((reason, at) => ballot(at, at < 4 ? 'reject' : 'approve', reason));
  const step = stepOf(next(standing, count(ballots)(standing), short));
  expect(step.state.context.remarks).toBe('Of the first.\nThird.');
  expect(step.entry.counted).toMatchObject({ rejected: 4, outcome: 'rejected' });
  const drawn = { number: '0'.repeat(32), salt: '0'.repeat(64) };
  const cast = (verdict: Ballot['verdict'], length: number) =>
    sealBallot(short, standing.state, 'voting', { verdict, reason: 'ô'.repeat(length) }, undefined, drawn);
  expect(cast('reject', 21).kind).toBe('sealed');
  expect(cast('reject', 22)).toMatchObject({ code: 'bad-input', issues: [{ at: '/reason' }] });
  expect(cast('abstain', 22).kind).toBe('sealed');
});

test('a count that cannot be applied tells nothing of what the ballots come to', () => {
  const entry = (text: string) => `, entry: { assign: { text: "${text}" } }`;
  const failing = ofAll(undefined, [
    entry('[context.remarks][1]'),
    entry('context.remarks + context.remarks'),
    `, always: { guard: "has(context.remarks)", target: circling } }
  circling: { always: { guard: "has(context.remarks)", target: asking }`,
  ]);
  const { standing } = walk([start(), ...leaders.map((_, at) => sealed(at))], failing);
  const told = (['approve', 'reject', 'return'] as const).map((verdict) => {
    const ballots = five(verdict, verdict, verdict, verdict, verdict);
    return next(standing, count(ballots)(standing), failing);
  });
  expect(told[0]).toMatchObject({
    code: 'not-possible-here',
    message: expect.stringContaining('cannot be applied'),
  });
  expect(told[1]).toEqual(told[0]);
  expect(told[2]).toEqual(told[0]);
});

test('refuses ballots that are not as many as the votes, twice the same, or in another order', () => {
  const [a, b, c, d, e] = five('approve', 'approve', 'approve', 'approve', 'approve') as [
    ...[Ballot, Ballot, Ballot, Ballot, Ballot],
  ];
  for (const wrong of [
    [a, b, c, d],
    [a, b, c, d, d],
    [b, a, c, d, e],
    [a, b, c, d, e, ballot(7, 'approve')],
  ])
    expect(codeOf(tryCount(count(wrong)))).toBe('stale');
  expect(codeOf(tryCount(count([a, b, c, d, e], { subject: '1'.repeat(64) })))).toBe('stale');
});

test('a gate that returned may be voted on anew, and its ballots are others', () => {
  const ballots = five('return', 'return', 'return', 'approve', 'approve');
  const { standing } = walk(
    [start(), ...leaders.map((_, at) => sealed(at)), count(ballots), event('again')],
    ofMembers,
  );
  expect(standing.state.gates.voting?.decisions).toEqual([]);
  expect(codeOf(next(standing, count(ballots)(standing), ofMembers))).toBe('not-possible-here');
});

const verdict = fc.constantFrom<Ballot['verdict']>(
  'approve',
  'approve',
  'approve',
  'reject',
  'return',
  'abstain',
);
const quorums = [
  '{ approve: more-than-half, of: members }',
  '{ approve: two-thirds, of: members, present: two-thirds }',
  '{ approve: all, of: members }',
  '{ approve: more-than-half, of: votes-cast, present: 3 }',
].map((quorum) => voteOf(quorum));

test('P2, P3: it is approved exactly when enough approvals are left once each lost voter cost one', () => {
  const given = fc.record({
    process: fc.constantFrom(...quorums),
    verdicts: fc.array(verdict, { maxLength: 5 }),
    stay: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  });
  fc.assert(
    fc.property(given, ({ process, verdicts, stay }) => {
      const { standing } = walk([start(), ...verdicts.map((_, at) => sealed(at))], process);
      const members = roster.filter((_, at) => at === 4 || stay[at]);
      const ballots = verdicts.map((one, at) => ballot(at, one));
      const by = leaders[4] ?? service;
      const step = stepOf(next(standing, count(ballots, { time: late, members, by })(standing), process));
      const gate = process.gates.get('voting')?.gate;
      if (gate === undefined) throw new Error('There is a gate.');
      const voters = roster.slice(0, verdicts.length);
      const lost = voters.filter((one) => !members.includes(one)).length;
      const cast = voters.length - lost;
      const approvals = verdicts.filter((one) => one === 'approve').length - lost;
      const attended = cast >= presenceNeeded(gate, members.length);
      const of = gate.quorum?.of === 'votes-cast' ? cast : members.length;
      const isApproved = attended && approvals >= approvalsNeeded(gate, of);
      expect(step.entry.counted?.outcome === 'approved').toBe(isApproved);
      expect(step.entry.counted?.struck).toBe(lost);
      expect(step.state.gates).toEqual({});
    }),
  );
});

test('P3: of several proposals each loses an approval for each voter who left, and no other one comes to the front', () => {
  const told = (ballots: ReturnType<typeof withoutLost>) =>
    ballots.map(({ verdict, choice }) => `${verdict} ${choice ?? '-'}`).sort();
  const given = ['x', 'x', 'x', 'y', 'y'].map((choice, at) => ({ ...ballot(at, 'approve'), choice }));
  expect(told(withoutLost(given, 0))).toEqual(told(given));
  expect(told(withoutLost(given, 1))).toEqual(['abstain -', 'approve x', 'approve x', 'approve y']);
  expect(told(withoutLost(given, 2))).toEqual(['abstain -', 'abstain -', 'approve x']);
  expect(told(withoutLost([ballot(0, 'reject'), ballot(1, 'abstain')], 1))).toEqual(['reject -']);
});
