/** Asks of every changed way whether it now leads past a gate, and the other way round, which gate it no longer leads past. */
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';
import { type Comparison, capital, listed, nameState, nameTransition } from './comparison.ts';
import { type Bypass, findBypass, isApproval, type Ways, waysOf } from './find-bypasses.ts';
import { type StateMatch, turned } from './match-states.ts';
import type { TransitionMatch } from './match-transitions.ts';
import { reachStates } from './reach-states.ts';

export function compareBypasses(
  { a, b, match, list }: Comparison,
  matched: ReadonlyMap<TreeState, TransitionMatch>,
): void {
  for (const { way, bypass } of bypassesIn(waysOf(a, match), match, [...matched.values()])) {
    const where = nameState(match.toB.get(bypass.reached) ?? bypass.reached);
    const message = `${capital(way.name)} now reaches ${where} ${without(bypass)}.`;
    list.add('gate-bypassed', message, way.before, way.after);
  }
  const back = turned(match);
  const turnedPairs = [...matched.values()].map(({ pairs, removed, added }) => ({
    pairs: pairs.map(([one, other]) => [other, one] as const),
    removed: added,
    added: removed,
  }));
  for (const { way, bypass } of bypassesIn(waysOf(b, back), back, turnedPairs)) {
    const message = `${capital(way.name)} no longer reaches ${nameState(bypass.reached)} ${without(bypass)}.`;
    list.add('gate-enforced', message, way.after, way.before);
  }
  compareReached({ a, b, match, list });
}

function without({ gates }: Bypass): string {
  return gates.length === 0
    ? 'without the approval that every way there needed'
    : `without approval at gate ${listed(gates.map(({ id }) => id))}`;
}

interface Way {
  readonly name: string;
  readonly source: TreeState;
  readonly target: TreeState;
  readonly approved: boolean;
  readonly before: { readonly line: number; readonly column: number } | null;
  readonly after: { readonly line: number; readonly column: number };
}

function bypassesIn(
  ways: Ways,
  match: StateMatch,
  matched: readonly TransitionMatch[],
): readonly { way: Way; bypass: Bypass }[] {
  const changed = [...matched.flatMap((one) => changedWays(one, match)), ...changedBeginnings(match)];
  return changed.flatMap((way) => {
    const bypass = findBypass(ways, way.source, way.target, way.approved);
    return bypass === null ? [] : [{ way, bypass }];
  });
}

function changedWays({ pairs, added }: TransitionMatch, match: StateMatch): readonly Way[] {
  const way = (transition: TreeTransition, before: TreeTransition | null): Way[] =>
    transition.target === null
      ? []
      : [
          {
            name: nameTransition(transition),
            source: transition.source,
            target: transition.target,
            approved: isApproval(transition),
            before: before?.position ?? match.toA.get(transition.source)?.position ?? null,
            after: transition.position,
          },
        ];
  return [
    ...added.flatMap((transition) => way(transition, null)),
    ...pairs
      .filter(([a, b]) => a.target === null || match.toB.get(a.target) !== b.target)
      .flatMap(([a, b]) => way(b, a)),
  ];
}

/** A state that begins elsewhere is a way from where it began. */
function changedBeginnings(match: StateMatch): readonly Way[] {
  return match.pairs.flatMap(([a, b]): Way[] => {
    if (a.initial === null || b.initial === null || match.toB.get(a.initial) === b.initial) return [];
    const source = match.toB.get(a.initial);
    if (source === undefined) return [];
    const name = `the beginning of ${nameState(b)}`;
    return [{ name, source, target: b.initial, approved: false, before: a.position, after: b.position }];
  });
}

/** A gate that nothing leads to any more decides nothing. */
function compareReached({ a, b, match, list }: Comparison): void {
  const [before, after] = [reachStates([a.tree.root]), reachStates([b.tree.root])];
  for (const [one, other] of match.pairs) {
    if (one.definition.gate === undefined || other.definition.gate === undefined) continue;
    if (before.has(one) === after.has(other)) continue;
    if (before.has(one)) {
      list.add(
        'gate-unreached',
        `Nothing leads to gate "${other.id}" any more.`,
        one.position,
        other.position,
      );
    } else {
      list.add('gate-reached', `Gate "${other.id}" can now be reached.`, one.position, other.position);
    }
  }
}
