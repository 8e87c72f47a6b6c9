import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { doorRulesOf } from '../../../engine/verify/door-rules.ts';
import { assertFixedAndNew } from '../../support/assert-fixed-and-new.ts';
import { voteDefinition } from '../../support/definitions.ts';
import { analyse } from './support/analyse.ts';
import { explore, type Seen } from './support/explore.ts';
import { randomDefinition } from './support/random-definition.ts';

const shipped = (name: string) =>
  readFileSync(new URL(`../../../processes/${name}.yaml`, import.meta.url), 'utf8');

test('P2: behind the vote of a personnel appointment lies everything that makes it effective', () => {
  const { gates, walls } = doorRulesOf(shipped('personnel-appointment'));
  expect(gates.find(({ gate }) => gate === 'voting')).toMatchObject({
    gate: 'voting',
    binds: 'appointment',
    reviewers: [
      {
        roles: ['standing-committee'],
        positions: null,
        bodies: null,
        principals: null,
        unit: null,
        subunits: false,
        initiator: false,
        narrowed: false,
      },
    ],
    classification: 'normal',
    excludesInitiator: true,
    excludesGates: [],
    approve: 'more-than-half',
    ofVotesCast: false,
    present: null,
    ofAllMembers: true,
  });
  const effective = ['archived', 'issued', 'numbering', 'signing'];
  expect(walls).toContainEqual({
    gates: ['voting'],
    binds: 'appointment',
    behind: effective,
    behindProposal: effective,
  });
});

test('P2: where a summary may also be written by hand, one approval or the other is behind everything numbered', () => {
  const { walls } = doorRulesOf(shipped('outgoing-document'));
  const both = walls.find(({ gates }) => gates.join() === 'approving,approving-by-hand');
  expect(both?.behind).toEqual(expect.arrayContaining(['numbering', 'issued', 'archived']));
  // Once an agent has proposed, only the gate that decides on proposals will do.
  const bound = walls.find(({ gates }) => gates.join() === 'approving');
  expect(bound).toMatchObject({ binds: 'summary', behind: [] });
  expect(bound?.behindProposal).toEqual(expect.arrayContaining(['numbering', 'issued', 'archived']));
});

test('a gate that binds nothing is a wall as well', () => {
  expect(doorRulesOf(voteDefinition).walls).toEqual([
    { gates: ['voting'], binds: null, behind: ['carried'], behindProposal: [] },
  ]);
});

test('P2: the machine itself never enters a state behind a wall without the approval of one of its gates', () => {
  assertFixedAndNew(
    fc.property(randomDefinition, (source) => {
      const walls = doorRulesOf(source).walls.filter(({ behind }) => behind.length > 0);
      fc.pre(walls.length > 0);
      const { process } = analyse(source);
      const { microsteps } = explore(process, 120);
      for (const { gates, behind } of walls) {
        const approvals = new Set(
          [...process.transitions.values()]
            .filter(
              ({ source: from, cause }) =>
                gates.includes(from) && cause.kind === 'outcome' && cause.outcome === 'approved',
            )
            .map(({ id }) => id),
        );
        const reached = reachedWithout(microsteps, approvals);
        expect(
          [...reached].filter((state) => behind.includes(state)),
          source,
        ).toEqual([]);
      }
    }),
    { numRuns: 20 },
  );
});

/** The leaves of everything reached by microsteps that take none of these transitions. */
function reachedWithout(microsteps: readonly Seen[], forbidden: ReadonlySet<string>): ReadonlySet<string> {
  const allowed = microsteps.filter(({ taken }) => !taken.some((id) => forbidden.has(id)));
  const reached = new Set<string | null>([null]);
  const queue: (string | null)[] = [null];
  for (const at of queue) {
    for (const { from, to } of allowed) {
      if (from !== at || reached.has(to)) continue;
      reached.add(to);
      queue.push(to);
    }
  }
  return new Set([...reached].flatMap((key) => (key === null ? [] : key.split(' + '))));
}
