import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GateOutcome } from '../../../engine/definition/compiled-process.ts';
import { approvalsNeeded, tallyGate, type Vote } from '../../../engine/oversight/quorum.ts';
import type { RecordedVerdict as Verdict } from '../../../engine/step/stimulus.ts';
import type { Gate } from '../../../schemas/process-definition.ts';

type Approve = NonNullable<Gate['quorum']>['approve'];
const gate = (approve?: Approve): Gate => ({
  meaning: 'approve',
  reviewers: { role: 'leader' },
  ...(approve === undefined
    ? {}
    : { quorum: typeof approve === 'number' ? { approve } : { approve, of: 'members' } }),
});
const people = (count: number) => Array.from({ length: count }, (_, index) => `person:p${index}`);
const all: ReadonlySet<GateOutcome> = new Set(['approved', 'rejected', 'returned']);
const votes = (...verdicts: Verdict[]): Vote[] =>
  verdicts.map((verdict, index) => ({ person: `person:p${index}`, verdict }));
const outcome = (
  approve: Approve | undefined,
  members: number,
  given: Vote[],
  excluded: string[] = [],
  handles = all,
) => tallyGate(gate(approve), given, electorate(members, excluded, handles)).outcome;
const electorate = (members: number, excluded: string[] = [], handles = all, ofAllMembers = false) => ({
  roster: people(members),
  excluded: new Set(excluded),
  handles,
  ofAllMembers,
});
const votesCast = (approve: Approve, present: Approve): Gate => ({
  ...gate(),
  quorum: { approve, of: 'votes-cast', present },
});

test('one approval is enough where the gate says nothing', () => {
  expect(outcome(undefined, 3, votes('approve'))).toBe('approved');
});

test('with a number, the first rejection rejects and the first return returns', () => {
  expect(outcome(2, 5, votes('approve'))).toBeNull();
  expect(outcome(2, 5, votes('approve', 'reject'))).toBe('rejected');
  expect(outcome(2, 5, votes('approve', 'return'))).toBe('returned');
  expect(outcome(2, 5, votes('approve', 'approve'))).toBe('approved');
});

test('a share is counted over all members, not over those who voted', () => {
  expect([1, 2, 3, 4, 5].map((members) => approvalsNeeded(gate('more-than-half'), members))).toEqual([
    1, 2, 2, 3, 3,
  ]);
  expect([1, 2, 3, 4, 5].map((members) => approvalsNeeded(gate('two-thirds'), members))).toEqual([
    1, 2, 2, 3, 4,
  ]);
  expect(approvalsNeeded(gate('all'), 4)).toBe(4);
  expect(outcome('more-than-half', 5, votes('approve', 'approve'))).toBeNull();
  expect(outcome('more-than-half', 5, votes('approve', 'approve', 'approve'))).toBe('approved');
});

test('half of the members is not more than half', () => {
  expect(outcome('more-than-half', 4, votes('approve', 'approve', 'reject'))).toBeNull();
  expect(outcome('more-than-half', 4, votes('approve', 'approve', 'reject', 'reject'))).toBe('rejected');
});

test('nobody at all is not everybody', () => {
  for (const share of ['more-than-half', 'two-thirds', 'all'] as const) {
    expect(approvalsNeeded(gate(share), 0)).toBe(1);
    expect(outcome(share, 0, [])).not.toBe('approved');
  }
});

test('a collective vote goes on after a rejection while approval can still be reached', () => {
  expect(outcome('more-than-half', 5, votes('reject', 'reject'))).toBeNull();
  expect(outcome('more-than-half', 5, votes('reject', 'reject', 'reject'))).toBe('rejected');
});

test('when approval is out of reach, returns that are no fewer than rejections return it, where the gate can', () => {
  expect(outcome('more-than-half', 5, votes('return', 'reject', 'return'))).toBe('returned');
  expect(outcome('all', 3, votes('return', 'reject'))).toBe('returned');
  expect(outcome('all', 3, votes('return'), [], new Set(['approved', 'rejected']))).toBe('rejected');
});

test('P3: an excluded member still counts as a member, but not as an approval', () => {
  expect(outcome('all', 2, votes('approve'), ['person:p1'])).not.toBe('approved');
  expect(outcome(1, 2, [{ person: 'person:p1', verdict: 'approve' }], ['person:p1'])).toBeNull();
});

test('P3: one person counts once, and only while they are a member', () => {
  const twice: Vote[] = [
    { person: 'person:p0', verdict: 'approve' },
    { person: 'person:p0', verdict: 'approve' },
  ];
  expect(outcome(2, 3, twice)).toBeNull();
  expect(outcome(2, 3, [...votes('approve'), { person: 'person:gone', verdict: 'approve' }])).toBeNull();
});

test('who abstains is present and does not approve', () => {
  expect(outcome('more-than-half', 4, votes('approve', 'approve', 'abstain'))).toBeNull();
  expect(outcome('more-than-half', 4, votes('approve', 'approve', 'abstain', 'abstain'))).toBe('rejected');
  const attended = votesCast('more-than-half', 'more-than-half');
  expect(tallyGate(attended, votes('approve', 'abstain', 'approve'), electorate(5)).outcome).toBe('approved');
  expect(tallyGate(attended, votes('approve', 'abstain', 'abstain'), electorate(5)).outcome).toBe('rejected');
});

test('who recuses themself is no member any more, except where the decision is on a person', () => {
  expect(outcome('more-than-half', 4, votes('recuse', 'approve', 'approve'))).toBe('approved');
  const onAPerson = electorate(4, [], all, true);
  const standing = tallyGate(gate('more-than-half'), votes('recuse', 'approve', 'approve'), onAPerson);
  expect(standing).toMatchObject({ outcome: null, members: 4, needed: 3, recused: 1, present: 2 });
});

test('a number is never met, rejected or returned by those who abstain or step back: others have to be found', () => {
  const standing = tallyGate(gate(1), votes('recuse', 'abstain'), electorate(2));
  expect(standing).toMatchObject({ outcome: null, reachable: false });
  expect(tallyGate(gate(1), votes('recuse', 'abstain'), electorate(3))).toMatchObject({ reachable: true });
});

test('the votes cast are counted once, when as many have voted as must be present', () => {
  const half = votesCast('more-than-half', 3);
  expect(tallyGate(half, votes('approve', 'approve'), electorate(9)).outcome).toBeNull();
  expect(tallyGate(half, votes('approve', 'approve', 'reject'), electorate(9)).outcome).toBe('approved');
  expect(tallyGate(half, votes('approve', 'return', 'return'), electorate(9)).outcome).toBe('returned');
  expect(tallyGate(half, votes('recuse', 'approve', 'approve'), electorate(9)).outcome).toBeNull();
});

test('where so many cannot be present any more, the vote has not carried', () => {
  const half = votesCast('more-than-half', 3);
  expect(tallyGate(half, votes('approve', 'recuse'), electorate(3)).outcome).toBe('rejected');
});

test('with a rule on who is present, nothing comes of it before', () => {
  const attended: Gate = { ...gate(), quorum: { approve: 1, present: 2 } };
  expect(tallyGate(attended, votes('approve'), electorate(3)).outcome).toBeNull();
  expect(tallyGate(attended, votes('reject'), electorate(3)).outcome).toBeNull();
  expect(tallyGate(attended, votes('approve', 'abstain'), electorate(3)).outcome).toBe('approved');
  expect(tallyGate(attended, votes('approve', 'reject'), electorate(3)).outcome).toBe('rejected');
});

const verdict = fc.constantFrom<Verdict>('approve', 'approve', 'reject', 'return', 'abstain', 'recuse');
const vote = fc.record({ person: fc.integer({ min: 0, max: 8 }).map((n) => `person:p${n}`), verdict });
const share = fc.constantFrom<Approve>(1, 2, 3, 'more-than-half', 'two-thirds', 'all');
const quorum = fc.oneof(
  fc.record({ approve: share }),
  fc.record({ approve: share, present: share }),
  fc.record({ approve: share, of: fc.constant('members' as const) }),
  fc.record({ approve: share, of: fc.constant('votes-cast' as const), present: share }),
);
/** Counted on one's fingers: who is there, who is for it, and how many that has to be. */
function counted(rule: Gate['quorum'], given: Vote[], members: number, excluded: string[], stays: boolean) {
  const first = new Map(given.toReversed().map((one) => [one.person, one.verdict]));
  const mayDecide = people(members).filter((one) => !excluded.includes(one));
  const those = (...wanted: Verdict[]) => {
    return mayDecide.filter((one) => wanted.includes(first.get(one) ?? ('none' as Verdict)));
  };
  const fraction = (of: Approve | undefined, whole: number) => {
    if (of === undefined) return 0;
    if (of === 'all') return Math.max(whole, 1);
    if (of === 'two-thirds') return Math.max(1, whole - Math.floor(whole / 3));
    return of === 'more-than-half' ? whole - Math.ceil(whole / 2) + 1 : of;
  };
  const whole = members - (stays ? 0 : those('recuse').length);
  const cast = those('approve', 'reject', 'return', 'abstain').length;
  return {
    approving: those('approve').length,
    objecting: those('reject', 'return').length,
    cast,
    presentNeeded: fraction(rule?.present, whole),
    needed: fraction(rule?.approve, rule?.of === 'votes-cast' ? cast : whole),
    waiting: mayDecide.filter((one) => !first.has(one)).length,
  };
}

test('P4: it is approved exactly when enough distinct members approve, of those whom the rule counts', () => {
  fc.assert(
    fc.property(
      quorum,
      fc.nat(7),
      fc.array(vote),
      fc.array(fc.nat(7), { maxLength: 3 }),
      fc.boolean(),
      (rule, members, given, out, stays) => {
        const excluded = out.map((n) => `person:p${n}`);
        const one: Gate = { ...gate(), quorum: rule };
        const result = tallyGate(one, given, electorate(members, excluded, all, stays));
        const naive = counted(rule, given, members, excluded, stays);
        const carried = naive.cast >= naive.presentNeeded && naive.approving >= naive.needed;
        const stopped = typeof rule.approve === 'number' && naive.objecting > 0;
        expect(result.outcome === 'approved').toBe(carried && !stopped);
      },
    ),
    { numRuns: 500 },
  );
});

test('a collective vote closes without approval exactly when no further vote could carry it', () => {
  const collective = fc.constantFrom<Approve>('more-than-half', 'two-thirds', 'all');
  const rules = fc.oneof(
    fc.record({ approve: collective, of: fc.constant('members' as const) }),
    fc.record({ approve: collective, of: fc.constant('members' as const), present: share }),
  );
  fc.assert(
    fc.property(rules, fc.nat(7), fc.array(vote), (rule, members, given) => {
      const one: Gate = { ...gate(), quorum: rule };
      const result = tallyGate(one, given, electorate(members));
      const voted = new Set(given.map(({ person }) => person));
      const rest = people(members).filter((person) => !voted.has(person));
      const allFor = rest.map((person): Vote => ({ person, verdict: 'approve' }));
      const best = counted(rule, [...given, ...allFor], members, [], false);
      const couldCarry = best.cast >= best.presentNeeded && best.approving >= best.needed;
      if (couldCarry) expect(['approved', null]).toContain(result.outcome);
      const now = counted(rule, given, members, [], false);
      const attended = now.cast >= now.presentNeeded || best.cast < best.presentNeeded;
      if (!couldCarry && attended) expect(['rejected', 'returned']).toContain(result.outcome);
    }),
    { numRuns: 500 },
  );
});

const choices = ['one', 'two', 'three'];
const votesFor = (...given: (string | Verdict)[]): Vote[] =>
  given.map((one, at) => ({
    person: `person:p${at}`,
    ...(choices.includes(one) ? { verdict: 'approve' as const, choice: one } : { verdict: one as Verdict }),
  }));

test('P2: of several proposals split votes do not add up', () => {
  const tally = (approve: Approve, members: number, ...given: (string | Verdict)[]) =>
    tallyGate(gate(approve), votesFor(...given), electorate(members));
  expect(tally(2, 4, 'one', 'two')).toMatchObject({
    outcome: null,
    chosen: null,
    approved: 1,
    reachable: true,
  });
  expect(tally(2, 4, 'one', 'two', 'two')).toMatchObject({ outcome: 'approved', chosen: 'two', approved: 2 });
  // Nobody is left who could make it two of one: without an objection from anybody it goes back.
  expect(tally(2, 3, 'one', 'two', 'three')).toMatchObject({ outcome: 'returned', chosen: null });
  expect(tally('more-than-half', 5, 'one', 'one', 'two', 'two').outcome).toBeNull();
  expect(tally('more-than-half', 5, 'one', 'one', 'two', 'two', 'three').outcome).toBe('returned');
  expect(tally('more-than-half', 5, 'one', 'two', 'reject', 'reject', 'reject').outcome).toBe('rejected');
  expect(tally('more-than-half', 5, 'one', 'two', 'one', 'abstain', 'one')).toMatchObject({ chosen: 'one' });
});

test('P2, P4: it is approved only with the whole quorum for exactly the chosen one, and closes when none can have it', () => {
  const cast = fc.oneof(
    fc.constantFrom(...choices),
    fc.constantFrom<Verdict>('reject', 'return', 'abstain', 'recuse'),
  );
  fc.assert(
    fc.property(quorum, fc.nat(7), fc.array(cast, { maxLength: 7 }), (rule, members, given) => {
      const one: Gate = { ...gate(), quorum: rule };
      const all = votesFor(...given).filter((_, at) => at < members);
      const result = tallyGate(one, all, electorate(members));
      // As if whoever approved another one had only been present.
      const alone = (chosen: string, more: readonly Vote[] = []) => {
        const votes = [...all, ...more].map(
          (vote): Vote =>
            vote.verdict === 'approve' && vote.choice !== chosen
              ? { person: vote.person, verdict: 'abstain' }
              : vote,
        );
        return tallyGate(one, votes, electorate(members)).outcome;
      };
      if (result.outcome === 'approved') expect(alone(result.chosen ?? '')).toBe('approved');
      else expect(choices.filter((choice) => alone(choice) === 'approved').length).not.toBe(1);
      expect(result.outcome === 'approved').toBe(result.chosen !== null);
      // Nothing comes of anything before as many have voted as must be present.
      if (result.outcome !== null || result.present < result.presentNeeded) return;
      const waiting = people(members).slice(all.length);
      const couldBe = choices.some(
        (choice) =>
          alone(
            choice,
            waiting.map((person) => ({ person, verdict: 'approve', choice })),
          ) === 'approved',
      );
      const isSplit = all.filter(({ verdict }) => verdict === 'approve').length > result.approved;
      if (isSplit) expect(couldBe).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
