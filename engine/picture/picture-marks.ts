/** What is drawn over a picture: what tests did not reach, and the path of a counterexample. */
import { smallSize } from './box-metrics.ts';
import { element, group, nothing, type Svg } from './svg.ts';

/** What tests reached: states and transitions by id. */
export interface PictureCoverage {
  readonly states: ReadonlySet<string>;
  readonly transitions: ReadonlySet<string>;
}

/** A definition whose oversight is not proven, and the way on which it fails, where one is known. */
export interface Unproven {
  /** The kind of decision whose proposal would take effect undecided. */
  readonly kind?: string;
  /** Ids of transitions. */
  readonly path: readonly string[];
}

export interface Marks {
  /** The id of the hatching. */
  readonly hatch: string;
  readonly uncoveredStates: ReadonlySet<string>;
  readonly uncoveredTransitions: ReadonlySet<string>;
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
