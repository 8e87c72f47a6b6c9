/** The dashed lines between regions that run at the same time. */

import type { PlacedBox } from './draw-box.ts';
import type { Rectangle } from './picture-geometry.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { element, join, number, type Svg } from './svg.ts';

export function drawDividers(process: PicturedProcess, boxes: readonly PlacedBox[]): Svg {
  const parallel = [...(process.states?.values() ?? [])].filter(({ kind }) => kind === 'parallel');
  return join(
    ...parallel.flatMap(({ id }) => {
      const regions = boxes.filter(({ box }) => box.parent === id && !box.id.startsWith(':'));
      const frame = boxes.find(({ box }) => box.id === id);
      const places = regions.map(({ place }) => place);
      return frame === undefined
        ? dividers(places, around(places), 0)
        : dividers(places, frame.place, frame.box.height + 2);
    }),
  );
}

function dividers(places: readonly Rectangle[], frame: Rectangle, head: number): Svg[] {
  const beside = gaps(places.map(({ x, width }) => [x, x + width]));
  const below = gaps(places.map(({ y, height }) => [y, y + height]));
  const paths =
    beside.length === places.length - 1
      ? beside.map((x) => `M${number(x)} ${number(frame.y + head)}V${number(frame.y + frame.height)}`)
      : below.length === places.length - 1
        ? below.map((y) => `M${number(frame.x)} ${number(y)}H${number(frame.x + frame.width)}`)
        : places.map(outline);
  return paths.map((d) =>
    element('path', {
      d,
      fill: 'none',
      class: 'cs-edge-region',
      'stroke-width': 1.2,
      'stroke-dasharray': '7 5',
    }),
  );
}

/** Middles of the gaps between intervals. */
function gaps(intervals: readonly (readonly [number, number])[]): number[] {
  const sorted = intervals.toSorted(([one], [other]) => one - other);
  const found: number[] = [];
  let end = sorted[0]?.[1] ?? 0;
  for (const [from, to] of sorted.slice(1)) {
    if (from >= end) found.push((from + end) / 2);
    end = Math.max(end, to);
  }
  return found;
}

function around(places: readonly Rectangle[]): Rectangle {
  const x = Math.min(...places.map((place) => place.x));
  const y = Math.min(...places.map((place) => place.y));
  return {
    x,
    y,
    width: Math.max(...places.map((place) => place.x + place.width)) - x,
    height: Math.max(...places.map((place) => place.y + place.height)) - y,
  };
}

function outline({ x, y, width, height }: Rectangle): string {
  return `M${number(x - 4)} ${number(y - 4)}h${number(width + 8)}v${number(height + 8)}h${number(-width - 8)}Z`;
}
