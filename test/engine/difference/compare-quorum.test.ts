import { expect, test } from 'vitest';
import { compareQuorum } from '../../../engine/difference/compare-quorum.ts';
import { approvalsNeeded } from '../../../engine/oversight/quorum.ts';
import type { Quorum } from '../../../schemas/process-definition.ts';

const quorums: readonly (Quorum | undefined)[] = [
  undefined,
  ...[1, 2, 3, 7].map((approve) => ({ approve })),
  ...(['more-than-half', 'two-thirds', 'all'] as const).map((approve) => ({
    approve,
    of: 'members' as const,
  })),
];

test('P2: a quorum called raised or the same asks for no fewer approvals, whatever the number of members', () => {
  for (const a of quorums) {
    for (const b of quorums) {
      const change = compareQuorum(a, b);
      for (let members = 0; members < 40; members += 1) {
        const [before, after] = [needed(a, members), needed(b, members)];
        if (change === 'raised' || change === 'same') expect(after).toBeGreaterThanOrEqual(before);
        if (change === 'lowered' || change === 'same') expect(after).toBeLessThanOrEqual(before);
      }
      const back = { lowered: 'raised', raised: 'lowered', same: 'same', changed: 'changed' }[change];
      expect(compareQuorum(b, a)).toBe(back);
    }
  }
});

function needed(quorum: Quorum | undefined, members: number): number {
  return approvalsNeeded(
    { meaning: 'approve', reviewers: { role: 'r' }, ...(quorum === undefined ? {} : { quorum }) },
    members,
  );
}
