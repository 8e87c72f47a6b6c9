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
    waiting.push(...entered(state));
    if (state.parent !== null) {
      waiting.push(state.parent);
      if (state.parent.kind === 'parallel') waiting.push(...state.parent.children.values());
    }
    for (const transition of state.transitions) {
      if (transition.target !== null && !without.has(transition)) waiting.push(transition.target);
    }
  }
  return reached;
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
