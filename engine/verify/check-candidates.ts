/** Decides whether each candidate transition can ever be taken, and by whom. */

import type { FindingList } from '../definition/finding-list.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { causeName, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { nameOf } from './check-states.ts';

export function checkCandidates(model: DefinitionModel, findings: FindingList): void {
  for (const state of model.tree.states.values()) {
    const byCause = new Map<string, TreeTransition[]>();
    for (const transition of state.transitions) {
      const cause = causeName(transition.cause);
      byCause.set(cause, [...(byCause.get(cause) ?? []), transition]);
    }
    for (const candidates of byCause.values()) {
      checkShadowed(candidates, findings);
      checkSenders(candidates, findings);
      checkLast(state, candidates, findings);
    }
  }
}

/** Candidates are tried in order: one that nothing holds back hides those after it. */
function checkShadowed(candidates: readonly TreeTransition[], findings: FindingList): void {
  for (const [index, candidate] of candidates.entries()) {
    const hiding = candidates.slice(0, index).find((earlier) => hides(earlier, candidate));
    if (hiding === undefined) continue;
    findings.error(
      'never-taken',
      candidate.position,
      `This is never taken: the candidate in line ${hiding.position.line} comes first and has no guard. Give that one a guard, or remove this one.`,
    );
  }
}

/** An event's candidate also passes on where the sender or the data does not fit it. */
function hides(
  { definition: earlier, cause }: TreeTransition,
  { definition: later }: TreeTransition,
): boolean {
  if (earlier.guard !== undefined) return false;
  if (cause.kind !== 'event') return true;
  return same(earlier.allow, later.allow) && same(earlier.input, later.input);
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a ?? null) === canonicalJson(b ?? null);
}

function checkSenders(candidates: readonly TreeTransition[], findings: FindingList): void {
  for (const { cause, definition, forbidden, position, node } of candidates) {
    if (forbidden) continue;
    if (cause.kind === 'event') {
      if (definition.allow === undefined) {
        findings.warning(
          'nobody-allowed',
          position,
          `Nobody may send "${cause.event}": a transition without "allow" is open to nobody. Add "allow".`,
        );
      }
      continue;
    }
    for (const member of ['allow', 'input'] as const) {
      const place = node.members?.get(member)?.keyPosition;
      if (place === undefined || definition[member] === undefined) continue;
      findings.error(
        'misplaced-member',
        place,
        cause.kind === 'message'
          ? `A message comes from another process, so it has no "${member}" here. What it carries stands under "messages".`
          : `Nobody sends this, so it has no "${member}". Who decides at a gate stands in its "reviewers".`,
      );
    }
  }
}

/** What people decided, and what an agent handed in, must lead somewhere whatever the data are. */
function checkLast(state: TreeState, candidates: readonly TreeTransition[], findings: FindingList): void {
  const last = candidates.at(-1);
  if (last?.definition.guard === undefined) return;
  const { kind } = last.cause;
  if (
    kind !== 'outcome' &&
    !(
      kind === 'error' ||
      (kind === 'done' && (state.definition.propose ?? state.definition.invoke) !== undefined)
    )
  )
    return;
  findings.warning(
    'no-unguarded-candidate',
    last.position,
    `When no guard holds, ${nameOf(state)} stays as it is and what was decided leads nowhere. Add a last candidate without a guard.`,
  );
}
