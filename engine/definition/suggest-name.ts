/** "Did you mean": the known name nearest to a mistyped one, and the edit that writes it instead. */
import type { TextEdit } from '../../schemas/finding.ts';
import type { Position } from './compiled-process.ts';

/** A sentence naming the nearest known name, or else the known names; empty when there are none. */
export function suggestName(wrong: string, known: Iterable<string>): string {
  const names = [...known];
  const nearest = nearestName(wrong, names);
  if (nearest !== null) return ` Did you mean "${nearest}"?`;
  if (names.length === 0) return '';
  const shown = names.slice(0, 12).join(', ');
  return ` Known here: ${shown}${names.length > 12 ? ', …' : ''}.`;
}

/** The nearest of `names`, or null when none is near enough to be meant. */
export function nearestName(wrong: string, names: readonly string[]): string | null {
  // A hostile file must not buy quadratic work with long names and thousands of them.
  if (wrong.length > 64 || names.length > 2000) return null;
  let nearest: string | null = null;
  let least = Math.max(1, Math.floor(wrong.length / 3)) + 1;
  for (const name of names) {
    if (name === wrong || Math.abs(name.length - wrong.length) >= least) continue;
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  }
  return nearest;
}

/** At most so many slips of the finger; in a short name one makes another word. */
const mostSlips = 2;
const shortName = 4;

/**
 * The edit that writes the one name that can have been meant; none where several can, or none is near. Not to
 * be used where people decide, or where it is said on what: what was meant there is for people to write.
 */
export function renameFix(position: Position, wrong: string, known: Iterable<string>): readonly TextEdit[] {
  const names = new Set(known);
  if (wrong.length > 64 || names.size > 2000) return [];
  const most = wrong.length <= shortName ? 1 : mostSlips;
  const near = [...names].filter(
    (name) =>
      name !== wrong &&
      Math.abs(name.length - wrong.length) <= most &&
      editDistance(wrong.toLowerCase(), name.toLowerCase()) <= most,
  );
  const [only] = near;
  if (only === undefined || near.length > 1) return [];
  return [{ line: position.line, column: position.column, old: wrong, text: only }];
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, at(beforeLast, j - 2) + 1);
      }
      row.push(cost);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
