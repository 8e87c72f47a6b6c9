/** Which people are named by so many arrows, and at such length, that a letter for them makes room for all else. */
import { smallSize } from './box-metrics.ts';
import { describePeople } from './describe-people.ts';
import type { PictureWording } from './picture-content.ts';
import type { PlannedArrow } from './plan-picture.ts';
import { textWidth } from './text-width.ts';

const manyArrows = 3;
/** In units of the picture: what fits into a line of a label is no longer than it need be. */
const longName = 90;

/** By what `describePeople` says: A, B and so on, in the order in which the arrows come. */
export function lettersFor(
  arrows: readonly PlannedArrow[],
  wording: PictureWording,
): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { transition } of arrows) {
    if (transition?.cause.kind !== 'event') continue;
    const people = describePeople(transition.allow, wording);
    counts.set(people, (counts.get(people) ?? 0) + 1);
  }
  const named = [...counts].filter(
    ([people, count]) => count >= manyArrows && textWidth(people, smallSize) > longName,
  );
  return new Map(named.slice(0, 26).map(([people], index) => [people, String.fromCharCode(65 + index)]));
}
