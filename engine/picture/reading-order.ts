/** In which order a case comes to the boxes, and what holds together parts that no arrow joins. */
import type { Box, PictureContent } from './picture-content.ts';

/** Fewest arrows from where a case begins; what cannot be reached has none. */
export function readingRanks({ boxes, arrows }: PictureContent): ReadonlyMap<string, number> {
  const ranks = new Map<string, number>();
  const byId = new Map(boxes.map((box) => [box.id, box]));
  const inside = groupBy(boxes, ({ parent }) => parent);
  const leaving = groupBy(arrows, ({ from }) => from);
  let reached: Box[] = [];
  /** Whoever enters a box is in all the boxes around it, and where it begins. */
  const enter = (box: Box | undefined, rank: number) => {
    if (box === undefined || ranks.has(box.id)) return;
    ranks.set(box.id, rank);
    reached.push(box);
    enter(byId.get(box.parent), rank);
    for (const child of inside.get(box.id) ?? []) {
      if (child.look === 'initial' || child.look === 'anywhere' || box.look === 'parallel')
        enter(child, rank);
    }
  };
  for (const box of inside.get('') ?? [])
    if (box.look === 'initial' || box.look === 'anywhere') enter(box, 0);
  for (let rank = 1; reached.length > 0; rank++) {
    const last = reached;
    reached = [];
    for (const { id } of last) for (const { to } of leaving.get(id) ?? []) enter(byId.get(to), rank);
  }
  return ranks;
}

export function rankOf(id: string, ranks: ReadonlyMap<string, number>): number {
  return ranks.get(id) ?? Number.MAX_SAFE_INTEGER;
}

/**
 * Pairs of outermost boxes: parts of the picture that no arrow joins are tied to the largest one, so that
 * they come to lie beside it: what holds anywhere above the first box, an ending that is only named at the last.
 */
export function tiesOf(
  { boxes, arrows }: PictureContent,
  ranks: ReadonlyMap<string, number>,
): readonly (readonly [string, string])[] {
  const outermost = outermostOf(boxes);
  const tops = boxes.filter(({ parent }) => parent === '').map(({ id }) => id);
  const parts = joinedParts(
    tops,
    arrows.map(({ from, to }) => [outermost(from), outermost(to)] as const),
  );
  const main = parts.toSorted((one, other) => other.length - one.length)[0] ?? [];
  const byRank = main.toSorted((one, other) => rankOf(one, ranks) - rankOf(other, ranks));
  const first = byRank.find((id) => !id.startsWith(':'));
  const last = byRank.findLast((id) => arrows.some(({ from }) => outermost(from) === id));
  return parts.flatMap((part) => {
    const [head] = part.toSorted((one, other) => rankOf(one, ranks) - rankOf(other, ranks));
    if (part === main || head === undefined) return [];
    if (!head.startsWith(':')) return last === undefined ? [] : [[last, head] as const];
    return first === undefined ? [] : [[head, first] as const];
  });
}

function joinedParts(ids: readonly string[], pairs: readonly (readonly [string, string])[]): string[][] {
  const neighbours = new Map<string, string[]>();
  for (const [one, other] of pairs) {
    neighbours.set(one, [...(neighbours.get(one) ?? []), other]);
    neighbours.set(other, [...(neighbours.get(other) ?? []), one]);
  }
  const seen = new Set<string>();
  const parts: string[][] = [];
  for (const id of ids) {
    if (seen.has(id)) continue;
    const part = [id];
    seen.add(id);
    for (const at of part) {
      for (const next of neighbours.get(at) ?? []) {
        if (seen.has(next)) continue;
        seen.add(next);
        part.push(next);
      }
    }
    parts.push(part);
  }
  return parts;
}

function outermostOf(boxes: readonly Box[]): (id: string) => string {
  const parents = new Map(boxes.map(({ id, parent }) => [id, parent]));
  return (id) => {
    let at = id;
    for (let parent = parents.get(at); parent !== undefined && parent !== ''; parent = parents.get(at))
      at = parent;
    return at;
  };
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}
