import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { GateOutcome } from '../../../engine/definition/compiled-process.ts';
import { approvalsNeeded, tallyGate, type Vote } from '../../../engine/oversight/quorum.ts';
import type { Verdict } from '../../../engine/step/stimulus.ts';
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
) =>
  tallyGate(gate(approve), given, { roster: people(members), excluded: new Set(excluded), handles }).outcome;

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

test('P4: no count gives approved without enough distinct members who approve', () => {
  const verdict = fc.constantFrom<Verdict>('approve', 'reject', 'return');
  const vote = fc.record({ person: fc.integer({ min: 0, max: 8 }).map((n) => `person:p${n}`), verdict });
  const approve = fc.constantFrom<Approve>(1, 2, 3, 'more-than-half', 'two-thirds', 'all');
  fc.assert(
    fc.property(approve, fc.nat(7), fc.array(vote), fc.array(fc.nat(7)), (share, members, given, out) => {
      const excluded = out.map((n) => `person:p${n}`);
      const result = tallyGate(gate(share), given, {
        roster: people(members),
        excluded: new Set(excluded),
        handles: all,
      });
      if (result.outcome !== 'approved') return;
      const first = new Map<string, Verdict>();
      for (const { person, verdict: one } of given) if (!first.has(person)) first.set(person, one);
      const behind = people(members).filter((one) => !excluded.includes(one) && first.get(one) === 'approve');
      expect(behind.length).toBeGreaterThanOrEqual(approvalsNeeded(gate(share), members));
    }),
  );
});
