/** Facts found without asking what they lead to: for seeing whether the checker alone finds an effect. */
import { isLive, statusAfter } from '../../../../engine/verify/proposal-status.ts';
import type { analyse } from './analyse.ts';

/** All that an undecided proposal of "choice" may be, found by plain iteration and whatever its effects. */
export function everyFact({
  model,
  graph,
}: ReturnType<typeof analyse>): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const facts = new Map<string, number>([[graph.start.to.key, 1]]);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [key, edges] of graph.edges) {
      for (const edge of edges) {
        for (let status = 0; status < 10; status += 1) {
          if (((facts.get(key) ?? 0) & (1 << status)) === 0) continue;
          const next = 1 << statusAfter(status, 'choice', model.decisions.get('choice'), edge);
          const known = facts.get(edge.to.key) ?? 0;
          if ((known & next) !== 0) continue;
          facts.set(edge.to.key, known | next);
          changed = true;
        }
      }
    }
  }
  const live = Array.from({ length: 10 }, (_, status) => (isLive(status) ? 1 << status : 0)).reduce(
    (a, b) => a | b,
  );
  const undecided = [...facts].flatMap(([key, bits]) =>
    (bits & live) === 0 ? [] : ([[key, bits & live]] as const),
  );
  return new Map([['choice', new Map(undecided)]]);
}
