/**
 * The graph that the layout algorithm is given, and what it answers, as plain JSON: ELK's own format, so that
 * this room can speak of it without the library. It decides how a process should flow over the page; where
 * things come to lie is the algorithm's part.
 */

import type { LayoutManner } from './layout-manners.ts';
import type { Arrow, Box, PictureContent, PictureWording } from './picture-content.ts';
import type { PictureGeometry, PlacedEdge, PlacedState, Point } from './picture-geometry.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { rankOf, readingRanks, tiesOf } from './reading-order.ts';

export interface LayoutNode {
  readonly id: string;
  readonly width?: number;
  readonly height?: number;
  readonly children?: readonly LayoutNode[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface LayoutEdge {
  readonly id: string;
  readonly sources: readonly string[];
  readonly targets: readonly string[];
  readonly labels: readonly { readonly text: string; readonly width: number; readonly height: number }[];
  readonly layoutOptions?: Readonly<Record<string, string>>;
}

export interface LayoutGraph extends LayoutNode {
  readonly edges: readonly LayoutEdge[];
}

export interface LaidOutNode {
  readonly id: string;
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly children?: readonly LaidOutNode[];
}

export interface LaidOutGraph extends LaidOutNode {
  readonly edges?: readonly {
    readonly id: string;
    readonly sections?: readonly {
      readonly startPoint: Point;
      readonly bendPoints?: readonly Point[];
      readonly endPoint: Point;
    }[];
    readonly labels?: readonly {
      readonly x?: number;
      readonly y?: number;
      readonly width?: number;
      readonly height?: number;
    }[];
  }[];
}

/** The way a case takes when all goes well should be straight; what goes back or fails may bend. */
const priorities: Readonly<Record<Arrow['look'], number>> = {
  start: 10,
  initial: 10,
  approved: 10,
  automatic: 8,
  event: 5,
  after: 3,
  history: 1,
  error: 1,
  returned: 0,
  rejected: 1,
};

/** As near as lines and letters can be and still be told apart at a glance. */
const spacing: Readonly<Record<string, string>> = {
  'elk.spacing.nodeNode': '14',
  'elk.spacing.edgeNode': '9',
  'elk.spacing.edgeEdge': '8',
  'elk.spacing.edgeLabel': '3',
  'elk.layered.spacing.nodeNodeBetweenLayers': '10',
  'elk.layered.spacing.edgeNodeBetweenLayers': '9',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '7',
};

/** Begins the ids of edges that hold parts together and are not drawn. */
const tie = ':tie:';

export function toLayoutGraph(content: PictureContent, manner: LayoutManner): LayoutGraph {
  const ranks = readingRanks(content);
  const nested = content.boxes.some(({ holds }) => holds);
  return {
    id: 'picture',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': manner.direction,
      'elk.hierarchyHandling': nested ? 'INCLUDE_CHILDREN' : 'INHERIT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.json.edgeCoords': 'ROOT',
      'elk.json.shapeCoords': 'ROOT',
      'elk.randomSeed': '379',
      'elk.padding': '[top=0,left=0,bottom=0,right=0]',
      ...spacing,
      ...manner.options,
    },
    children: childrenOf('', content.boxes, ranks, manner),
    edges: [
      ...content.arrows.map(toLayoutEdge),
      ...tiesOf(content, ranks).map(([from, to]) => ({
        id: `${tie}${to}`,
        sources: [from],
        targets: [to],
        labels: [],
      })),
    ],
  };
}

/** Boxes a case reaches first come first: the algorithm lets what leads to an earlier one lead back. */
function childrenOf(
  parent: string,
  boxes: readonly Box[],
  ranks: ReadonlyMap<string, number>,
  manner: LayoutManner,
): LayoutNode[] {
  return boxes
    .filter((box) => box.parent === parent)
    .toSorted((one, other) => rankOf(one.id, ranks) - rankOf(other.id, ranks))
    .map(({ id, width, height, holds }) =>
      holds
        ? {
            id,
            // The algorithm hands nothing down to what is inside.
            layoutOptions: {
              ...spacing,
              ...manner.options,
              // It fails where it is asked to compact a frame by itself.
              'elk.layered.compaction.postCompaction.strategy': 'NONE',
              'elk.alignment': 'TOP',
              'elk.padding': `[top=${height + 14},left=14,bottom=14,right=14]`,
              'elk.nodeSize.constraints': 'MINIMUM_SIZE',
              'elk.nodeSize.minimum': `(${width},${height})`,
            },
            children: childrenOf(id, boxes, ranks, manner),
          }
        : { id, width, height },
    );
}

function toLayoutEdge({ id, from, to, look, width, height }: Arrow): LayoutEdge {
  const priority = String(priorities[look]);
  return {
    id,
    sources: [from],
    targets: [to],
    labels: width === 0 ? [] : [{ text: id, width, height }],
    layoutOptions: {
      'elk.layered.priority.direction': priority,
      'elk.layered.priority.straightness': priority,
      'elk.layered.priority.shortness': priority,
    },
  };
}

/** What the algorithm answered, as geometry. Numbers are rounded, so that equal pictures are equal bytes. */
export function toGeometry(
  process: PicturedProcess,
  { language }: PictureWording,
  { wrap }: LayoutManner,
  laidOut: LaidOutGraph,
): PictureGeometry {
  return {
    format: 1,
    definition: process.hash,
    language,
    wrap,
    width: round(laidOut.width ?? 0),
    height: round(laidOut.height ?? 0),
    states: (laidOut.children ?? []).flatMap(placedStates),
    edges: (laidOut.edges ?? []).filter(({ id }) => !id.startsWith(tie)).map(placedEdge),
  };
}

function placedStates(node: LaidOutNode): PlacedState[] {
  const { id, x = 0, y = 0, width = 0, height = 0, children = [] } = node;
  return [
    { id, x: round(x), y: round(y), width: round(width), height: round(height) },
    ...children.flatMap(placedStates),
  ];
}

function placedEdge({
  id,
  sections = [],
  labels = [],
}: NonNullable<LaidOutGraph['edges']>[number]): PlacedEdge {
  const points = sections.flatMap(({ startPoint, bendPoints = [], endPoint }) => [
    startPoint,
    ...bendPoints,
    endPoint,
  ]);
  const [label] = labels;
  return {
    id,
    points: points.map(({ x, y }) => ({ x: round(x), y: round(y) })),
    label:
      label === undefined
        ? null
        : {
            x: round(label.x ?? 0),
            y: round(label.y ?? 0),
            width: round(label.width ?? 0),
            height: round(label.height ?? 0),
          },
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
