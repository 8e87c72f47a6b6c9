/** Decides whether one quorum asks for fewer approvals than another, whatever the number of members. */
import type { Quorum } from '../../schemas/process-definition.ts';

export type QuorumChange = 'same' | 'lowered' | 'raised' | 'changed';

/** For every number of members, each share asks for at least as many as the one before it. */
const shares: readonly unknown[] = ['more-than-half', 'two-thirds', 'all'];

/**
 * A share asks for one approval at least, so one is never more than a share. Any other number may be more
 * or less than a share, by the number of members: that is changed.
 */
export function compareQuorum(a: Quorum | undefined, b: Quorum | undefined): QuorumChange {
  const before = a?.approve ?? 1;
  const after = b?.approve ?? 1;
  if (before === after) return 'same';
  if (typeof before === typeof after) return weight(after) < weight(before) ? 'lowered' : 'raised';
  if (after === 1) return 'lowered';
  return before === 1 ? 'raised' : 'changed';
}

/** Whether everyone's vote counts, so that one rejection alone no longer decides. */
export function takesShare(quorum: Quorum | undefined): boolean {
  return typeof quorum?.approve === 'string';
}

export function describeQuorum(quorum: Quorum | undefined): string {
  const approve = quorum?.approve ?? 1;
  if (typeof approve === 'number') return `${approve} ${approve === 1 ? 'approval' : 'approvals'}`;
  return approve === 'all' ? 'all members' : `${approve.replaceAll('-', ' ')} of all members`;
}

function weight(approve: Quorum['approve']): number {
  return typeof approve === 'number' ? approve : shares.indexOf(approve);
}
