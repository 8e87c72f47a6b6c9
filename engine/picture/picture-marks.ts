/** What is drawn over a picture: what tests did not reach, and the path of a counterexample. */
import { smallSize } from './box-metrics.ts';
import type { Rectangle } from './picture-geometry.ts';
import { element, group, nothing, type Svg } from './svg.ts';

/** What tests reached: states and transitions by id. */
export interface PictureCoverage {
  readonly states: ReadonlySet<string>;
  readonly transitions: ReadonlySet<string>;
  /** Transitions whose guard held, and those whose guard failed; a guard is tested when it did both. */
  readonly guardsHeld?: ReadonlySet<string>;
  readonly guardsFailed?: ReadonlySet<string>;
  /** For the legend. */
  readonly counts?: CoverageCounts;
}

export const countedKinds = ['states', 'transitions', 'guards', 'outcomes'] as const;
export type CoverageCounts = Readonly<
  Record<(typeof countedKinds)[number], { readonly covered: number; readonly total: number }>
>;

/** A definition whose oversight is not proven, and the way on which it fails, where one is known. */
export interface Unproven {
  /** The kind of decision whose proposal would take effect undecided; none where a gate is passed, whatever it decides on. */
  readonly kind?: string;
  /** Ids of transitions. */
  readonly path: readonly string[];
}

export interface Marks {
  /** The id of the hatching. */
  readonly hatch: string;
  readonly uncoveredStates: ReadonlySet<string>;
  readonly uncoveredTransitions: ReadonlySet<string>;
  /** Transitions that were taken, but whose guard never held, or never failed. */
  readonly halfTested: ReadonlySet<string>;
  readonly counts: CoverageCounts | null;
  /** States on the path. */
  readonly visited: ReadonlySet<string>;
  /** Transitions on the path, each with its numbers: a path may take one twice. */
  readonly steps: ReadonlyMap<string, readonly number[]>;
  /** Set where the path, if there is one, leads past a gate. */
  readonly unproven: Unproven | null;
}

/** One disc, with all the numbers in it; its middle at x, y. */
export function numberDiscs(numbers: readonly number[], x: number, y: number): Svg {
  if (numbers.length === 0) return nothing;
  const text = numbers.join(', ');
  const width = Math.max(16, text.length * smallSize * 0.62 + 8);
  return group(
    {},
    element('rect', { x: x - width / 2, y: y - 8, width, height: 16, rx: 8, class: 'cs-of-path' }),
    element('text', { x, y: y + 4, class: 'cs-page cs-number cs-middle' }, text),
  );
}

/** Around the words of a transition of which only one half was tested. */
export function halfTestedFrame(place: Rectangle): Svg {
  const { x, y, width, height } = place;
  const frame = { x, y, width, height, rx: 3, fill: 'none', class: 'cs-uncovered', 'stroke-width': 1.2 };
  return element('rect', { ...frame, 'stroke-dasharray': '3 2.5' });
}
