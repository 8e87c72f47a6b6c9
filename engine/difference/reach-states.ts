/**
 * Which states can be reached from where, taking every transition as possible: guards and people are left
 * out of it. It counts rather too much than too little as reached.
 */
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';

/** All states that can be active once one of `starts` is, never taking a transition of `without`. */
export function reachStates(
  starts: readonly TreeState[],
  without: ReadonlySet<TreeTransition> = new Set(),
): ReadonlySet<TreeState> {
  const reached = new Set<TreeState>();
  const waiting = [...starts];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (reached.has(state)) continue;
    reached.add(state);
    for (const { to, by } of stepsFrom(state)) if (by === null || !without.has(by)) waiting.push(to);
  }
  return reached;
}

/** The transitions of one shortest way from `starts` to `goal`; empty where there is none. */
export function transitionsOnAWay(starts: readonly TreeState[], goal: TreeState): readonly TreeTransition[] {
  const came = new Map<TreeState, { from: TreeState; by: TreeTransition | null } | null>();
  for (const start of starts) came.set(start, null);
  // A map yields what is added while it is walked.
  for (const state of came.keys()) {
    if (state === goal) break;
    for (const { to, by } of stepsFrom(state)) if (!came.has(to)) came.set(to, { from: state, by });
  }
  const taken: TreeTransition[] = [];
  for (let step = came.get(goal) ?? null; step !== null; step = came.get(step.from) ?? null) {
    if (step.by !== null) taken.push(step.by);
  }
  return taken.reverse();
}

/** What is active together with a state, and what its transitions lead to. */
function stepsFrom(state: TreeState): readonly { to: TreeState; by: TreeTransition | null }[] {
  const { parent } = state;
  const beside = parent?.kind === 'parallel' ? [...parent.children.values()] : [];
  const together = [...entered(state), ...(parent === null ? [] : [parent]), ...beside];
  return [
    ...together.map((to) => ({ to, by: null })),
    ...state.transitions.flatMap((by) => (by.target === null ? [] : [{ to: by.target, by }])),
  ];
}

/** The states inside that become active together with this one, as far as one step. */
export function entered(state: TreeState): readonly TreeState[] {
  switch (state.kind) {
    case 'compound':
      return state.initial === null ? [] : [state.initial];
    case 'parallel':
      return [...state.children.values()];
    case 'history': {
      const { historyDefault, parent } = state;
      if (historyDefault !== null) return [historyDefault];
      return parent?.kind === 'compound' && parent.initial !== null ? [parent.initial] : [];
    }
    default:
      return [];
  }
}
