/** One arrow of the picture, and its label: line and label are drawn apart, so that labels lie above all lines. */
import { labelPadding } from './box-metrics.ts';
import { drawRows } from './draw-rows.ts';
import { touch } from './picture-clearance.ts';
import type { Arrow, ArrowLook } from './picture-content.ts';
import type { PlacedEdge, Point, Rectangle } from './picture-geometry.ts';
import { halfTestedFrame, type Marks, numberDiscs } from './picture-marks.ts';
import { arrowStyles } from './picture-theme.ts';
import { element, group, nothing, number, type Svg } from './svg.ts';

const cornerRadius = 6;

export interface PlacedArrow {
  readonly arrow: Arrow;
  readonly place: PlacedEdge;
}

export function drawLine({ arrow, place }: PlacedArrow, marks: Marks): Svg {
  const { points } = place;
  const end = points.at(-1);
  const before = points.at(-2);
  if (end === undefined || before === undefined) return nothing;
  const d = roundedPath([...points.slice(0, -1), towards(end, before, tipLength - 1)]);
  const onPath = marks.steps.has(arrow.id);
  return group(
    {},
    arrow.tooltip === '' ? nothing : element('title', {}, arrow.tooltip),
    // A line in the page's colour below each line lets crossings read as a bridge.
    element('path', { d, class: 'cs-line cs-cut', 'stroke-width': arrowStyles[arrow.look].width + 3.5 }),
    onPath ? element('path', { d, class: 'cs-line cs-path', 'stroke-width': 6.5 }) : nothing,
    marks.uncoveredTransitions.has(arrow.id)
      ? element('path', { d, class: 'cs-line cs-uncovered', 'stroke-width': 8, opacity: 0.35 })
      : nothing,
    element('path', { d, class: `cs-line cs-line-${arrow.look}` }),
  );
}

/** Drawn after all lines, so that none runs over it. */
export function drawTip({ arrow, place }: PlacedArrow): Svg {
  const end = place.points.at(-1);
  const before = place.points.at(-2);
  return end === undefined || before === undefined ? nothing : arrowTip(arrow.look, before, end);
}

export function drawLabel({ arrow, place }: PlacedArrow, marks: Marks): Svg {
  const { label } = place;
  if (label === null) return nothing;
  const { x, y, width, height } = label;
  return group(
    {},
    element('rect', { x, y, width, height, rx: 4, class: 'cs-page' }),
    marks.uncoveredTransitions.has(arrow.id)
      ? element('rect', { x, y, width, height, rx: 4, fill: `url(#${marks.hatch})` })
      : nothing,
    marks.halfTested.has(arrow.id) ? halfTestedFrame(label) : nothing,
    ...drawRows(arrow.rows, x + labelPadding, y + labelPadding, marks),
  );
}

/** The numbers of an arrow on the path, on its line and beside its label. */
export function drawSteps({ arrow, place }: PlacedArrow, marks: Marks): Svg {
  const steps = marks.steps.get(arrow.id) ?? [];
  const { points, label } = place;
  if (steps.length === 0) return nothing;
  const parts = points
    .flatMap((point, index) => {
      const next = points[index + 1];
      return next === undefined ? [] : [{ point, next, length: distance(point, next) }];
    })
    .toSorted((one, other) => other.length - one.length);
  const ends = [points[0], points.at(-1)];
  const awayFromBoxes = (spot: Point) =>
    ends.every((end) => end === undefined || distance(spot, end) > discRadius + 2);
  const spots = parts
    .flatMap(({ point, next, length }) =>
      [0.5, 0.25, 0.75, 0.1, 0.9].map((part) => towards(point, next, length * part)),
    )
    .filter((spot, index) => index === 0 || awayFromBoxes(spot));
  const free = spots.find((spot) => label === null || !touch(toDisc(spot), label, 2));
  const at = free ?? besideLabel(spots[0], label);
  return at === undefined ? nothing : numberDiscs(steps, at.x, at.y);
}

const discRadius = 8;

function toDisc({ x, y }: Point): Rectangle {
  return { x: x - discRadius, y: y - discRadius, width: 2 * discRadius, height: 2 * discRadius };
}

/** Where a label runs along the whole line: on the line's other side, still touching it. */
function besideLabel(spot: Point | undefined, label: Rectangle | null): Point | undefined {
  if (spot === undefined || label === null) return spot;
  const middle = label.x + label.width / 2;
  return { x: spot.x + (spot.x < middle ? -6 : 6), y: spot.y };
}

const tipLength = 8;

/** Filled for what goes on, open for what comes back, barred for what is refused. */
export function arrowTip(look: ArrowLook, from: Point, to: Point): Svg {
  const across = look === 'approved' ? 4.6 : 3.8;
  const base = towards(to, from, tipLength);
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const side = { x: (-(to.y - from.y) / length) * across, y: ((to.x - from.x) / length) * across };
  const corner = (sign: number) => `${number(base.x + sign * side.x)} ${number(base.y + sign * side.y)}`;
  const closed = look !== 'returned' && look !== 'history';
  return element('path', {
    d: `M${corner(1)}L${number(to.x)} ${number(to.y)}L${corner(-1)}${closed ? 'Z' : ''}`,
    class: closed ? `cs-tip-${look}` : `cs-line cs-tip-line cs-tip-line-${look}`,
  });
}

/** The point so far from the first, in the direction of the second. */
function towards(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  if (length === 0) return from;
  const part = Math.min(distance, length) / length;
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}

function roundedPath(points: readonly Point[]): string {
  const parts: string[] = [];
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined) parts.push(`M${number(point.x)} ${number(point.y)}`);
    else if (after === undefined) parts.push(`L${number(point.x)} ${number(point.y)}`);
    else {
      const radius = Math.min(cornerRadius, distance(before, point) / 2, distance(point, after) / 2);
      const into = towards(point, before, radius);
      const out = towards(point, after, radius);
      parts.push(
        `L${number(into.x)} ${number(into.y)}`,
        `Q${number(point.x)} ${number(point.y)} ${number(out.x)} ${number(out.y)}`,
      );
    }
  }
  return parts.join('');
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
