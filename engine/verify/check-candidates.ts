/** Decides whether each candidate transition can ever be taken, by whom, and whether some always is where one must be. */

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
  checkAlways(model, findings);
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
        `Nobody sends this, so it has no "${member}". Who decides at a gate stands in its "reviewers".`,
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
    !(kind === 'error' || (kind === 'done' && state.definition.propose !== undefined))
  )
    return;
  findings.warning(
    'no-unguarded-candidate',
    last.position,
    `When no guard holds, ${nameOf(state)} stays as it is and what was decided leads nowhere. Add a last candidate without a guard.`,
  );
}

/** A circle of `always` never comes to rest: certainly without guards, perhaps with them. */
function checkAlways(model: DefinitionModel, findings: FindingList): void {
  const reported = new Set<string>();
  for (const guarded of [false, true]) {
    for (const state of model.tree.states.values()) {
      const circle = alwaysCircle(state, guarded);
      if (circle === null) continue;
      const key = [...circle]
        .map(({ id }) => id)
        .sort()
        .join();
      const position = circle[0]?.position;
      if (reported.has(key) || position === undefined) continue;
      reported.add(key);
      const path = circle.map(({ source }) => source.id).join(' -> ');
      const message = `These "always" transitions go in a circle: ${path} -> ${state.id}.`;
      if (guarded) findings.warning('always-circle', position, `${message} Make sure that a guard ends it.`);
      else
        findings.error(
          'always-circle',
          position,
          `${message} Give one of them a guard that ends it, or an event.`,
        );
    }
  }
}

/** The circle back to this state through `always`, or null. Without `guarded` only what is taken for certain counts. */
function alwaysCircle(start: TreeState, guarded: boolean): readonly TreeTransition[] | null {
  const seen = new Set<TreeState>();
  const paths: TreeTransition[][] = nextAlways(start, guarded).map((one) => [one]);
  for (const path of paths) {
    const target = path.at(-1)?.target;
    if (target == null) return path;
    const reached = beginningOf(target);
    if (reached === start) return path;
    if (seen.has(reached)) continue;
    seen.add(reached);
    for (const one of nextAlways(reached, guarded)) paths.push([...path, one]);
  }
  return null;
}

function nextAlways(state: TreeState, guarded: boolean): readonly TreeTransition[] {
  const always = state.transitions.filter(({ cause }) => cause.kind === 'always');
  const counts = guarded
    ? always
    : always.slice(0, 1).filter(({ definition }) => definition.guard === undefined);
  // One that stays and only assigns comes to rest when its guard has turned false, so it is a circle too.
  return counts.filter(
    ({ target, definition }) =>
      target !== null || definition.assign !== undefined || definition.guard === undefined,
  );
}

/** The leaf that entering this state leads to, where there is one. */
function beginningOf(state: TreeState): TreeState {
  let at = state;
  while (at.kind === 'compound' && at.initial !== null) at = at.initial;
  return at;
}
