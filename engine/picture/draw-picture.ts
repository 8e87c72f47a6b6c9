/**
 * Geometry and process -> the picture, as the text of an SVG file. The same arguments give the same bytes. It
 * reads no clock and no font, and writes nothing that runs, loads or links.
 */
import type { Title } from '../../schemas/process-definition.ts';
import type { CompiledTransition } from '../definition/compiled-process.ts';
import { smallLine, smallSize } from './box-metrics.ts';
import { cleanText } from './clean-text.ts';
import { drawLabel, drawLine, drawSteps, drawTip, type PlacedArrow } from './draw-arrow.ts';
import { drawBox, type PlacedBox } from './draw-box.ts';
import { drawDividers } from './draw-dividers.ts';
import { type Legend, makeAbout, makeLegend } from './draw-legend.ts';
import { findRoom } from './picture-clearance.ts';
import { type PictureContent, type PictureWording, toPictureContent } from './picture-content.ts';
import type { PictureGeometry, Point } from './picture-geometry.ts';
import type { Marks, PictureCoverage, Unproven } from './picture-marks.ts';
import { styleSheet, type Theme } from './picture-theme.ts';
import { type Language, type PictureWords, pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { stateInFile } from './plan-picture.ts';
import { element, group, join, nothing, number, type Svg } from './svg.ts';
import { wrapText } from './text-width.ts';

export interface DrawOptions {
  /** The titles of roles that the geometry was made with. */
  readonly roles?: ReadonlyMap<string, Title>;
  /** Titles of units, for the owner at the foot. */
  readonly units?: ReadonlyMap<string, Title>;
  /** `auto` follows the reader's own setting. */
  readonly theme?: Theme;
  /** Shades what was not covered. */
  readonly coverage?: PictureCoverage;
  /** Ids of transitions, drawn thick and numbered in this order. */
  readonly path?: readonly string[];
  /** Says over the picture that the definition is refused, and draws the way past the gate instead of `path`. */
  readonly unproven?: Unproven;
}

const margin = 6;
const narrowest = 420;
const headingSize = 18;
const headingLine = 20;

/** Geometry of another definition is a mistake of the caller, and throws. */
export function drawPicture(
  process: PicturedProcess,
  geometry: PictureGeometry,
  { roles, units, theme = 'auto', coverage, path = [], unproven }: DrawOptions = {},
): string {
  if (geometry.definition !== process.hash) {
    throw new Error(`The geometry is of definition ${geometry.definition}, not of ${process.hash}.`);
  }
  const { language } = geometry;
  const wording: PictureWording = {
    language,
    ...(roles === undefined ? {} : { roles }),
    ...(units === undefined ? {} : { units }),
  };
  const content = toPictureContent(process, wording, geometry.wrap);
  const key = `cs-${process.hash.slice(0, 12)}-${language}`;
  const marks = toMarks(process, `${key}-hatch`, coverage, unproven?.path ?? path, unproven);
  const page = pageOf(process, geometry, content, wording, marks);
  const words = pictureWords[language];
  const title = cleanText(process.definition.title[language]);
  const drawing = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${number(page.width)} ${number(page.height)}`,
      width: page.width,
      height: page.height,
      class: 'cs-picture',
      role: 'img',
      lang: language,
      'aria-labelledby': `${key}-title ${key}-desc`,
    },
    element('title', { id: `${key}-title` }, title),
    element('desc', { id: `${key}-desc` }, describe(process, content, words)),
    element('style', {}, styleSheet(theme)),
    hatching(marks),
    element('rect', { width: page.width, height: page.height, class: 'cs-page' }),
    ...page.heading,
    group(
      { transform: `translate(${number(page.left)} ${number(page.top)})` },
      drawGraph(process, geometry, content, marks),
    ),
    ...page.foot,
  );
  return `${drawing.markup}\n`;
}

/** How large the drawing will be, with heading and legend around the graph. */
export function pictureSize(
  process: PicturedProcess,
  geometry: PictureGeometry,
  wording: PictureWording,
): { readonly width: number; readonly height: number } {
  const content = toPictureContent(process, wording, geometry.wrap);
  const { width, height } = pageOf(process, geometry, content, wording, toMarks(process, '', undefined, []));
  return { width, height };
}

interface Page {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly heading: readonly Svg[];
  readonly foot: readonly Svg[];
}

/** Widths in which the legend is tried inside the picture, the flattest first. */
const legendWidths = [520, 420, 340, 310, 295, 280, 265, 250, 230, 210];

function pageOf(
  process: PicturedProcess,
  geometry: PictureGeometry,
  content: PictureContent,
  wording: PictureWording,
  marks: Marks,
): Page {
  const inner = Math.max(narrowest, Math.ceil(geometry.width));
  const title = cleanText(process.definition.title[wording.language]);
  const lines = wrapText(title, { size: headingSize, weight: 'bold', width: inner, most: 3 });
  const warning = warningOf(marks, wording.language, inner);
  const warningTop = margin + lines.length * headingLine;
  const top = warningTop + warning.length * smallLine + 4;
  const left = margin + (inner - geometry.width) / 2;
  const bottom = top + Math.ceil(geometry.height) + 5;
  const heading = [
    ...lines.map((line, index) =>
      element('text', { x: margin, y: margin + 14 + index * headingLine, class: 'cs-ink cs-heading' }, line),
    ),
    ...warning.map((line, index) =>
      element(
        'text',
        { x: margin, y: warningTop + 9 + index * smallLine, class: 'cs-of-path cs-bold' },
        line,
      ),
    ),
  ];
  const about = makeAbout(process, wording, inner);
  const inside = legendInside(geometry, content, wording, marks);
  const legend = inside?.legend ?? makeLegend(content, wording, marks, inner);
  const aboutTop = inside === null ? bottom + legend.height : bottom;
  return {
    width: inner + 2 * margin,
    height: Math.ceil(aboutTop + about.height + margin / 2),
    left,
    top,
    heading,
    foot: [
      inside === null
        ? legend.draw(margin, bottom)
        : drawKey(inside.legend, { x: left + inside.x, y: top + inside.y }),
      about.draw(margin, aboutTop),
    ],
  };
}

/** Nobody may take the picture of a refused definition for that of one in force. */
function warningOf({ unproven, steps }: Marks, language: Language, width: number): readonly string[] {
  if (unproven === null) return [];
  const words = pictureWords[language];
  const way = unproven.kind === undefined ? words.passed : words.bypass(cleanText(unproven.kind));
  const text = steps.size > 0 ? way : words.unproven;
  return wrapText(text, { size: smallSize, weight: 'bold', width, most: 3 });
}

interface LegendInside extends Point {
  readonly legend: Legend;
}

/** A corner that the graph leaves free holds the legend, as on a map; else it stands below. */
function legendInside(
  geometry: PictureGeometry,
  content: PictureContent,
  wording: PictureWording,
  marks: Marks,
): LegendInside | null {
  for (const width of legendWidths) {
    const legend = makeLegend(content, wording, marks, width);
    const size = { width: legend.width + 2 * keyPadding, height: legend.height + 2 * keyPadding };
    const room = findRoom(geometry, content.boxes, size);
    if (room !== null) return { legend, ...room };
  }
  return null;
}

const keyPadding = 7;

function drawKey(legend: Legend, { x, y }: Point): Svg {
  return group(
    {},
    element('rect', {
      x,
      y,
      width: legend.width + 2 * keyPadding,
      height: legend.height + 2 * keyPadding,
      rx: 4,
      fill: 'none',
      class: 'cs-rule',
      'stroke-width': 0.7,
    }),
    legend.draw(x + keyPadding, y + keyPadding),
  );
}

function drawGraph(
  process: PicturedProcess,
  geometry: PictureGeometry,
  content: PictureContent,
  marks: Marks,
): Svg {
  const places = new Map(geometry.states.map((place) => [place.id, place]));
  const edges = new Map(geometry.edges.map((edge) => [edge.id, edge]));
  const boxes = content.boxes.flatMap((box): PlacedBox[] => {
    const place = places.get(box.id);
    if (place === undefined) return [];
    return [
      {
        box,
        place,
        meaning: process.gates.get(box.id)?.gate.meaning ?? null,
        history: stateInFile(process, box.id)?.history ?? 'shallow',
      },
    ];
  });
  const arrows = content.arrows.flatMap((arrow): PlacedArrow[] => {
    const place = edges.get(arrow.id);
    return place === undefined ? [] : [{ arrow, place }];
  });
  const frames = boxes.filter(({ box }) => box.holds);
  const leaves = boxes.filter(({ box }) => !box.holds);
  return join(
    ...frames.map((frame) => drawBox(frame, marks)),
    drawDividers(process, boxes),
    ...arrows.map((arrow) => drawLine(arrow, marks)),
    ...arrows.map(drawTip),
    ...leaves.map((leaf) => drawBox(leaf, marks)),
    ...arrows.map((arrow) => drawLabel(arrow, marks)),
    ...arrows.map((arrow) => drawSteps(arrow, marks)),
  );
}

function toMarks(
  process: PicturedProcess,
  hatch: string,
  coverage: PictureCoverage | undefined,
  path: readonly string[],
  unproven?: Unproven,
): Marks {
  const steps = new Map<string, number[]>();
  const visited = new Set<string>();
  for (const [index, id] of path.entries()) {
    steps.set(id, [...(steps.get(id) ?? []), index + 1]);
    const transition = process.transitions.get(id);
    if (transition === undefined) continue;
    for (const state of [transition.source, ...transition.targets]) visited.add(state);
  }
  const missing = (all: Iterable<string>, reached: ReadonlySet<string> | undefined) =>
    new Set(reached === undefined ? [] : [...all].filter((id) => id !== '' && !reached.has(id)));
  const takeable = [...process.transitions.values()].filter(({ forbidden }) => !forbidden);
  const states = [...(process.states?.values() ?? [])].filter(({ kind }) => kind !== 'history');
  return {
    hatch,
    uncoveredStates: missing(
      states.map(({ id }) => id),
      coverage?.states,
    ),
    uncoveredTransitions: missing(
      takeable.map(({ id }) => id),
      coverage?.transitions,
    ),
    halfTested: new Set(takeable.filter((one) => isHalfTested(one, coverage)).map(({ id }) => id)),
    counts: coverage?.counts ?? null,
    visited,
    steps,
    unproven: unproven ?? null,
  };
}

function isHalfTested(
  { id, guard }: CompiledTransition,
  { transitions, guardsHeld, guardsFailed }: Partial<PictureCoverage> = {},
): boolean {
  if (guard === undefined || guardsHeld === undefined || guardsFailed === undefined) return false;
  return transitions?.has(id) === true && !(guardsHeld.has(id) && guardsFailed.has(id));
}

function hatching({ hatch, uncoveredStates, uncoveredTransitions }: Marks): Svg {
  if (uncoveredStates.size + uncoveredTransitions.size === 0) return nothing;
  return element(
    'defs',
    {},
    element(
      'pattern',
      { id: hatch, width: 8, height: 8, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
      element('path', { d: 'M0 4H8', class: 'cs-uncovered', 'stroke-width': 1.6, opacity: 0.45 }),
    ),
  );
}

function describe(process: PicturedProcess, content: PictureContent, words: PictureWords): string {
  const states = (process.states?.size ?? 1) - 1;
  const ai = content.boxes.filter(({ look }) => look === 'ai').length;
  return words.summary(states, process.gates.size, ai, process.transitions.size);
}
