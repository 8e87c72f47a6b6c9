/**
 * The ways in which a picture is tried, and how well each one reads. Which way suits a process shows only when
 * it is laid out: long ones want narrow boxes, branching ones wide ones.
 */

import { smallSize } from './box-metrics.ts';
import { countCrossings, findOverlaps } from './picture-clearance.ts';
import type { Arrow, PictureContent, PictureWrap } from './picture-content.ts';
import type { PictureGeometry } from './picture-geometry.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { rankOf, readingRanks } from './reading-order.ts';

export interface LayoutManner {
  readonly direction: 'DOWN' | 'RIGHT';
  readonly wrap: PictureWrap;
  readonly options: Readonly<Record<string, string>>;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A4 upright in points, less five millimetres at each edge, which printers cannot reach. */
const paper: Size = { width: 567, height: 813 };

/** Below so many points, letters on paper are hard to read. */
export const smallestPoints = 7;

/** Larger letters do not make a better picture. */
const largestPoints = 8;

const wide: PictureWrap = { box: 290, label: 190 };
const middle: PictureWrap = { box: 210, label: 120 };
/** Wide boxes are low ones, and narrow labels leave room beside them. */
const wraps: readonly PictureWrap[] = [{ box: 270, label: 110 }, wide, { box: 250, label: 150 }, middle];

/** So many states and transitions, times ways to try, take about a second. */
const affordable = 480;

/** Beyond so many, placing boxes in the better way takes too long. */
const manyParts = 250;

/** At least one. Large pictures are tried in fewer ways, since each takes longer. */
export function layoutManners({ states, transitions }: PicturedProcess): readonly LayoutManner[] {
  const size = (states?.size ?? 0) + transitions.size;
  return everyManner(size > manyParts ? 'BRANDES_KOEPF' : 'NETWORK_SIMPLEX').slice(
    0,
    Math.max(1, Math.floor(affordable / size)),
  );
}

/** Where letters would be too small otherwise: upright and close, with texts as short as they can be. */
export function shorterManners({ states, transitions }: PicturedProcess): readonly LayoutManner[] {
  const size = (states?.size ?? 0) + transitions.size;
  return closeManners.slice(0, Math.max(1, Math.floor((1.1 * affordable) / size)));
}

/** As near as lines and letters can be and still be told apart. Before a box stays the length of an arrow's tip. */
const closeSpacing: LayoutManner['options'] = {
  'elk.spacing.nodeNode': '10',
  'elk.spacing.edgeNode': '6',
  'elk.spacing.edgeEdge': '6',
  'elk.spacing.edgeLabel': '2',
  'elk.layered.spacing.nodeNodeBetweenLayers': '6',
  'elk.layered.spacing.edgeNodeBetweenLayers': '6',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '5',
};

/** The most promising ways come first. */
const closeManners: readonly LayoutManner[] = (
  [
    ['SMART_UP', 250, 100],
    ['ALWAYS_UP', 270, 110],
    ['ALWAYS_UP', 250, 100],
    ['SMART_UP', 270, 110],
  ] as const
).flatMap(([side, box, label]) =>
  (['SPACE_EFFICIENT_LAYER', 'MEDIAN_LAYER', 'TAIL_LAYER', 'HEAD_LAYER'] as const).map((labels) => {
    const wrap = { box, label, letters: true };
    const manner = toManner('DOWN', wrap, 'MODEL_ORDER', 'LONGEST_PATH_SOURCE', labels, 'NETWORK_SIMPLEX');
    const options = { ...manner.options, ...closeSpacing, 'elk.layered.edgeLabels.sideSelection': side };
    return { ...manner, options };
  }),
);

/** Where the algorithm gives up on all the others. */
export const plainManner: LayoutManner = {
  direction: 'DOWN',
  wrap: middle,
  options: { 'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF' },
};

/** The most promising ways come first. */
function everyManner(placing: string): LayoutManner[] {
  const across = [wide, middle].map((wrap) =>
    toManner('RIGHT', wrap, 'DEPTH_FIRST', 'NETWORK_SIMPLEX', 'TAIL_LAYER', placing),
  );
  const down = wraps.flatMap((wrap) =>
    (['LONGEST_PATH_SOURCE', 'NETWORK_SIMPLEX'] as const).flatMap((layers) =>
      (['SPACE_EFFICIENT_LAYER', 'TAIL_LAYER'] as const).flatMap((labels) =>
        (['DEPTH_FIRST', 'MODEL_ORDER'] as const).map((cycles) =>
          toManner('DOWN', wrap, cycles, layers, labels, placing),
        ),
      ),
    ),
  );
  const [first, ...others] = down;
  return first === undefined ? across : [first, ...across, ...others];
}

function toManner(
  direction: LayoutManner['direction'],
  wrap: PictureWrap,
  cycles: string,
  layers: string,
  labels: string,
  placing: string,
): LayoutManner {
  return {
    direction,
    wrap,
    options: {
      'elk.layered.cycleBreaking.strategy': cycles,
      'elk.layered.layering.strategy': layers,
      'elk.layered.edgeLabels.centerLabelPlacementStrategy': labels,
      'elk.layered.nodePlacement.strategy': placing,
      'elk.layered.compaction.postCompaction.strategy': 'EDGE_LENGTH',
    },
  };
}

/** Size in points of the smallest letters when the picture is fitted to a sheet of A4, whichever way it is turned. */
export function pointsOnPaper({ width, height }: Size): number {
  const upright = Math.min(paper.width / width, paper.height / height);
  const turned = Math.min(paper.height / width, paper.width / height);
  return smallSize * Math.max(upright, turned);
}

/** Higher reads better: large on paper, nothing over anything else, few crossings, few bends, the main way straight. */
export function readability(page: Size, geometry: PictureGeometry, content: PictureContent): number {
  const looks = new Map(content.arrows.map(({ id, look }) => [id, look]));
  const bends = geometry.edges.reduce((sum, { id, points }) => {
    return sum + Math.max(0, points.length - 2) * (isMain(looks.get(id)) ? 2 : 1);
  }, 0);
  const arrows = Math.max(1, geometry.edges.length);
  return (
    Math.min(largestPoints, pointsOnPaper(page)) -
    10 * findOverlaps(geometry, content).length -
    0.4 * againstTheFlow(geometry, content) -
    (0.25 * bends + 0.5 * countCrossings(geometry)) / arrows
  );
}

/** How much of the way a case takes leads back over the page, and how far from its edge a case begins. */
function againstTheFlow({ states }: PictureGeometry, content: PictureContent): number {
  const places = new Map(states.map((place) => [place.id, place]));
  const ranks = readingRanks(content);
  return content.arrows.reduce((sum, { from, to, look }) => {
    const source = places.get(from);
    const target = places.get(to);
    if (source === undefined || target === undefined) return sum;
    const late = look === 'start' ? Math.min(source.x, source.y) / 300 : 0;
    const back = target.x + target.y < source.x + source.y && rankOf(from, ranks) < rankOf(to, ranks);
    return sum + late + (back ? (isMain(look) ? 1 : 0.3) : 0);
  }, 0);
}

function isMain(look: Arrow['look'] | undefined): boolean {
  return look === 'start' || look === 'initial' || look === 'approved' || look === 'automatic';
}
