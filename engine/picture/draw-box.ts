/** One box of the picture, at its place. */
import type { Meaning } from '../../schemas/process-definition.ts';
import { badgeRoom, badgeSize, padding, rowsGap, smallLine, titleLine } from './box-metrics.ts';
import { hasBadge } from './describe-box.ts';
import { drawRows, smallBaseline } from './draw-rows.ts';
import type { Box, BoxLook } from './picture-content.ts';
import type { Rectangle } from './picture-geometry.ts';
import { aiBadge, endRing, seal } from './picture-icons.ts';
import type { Marks } from './picture-marks.ts';
import { element, group, nothing, number, type Svg } from './svg.ts';

export interface PlacedBox {
  readonly box: Box;
  readonly place: Rectangle;
  /** The act, of a gate. */
  readonly meaning: Meaning | null;
  readonly history: 'shallow' | 'deep';
}

export function drawBox({ box, place, meaning, history }: PlacedBox, marks: Marks): Svg {
  const tooltip = box.tooltip === '' ? nothing : element('title', {}, box.tooltip);
  if (box.look === 'initial') return startDot(place);
  return group(
    {},
    tooltip,
    marks.visited.has(box.id) ? halo(box.look, place) : nothing,
    box.look === 'history' ? historyRing(place, history) : outline(box, place),
    marks.uncoveredStates.has(box.id)
      ? outlineRectangle(box.look, place, { fill: `url(#${marks.hatch})` })
      : nothing,
    drawBadge(box, place, meaning),
    ...words(box, place),
    ...drawRows(box.rows, place.x + padding, place.y + headHeight(box) + rowsGap, marks),
  );
}

/** From the top of a box to the end of its title. */
export function headHeight({ eyebrow, legal, title, look }: Box): number {
  const lines = (eyebrow === '' && legal === '' ? 0 : smallLine) + title.length * titleLine;
  return padding - 1 + Math.max(hasBadge(look) ? badgeSize : 0, lines);
}

function words(box: Box, place: Rectangle): Svg[] {
  const left = place.x + padding + (hasBadge(box.look) ? badgeRoom : 0);
  let top = place.y + padding - 1;
  const hasFirstLine = box.eyebrow !== '' || box.legal !== '';
  const tall = (hasFirstLine ? smallLine : 0) + box.title.length * titleLine;
  if (hasBadge(box.look)) top += Math.max(0, badgeSize - tall) / 2;
  const drawn: Svg[] = [];
  if (box.eyebrow !== '') {
    const classes = `cs-bold cs-of-${box.look}`;
    drawn.push(element('text', { x: left, y: smallBaseline(top), class: classes }, box.eyebrow));
  }
  if (box.legal !== '') {
    const apart = box.eyebrow === '' ? { x: left } : { x: place.x + place.width - padding };
    const classes = box.eyebrow === '' ? 'cs-muted' : 'cs-muted cs-end';
    drawn.push(element('text', { ...apart, y: smallBaseline(top), class: classes }, box.legal));
  }
  if (hasFirstLine) top += smallLine;
  for (const [index, line] of box.title.entries()) {
    drawn.push(
      element('text', { x: left, y: top + index * titleLine + 11.2, class: 'cs-ink cs-name' }, line),
    );
  }
  return drawn;
}

function drawBadge(box: Box, place: Rectangle, meaning: Meaning | null): Svg {
  const x = place.x + padding;
  const y = place.y + padding - 1;
  if (meaning !== null) return seal(meaning, x, y);
  if (box.look === 'ai') return aiBadge(x, y);
  return box.look === 'success' || box.look === 'failure' ? endRing(box.look, x, y, badgeSize) : nothing;
}

function outline(box: Box, place: Rectangle): Svg {
  const { look } = box;
  const classes = `cs-box-${look}`;
  switch (look) {
    case 'gate':
      return group(
        {},
        outlineRectangle(look, place, { class: classes, 'stroke-width': 1.8 }),
        rectangle(inset(place, 2.6), 5, { class: `cs-edge-${look}`, fill: 'none', 'stroke-width': 0.7 }),
      );
    case 'ai':
      return element('path', { d: chamfered(place), class: classes, 'stroke-width': 1.6 });
    case 'success':
    case 'failure':
      return group(
        {},
        outlineRectangle(look, place, { class: classes, 'stroke-width': 1.4 }),
        rectangle(inset(place, 2.6), radius(look, place) - 2.6, {
          class: `cs-edge-${look}`,
          fill: 'none',
          'stroke-width': 1.4,
        }),
      );
    case 'anywhere':
    case 'again':
      return outlineRectangle(look, place, { class: `${classes} cs-dash`, 'stroke-width': 1.3 });
    case 'region':
      return nothing;
    case 'group':
    case 'parallel':
      return group(
        {},
        outlineRectangle(look, place, { class: classes, 'stroke-width': 1.3 }),
        element('path', {
          d: `M${number(place.x)} ${number(place.y + box.height + 2)}H${number(place.x + place.width)}`,
          class: `cs-edge-${look}`,
          'stroke-width': 0.8,
        }),
      );
    default:
      return outlineRectangle(look, place, { class: classes, 'stroke-width': 1.3 });
  }
}

function startDot({ x, y, width }: Rectangle): Svg {
  const half = width / 2;
  return element('circle', { cx: x + half, cy: y + half, r: half - 1, class: 'cs-of-initial' });
}

function historyRing({ x, y, width }: Rectangle, history: 'shallow' | 'deep'): Svg {
  const half = width / 2;
  return group(
    {},
    element('circle', {
      cx: x + half,
      cy: y + half,
      r: half - 1,
      class: 'cs-box-history',
      'stroke-width': 1.4,
    }),
    element(
      'text',
      { x: x + half, y: y + half + 4.4, class: 'cs-ink cs-name cs-middle' },
      history === 'deep' ? 'H*' : 'H',
    ),
  );
}

/** A thick line around a box on the path. */
function halo(look: BoxLook, place: Rectangle): Svg {
  return outlineRectangle(look, inset(place, -3), { class: 'cs-path', fill: 'none', 'stroke-width': 3 });
}

function outlineRectangle(
  look: BoxLook,
  place: Rectangle,
  attributes: Readonly<Record<string, string | number>>,
): Svg {
  return rectangle(place, radius(look, place), attributes);
}

function rectangle(
  { x, y, width, height }: Rectangle,
  rx: number,
  attributes: Readonly<Record<string, string | number>>,
): Svg {
  return element('rect', { x, y, width, height, rx, ...attributes });
}

function radius(look: BoxLook, { height }: Rectangle): number {
  if (look === 'success' || look === 'failure') return Math.min(height / 2, 18);
  if (look === 'anywhere' || look === 'again' || look === 'history') return Math.min(height / 2, 16);
  return look === 'ai' ? 4 : 7;
}

function inset({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

/** A box with its corners cut off. */
function chamfered({ x, y, width, height }: Rectangle): string {
  const cut = 7;
  const right = x + width;
  const bottom = y + height;
  const corners = [
    [x + cut, y],
    [right - cut, y],
    [right, y + cut],
    [right, bottom - cut],
    [right - cut, bottom],
    [x + cut, bottom],
    [x, bottom - cut],
    [x, y + cut],
  ];
  return `M${corners.map((corner) => corner.map(number).join(' ')).join('L')}Z`;
}
