/**
 * Decides which transition of a state is which of the state it is compared with. Candidates for one event
 * are paired by what they have in common, most first; deadlines by their length, and then by what they cause.
 */
import { parseDurationMs } from '../definition/duration.ts';
import { causeName, type TreeState, type TreeTransition } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { StateMatch } from './match-states.ts';

export interface TransitionMatch {
  readonly pairs: readonly (readonly [TreeTransition, TreeTransition])[];
  readonly removed: readonly TreeTransition[];
  readonly added: readonly TreeTransition[];
}

type Key = (transition: TreeTransition) => string;

export function matchTransitions(a: TreeState, b: TreeState, match: StateMatch): TransitionMatch {
  // A target is known by the state it has become, so that a renamed one counts as the same.
  const targetOf: Key = ({ target }) => {
    if (target === null) return '(stays)';
    const known = match.toB.get(target) ?? (match.toA.has(target) ? target : null);
    return known === null ? `(alone) ${target.id}` : known.id;
  };
  const guardOf: Key = ({ definition, forbidden }) => `${forbidden} ${definition.guard ?? ''}`;
  const restOf: Key = ({ definition: { target: _target, ...rest } }) => canonicalJson(rest);
  const delayOf: Key = ({ cause }) =>
    cause.kind === 'after' ? `${parseDurationMs(cause.delay) ?? cause.delay}` : '';
  const sure: readonly Key[] = [delayOf, targetOf, restOf, guardOf];
  const steps: readonly (readonly Key[])[] = [
    sure,
    [delayOf, targetOf, guardOf],
    [delayOf, guardOf],
    [delayOf, targetOf],
    [delayOf],
    [targetOf, restOf],
    [targetOf],
    [restOf],
  ];
  const before = [...a.transitions];
  const after = [...b.transitions];
  const pairs = steps.flatMap((keys) =>
    takePairs(before, after, (one) => [causeKey(one), ...keys.map((key) => key(one))].join('\n')),
  );
  return { pairs, removed: before, added: after };
}

/** What calls for the transition. An outcome is known by its name, whether a gate is there or not; a deadline is any. */
export function causeKey({ cause }: TreeTransition): string {
  if (cause.kind === 'after') return 'after';
  return cause.kind === 'outcome' ? `event.${cause.outcome}` : causeName(cause);
}

function takePairs(
  before: TreeTransition[],
  after: TreeTransition[],
  key: Key,
): [TreeTransition, TreeTransition][] {
  return [...before].flatMap((one): [TreeTransition, TreeTransition][] => {
    const other = after.find((candidate) => key(candidate) === key(one));
    if (other === undefined) return [];
    before.splice(before.indexOf(one), 1);
    after.splice(after.indexOf(other), 1);
    return [[one, other]];
  });
}
