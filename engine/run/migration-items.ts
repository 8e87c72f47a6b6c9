/** What is told of one instance in a migration: that it moved, would, or what keeps it where it is. */
import type { WallInTheWay } from '../ledger/ledger.ts';
import type { Refusal } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { InstanceMigration, Moved } from './engine-contract.ts';
import { refuse } from './refuse.ts';

/** Decisions at open gates, and acts on proposals, that are to be given again. */
export function voidsBetween(before: StoredState, after: StoredState): InstanceMigration['voids'] {
  const count = (lists: readonly (readonly unknown[])[]) => lists.reduce((sum, list) => sum + list.length, 0);
  const acts = ({ proposals }: StoredState) => count(Object.values(proposals).map((held) => held.acts));
  return {
    decisions: count(Object.values(before.gates).map(({ decisions }) => decisions)),
    acts: acts(before) - acts(after),
  };
}

export function blocked(
  instance: string,
  seq: number | null,
  from: readonly string[],
  refusal: Refusal,
): InstanceMigration {
  return { instance, outcome: 'blocked', seq, from, to: null, voids: null, refusal };
}

export function asBlocked(refusal: Refusal) {
  return { outcome: 'blocked', to: null, voids: null, refusal } as const;
}

export function refuseWall({ state, gates }: WallInTheWay): Refusal {
  const named = gates.map((gate) => `"${gate}"`).join(' or ');
  return refuse(
    'not-countersigned',
    `To come to "${state}" a case must be approved at the gate ${named}, and this one was not.`,
    'The instance stays as it is. Name a state in the map that lies before that gate.',
  );
}

/** What is void is told by the dry run: once it is done, it is gone. */
export function asMoved({ seq, states }: Moved) {
  return { outcome: 'moved', seq, to: states, voids: null, refusal: null } as const;
}
