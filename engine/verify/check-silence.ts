/**
 * Silence is not consent (P4): while a gate is undecided, nothing that happens without its reviewers may
 * lead where its approval leads. A clock, a gate that is overdue, what follows by itself, a message from
 * elsewhere and an operator's command are all no reviewers.
 */
import type { TransitionCause } from '../definition/compiled-process.ts';
import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { selfAndAncestors, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import { nameOf } from './check-states.ts';
import { reportsSuccess } from './effects-of-edge.ts';

const silent: ReadonlySet<TransitionCause['kind']> = new Set([
  'after',
  'always',
  'overdue',
  'message',
  'skip',
  'repair',
]);

export function checkSilence(model: DefinitionModel, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    if (state.definition.gate === undefined) continue;
    const approved = outcomeTargets(state, 'approved');
    const rejected = outcomeTargets(state, 'rejected');
    for (const transition of [...selfAndAncestors(state)].flatMap(({ transitions }) => transitions)) {
      if (!silent.has(transition.cause.kind)) continue;
      if (!approves(model, transition, approved, rejected)) continue;
      findings.error(
        'silence-approves',
        transition.position,
        `While the gate in ${nameOf(state)} is undecided this leads where its approval leads. Silence is not consent: let it lead elsewhere.`,
      );
    }
  }
}

function outcomeTargets({ transitions }: TreeState, outcome: string): ReadonlySet<TreeState> {
  return new Set(
    transitions.flatMap(({ cause, target }) =>
      cause.kind === 'outcome' && cause.outcome === outcome && target !== null ? [target] : [],
    ),
  );
}

function approves(
  model: DefinitionModel,
  transition: TreeTransition,
  approved: ReadonlySet<TreeState>,
  rejected: ReadonlySet<TreeState>,
): boolean {
  return reachedAtOnce(transition).some((target) => {
    if (rejected.has(target) && !approved.has(target)) return false;
    const ends = target.kind === 'final' && target.parent?.parent === null && reportsSuccess(model, target);
    return ends || approved.has(target);
  });
}

/** Where it leads, and where whatever follows by itself leads on from there. */
function reachedAtOnce({ target }: TreeTransition): readonly TreeState[] {
  const reached = new Set(target === null ? [] : [target]);
  for (const state of reached) {
    for (const { cause, target: next } of state.transitions)
      if (cause.kind === 'always' && next !== null) reached.add(next);
  }
  return [...reached];
}
