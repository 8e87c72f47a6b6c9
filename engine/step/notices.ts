/** Who besides its reviewers an open gate concerns, so that it stands in their inbox too. */
import type { StoredState } from './stored-state.ts';

export interface Notice {
  readonly gate: string;
  readonly person: string;
  /** `escalated`: told that the gate is overdue. `opinion`: asked for one, and has not given it. */
  readonly reason: 'escalated' | 'opinion';
}

/** In the order of gates and people. All of it follows from the state, and nobody gains a vote by it. */
export function noticesOf({ gates }: Pick<StoredState, 'gates'>): readonly Notice[] {
  return Object.entries(gates).flatMap(([gate, { overdue, opinions = [] }]): readonly Notice[] => [
    ...(overdue?.escalatedTo ?? []).map((person) => ({ gate, person, reason: 'escalated' }) as const),
    ...opinions
      .filter(({ opinion }) => opinion === null)
      .map(({ person }) => ({ gate, person, reason: 'opinion' }) as const),
  ]);
}

/** As the ledger has it. Neither states nor people have a space in their names. */
export const noticeName = ({ gate, person, reason }: Notice) => `${gate} ${person} ${reason}`;
