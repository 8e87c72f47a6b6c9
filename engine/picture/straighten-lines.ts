/**
 * Takes needless corners out of a layout. The algorithm leads a line around what lay there while it worked and
 * was moved since; a line that can go straight on reads better. It moves lines only, never boxes or labels.
 */
import { touch } from './picture-clearance.ts';
import type { Box } from './picture-content.ts';
import type { PictureGeometry, PlacedEdge, Point, Rectangle } from './picture-geometry.ts';

/** Between a line and a box, a label, a line beside it, and the end of a box's side. */
const fromBox = 7;
const fromLabel = 3;
const fromLine = 7;
const fromCorner = 12;

export function straightenLines(geometry: PictureGeometry, boxes: readonly Box[]): PictureGeometry {
  const holding = new Set(boxes.filter(({ holds }) => holds).map(({ id }) => id));
  const solid = geometry.states.filter(({ id }) => !holding.has(id));
  const edges = geometry.edges.map((edge) => ({ ...edge, points: withoutStops(edge.points) }));
  for (let changed = true; changed; ) {
    changed = false;
    for (const [index, edge] of edges.entries()) {
      const others = edges.filter((other) => other !== edge);
      const better = shortcuts(edge, geometry.states).find((points) =>
        isClear({ ...edge, points }, edge, others, solid),
      );
      if (better === undefined) continue;
      edges[index] = { ...edge, points: better };
      changed = true;
    }
  }
  return { ...geometry, edges };
}

/** The ways of this line with one corner less at each end of a step: one of its two parallel parts moves over. */
function shortcuts(edge: PlacedEdge, states: readonly Rectangle[]): (readonly Point[])[] {
  const { points, label } = edge;
  const found: (readonly Point[])[] = [];
  for (let index = 0; index + 3 < points.length; index++) {
    const [a, b, c, d] = points.slice(index, index + 4);
    if (a === undefined || b === undefined || c === undefined || d === undefined) continue;
    const upright = a.x === b.x;
    if (upright !== (c.x === d.x)) continue;
    const carrying = label === null ? -1 : nearestPart(points, label);
    // Without the part between them, a label beside that would lie beside nothing.
    if (carrying === index + 1) continue;
    const before = points.slice(0, index);
    const after = points.slice(index + 4);
    if (carrying !== index) {
      const moved = upright ? { x: d.x, y: a.y } : { x: a.x, y: d.y };
      if (index > 0 || mayEndAt(moved, a, states)) found.push(withoutStops([...before, moved, d, ...after]));
    }
    if (carrying !== index + 2) {
      const moved = upright ? { x: a.x, y: d.y } : { x: d.x, y: a.y };
      if (after.length > 0 || mayEndAt(moved, d, states))
        found.push(withoutStops([...before, a, moved, ...after]));
    }
  }
  return found.filter((one) => one.length < points.length);
}

/** Whether a line that ends at a box may end there instead: on the same side, away from the corners. */
function mayEndAt(moved: Point, end: Point, states: readonly Rectangle[]): boolean {
  return states.some(({ x, y, width, height }) => {
    const onLevelSide = Math.abs(end.y - y) < 1 || Math.abs(end.y - y - height) < 1;
    const onUprightSide = Math.abs(end.x - x) < 1 || Math.abs(end.x - x - width) < 1;
    const within = (at: number, from: number, length: number, margin: number) =>
      at >= from + margin && at <= from + length - margin;
    if (onLevelSide && moved.y === end.y && within(end.x, x, width, 0))
      return within(moved.x, x, width, fromCorner);
    return (
      onUprightSide &&
      moved.x === end.x &&
      within(end.y, y, height, 0) &&
      within(moved.y, y, height, fromCorner)
    );
  });
}

/** A label lies beside one part of its line, which therefore stays where it is. */
function nearestPart(points: readonly Point[], label: Rectangle): number {
  const distances = toParts(points).map(([from, to]) => distanceBetween(toRectangle(from, to), label));
  return distances.indexOf(Math.min(...distances));
}

function distanceBetween(one: Rectangle, other: Rectangle): number {
  const apart = (from: number, length: number, otherFrom: number, otherLength: number) =>
    Math.max(0, otherFrom - from - length, from - otherFrom - otherLength);
  return Math.hypot(
    apart(one.x, one.width, other.x, other.width),
    apart(one.y, one.height, other.y, other.height),
  );
}

function isClear(
  edge: PlacedEdge,
  before: PlacedEdge,
  others: readonly PlacedEdge[],
  solid: readonly Rectangle[],
): boolean {
  const parts = toParts(edge.points);
  const first = edge.points[0];
  const last = edge.points.at(-1);
  const free = parts.every((part) => {
    const strip = toRectangle(...part);
    const ownLabel = edge.label !== null && touch(strip, edge.label, 0);
    return (
      !ownLabel &&
      solid.every((box) => {
        // The first and the last part reach their own boxes, and lead away from them.
        const isOwn = [first, last].some(
          (end) =>
            end !== undefined &&
            (part[0] === end || part[1] === end) &&
            touch(toRectangle(end, end), box, 0.6),
        );
        return !touch(strip, box, isOwn ? -0.6 : fromBox);
      }) &&
      others.every(
        ({ label, points }) =>
          (label === null || !touch(strip, label, fromLabel)) &&
          toParts(points).every((other) => areApart(part, other)),
      )
    );
  });
  if (!free) return false;
  return crossings(parts, others) <= crossings(toParts(before.points), others);
}

function crossings(parts: readonly Part[], others: readonly PlacedEdge[]): number {
  const strips = parts.map(([from, to]) => toRectangle(from, to));
  let count = 0;
  for (const { points } of others) {
    for (const [from, to] of toParts(points)) {
      const other = toRectangle(from, to);
      for (const strip of strips) if (touch(strip, other, 0)) count++;
    }
  }
  return count;
}

/** Lines may cross; they may not run along each other. */
function areApart(one: Part, other: Part): boolean {
  const upright = one[0].x === one[1].x;
  if (upright !== (other[0].x === other[1].x)) return true;
  return !touch(toRectangle(...one), toRectangle(...other), fromLine);
}

type Part = readonly [Point, Point];

function toParts(points: readonly Point[]): Part[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    return next === undefined ? [] : [[point, next] as const];
  });
}

function toRectangle(one: Point, other: Point): Rectangle {
  return {
    x: Math.min(one.x, other.x),
    y: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  };
}

/** Without points at which a line goes straight on. */
function withoutStops(points: readonly Point[]): readonly Point[] {
  return points.filter((point, index) => {
    const before = points[index - 1];
    const after = points[index + 1];
    if (before === undefined || after === undefined) return true;
    const level = before.y === point.y && point.y === after.y;
    const upright = before.x === point.x && point.x === after.x;
    return !level && !upright;
  });
}
