/** What lies over what, and where there is room: by this a layout is judged, and the legend finds its place. */
import type { Box, PictureContent } from './picture-content.ts';
import type { PictureGeometry, Point, Rectangle } from './picture-geometry.ts';

/** Pairs of ids that share room, boxes and labels; a box and one around it do not count. */
export function findOverlaps(
  geometry: PictureGeometry,
  content: PictureContent,
): readonly (readonly [string, string])[] {
  const boxes = new Map(content.boxes.map((box) => [box.id, box]));
  const labels = geometry.edges.flatMap(({ id, label }) => (label === null ? [] : [{ id, place: label }]));
  const states = geometry.states.map((place) => ({ id: place.id, place }));
  const leaves = states.filter(({ id }) => boxes.get(id)?.holds === false);
  const heads = states.flatMap(({ id, place }) => {
    const box = boxes.get(id);
    return box?.holds === true ? [{ id, place: { ...place, height: box.height } }] : [];
  });
  const solid = [...leaves, ...heads, ...labels];
  const pairs: (readonly [string, string])[] = [];
  for (const [index, one] of solid.entries()) {
    for (const other of solid.slice(index + 1)) {
      if (touch(one.place, other.place, -0.5)) pairs.push([one.id, other.id]);
    }
  }
  // A line through a box or a label that is not its own.
  for (const { id, points } of geometry.edges) {
    for (const { id: solidId, place } of [...leaves, ...labels]) {
      if (solidId !== id && strips(points, -2).some((strip) => touch(strip, place, -1.5))) {
        if (!endsAt(points, place)) pairs.push([id, solidId]);
      }
    }
  }
  return pairs;
}

/** Lines run along the axes, so two cross where one is level and the other upright. */
export function countCrossings({ edges }: Pick<PictureGeometry, 'edges'>): number {
  const level: Segment[] = [];
  const upright: Segment[] = [];
  for (const { points } of edges) {
    for (const [one, other] of segments(points)) {
      if (Math.abs(one.y - other.y) < Math.abs(one.x - other.x)) level.push([one, other]);
      else upright.push([one, other]);
    }
  }
  let crossings = 0;
  for (const [one, other] of level) {
    const left = Math.min(one.x, other.x) + 1;
    const right = Math.max(one.x, other.x) - 1;
    for (const [from, to] of upright) {
      const high = Math.min(from.y, to.y) + 1;
      const low = Math.max(from.y, to.y) - 1;
      if (from.x > left && from.x < right && one.y > high && one.y < low) crossings++;
    }
  }
  return crossings;
}

/** The lowest, then leftmost place for a block of this size within the picture; null where there is none. */
export function findRoom(
  geometry: PictureGeometry,
  boxes: readonly Box[],
  size: { readonly width: number; readonly height: number },
): Point | null {
  const holding = new Set(boxes.filter(({ holds }) => holds).map(({ id }) => id));
  const outer = geometry.states.filter(({ id }) => holding.has(id) || !id.includes('.'));
  const taken = [
    ...outer,
    ...geometry.edges.flatMap(({ points, label }) => [
      ...strips(points, 0),
      ...(label === null ? [] : [label]),
    ]),
  ];
  const step = 8;
  for (let y = geometry.height - size.height; y >= 0; y -= step) {
    for (let x = 0; x <= geometry.width - size.width; x += step) {
      const place = { x, y, ...size };
      if (!taken.some((one) => touch(one, place, 8))) return { x, y };
    }
  }
  return null;
}

type Segment = readonly [Point, Point];

function segments(points: readonly Point[]): Segment[] {
  return points.flatMap((point, index) => {
    const next = points[index + 1];
    return next === undefined ? [] : [[point, next] as const];
  });
}

/** The segments of a line as rectangles, so much shorter at both ends. */
function strips(points: readonly Point[], longer: number): Rectangle[] {
  return segments(points).map(([one, other]) => {
    const width = Math.abs(one.x - other.x);
    const height = Math.abs(one.y - other.y);
    return {
      x: Math.min(one.x, other.x) - (width > 0 ? longer : 0),
      y: Math.min(one.y, other.y) - (height > 0 ? longer : 0),
      width: width + (width > 0 ? 2 * longer : 0),
      height: height + (height > 0 ? 2 * longer : 0),
    };
  });
}

function endsAt(points: readonly Point[], { x, y, width, height }: Rectangle): boolean {
  return [points[0], points.at(-1)].some(
    (point) =>
      point !== undefined &&
      point.x >= x - 1 &&
      point.x <= x + width + 1 &&
      point.y >= y - 1 &&
      point.y <= y + height + 1,
  );
}

/** Whether two rectangles come nearer to each other than `distance`. */
export function touch(one: Rectangle, other: Rectangle, distance: number): boolean {
  return (
    one.x < other.x + other.width + distance &&
    other.x < one.x + one.width + distance &&
    one.y < other.y + other.height + distance &&
    other.y < one.y + one.height + distance
  );
}
