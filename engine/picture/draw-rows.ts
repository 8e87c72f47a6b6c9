/** The small lines of a box or a label: an icon, a text, and where it says so the ending it leads to. */
import {
  exitArrow,
  exitRing,
  iconRoom,
  iconSize,
  rowGap,
  rowLines,
  rowWidth,
  smallLine,
  smallSize,
} from './box-metrics.ts';
import { arrowTip } from './draw-arrow.ts';
import type { Row } from './picture-content.ts';
import type { Rectangle } from './picture-geometry.ts';
import { endRing, icon } from './picture-icons.ts';
import { halfTestedFrame, type Marks, numberDiscs } from './picture-marks.ts';
import { element, group, nothing, number, type Svg } from './svg.ts';
import { textWidth } from './text-width.ts';

/** The first line begins at `top`. */
export function drawRows(rows: readonly Row[], x: number, top: number, marks: Marks): Svg[] {
  const drawn: Svg[] = [];
  let y = top;
  for (const row of rows) {
    drawn.push(drawRow(row, x, y, marks));
    y += rowLines(row) * smallLine + rowGap;
  }
  return drawn;
}

/** Where letters stand in a small line that begins at `top`. */
export function smallBaseline(top: number): number {
  return top + 9.4;
}

function drawRow(row: Row, x: number, y: number, marks: Marks): Svg {
  const { transition = '', exit, beside } = row;
  const left = x + (row.icon === null ? 0 : iconRoom);
  const ink = row.tone === 'muted' ? 'cs-muted' : 'cs-ink';
  const lines = row.lines.map((line, index) =>
    element('text', { x: left, y: smallBaseline(y + index * smallLine), class: ink }, line),
  );
  return group(
    {},
    marks.uncoveredTransitions.has(transition) ? shade(row, x, y, marks) : nothing,
    marks.halfTested.has(transition) ? halfTestedFrame(around(row, x, y)) : nothing,
    row.icon === null ? nothing : icon(row.icon, x, y + (smallLine - iconSize) / 2, iconClass(row)),
    ...lines,
    ...(beside === undefined
      ? []
      : [
          icon(beside.icon, left + beside.left - iconRoom, y + (smallLine - iconSize) / 2, 'cs-stroke'),
          element('text', { x: left + beside.left, y: smallBaseline(y), class: ink }, beside.text),
        ]),
    exit === undefined ? nothing : drawExit(row, left, y),
    numberDiscs(marks.steps.get(transition) ?? [], x - 8, y + smallLine / 2),
  );
}

function drawExit({ exit, lines }: Row, left: number, y: number): Svg {
  if (exit === undefined) return nothing;
  const { title, look, arrow, sameLine } = exit;
  const top = y + (sameLine ? lines.length - 1 : lines.length) * smallLine;
  const begin = left + (sameLine ? textWidth(lines.at(-1) ?? '', smallSize) : 0) + 5;
  const end = begin + exitArrow - 8;
  const middle = top + smallLine / 2;
  return group(
    {},
    element('path', {
      d: `M${number(begin)} ${number(middle)}H${number(end - 4)}`,
      class: `cs-line cs-line-${arrow}`,
    }),
    arrowTip(arrow, { x: begin, y: middle }, { x: end, y: middle }),
    endRing(look, end + 2, middle - 6, 12),
    element('text', { x: end + 3 + exitRing, y: smallBaseline(top), class: 'cs-ink' }, title),
  );
}

function shade(row: Row, x: number, y: number, marks: Marks): Svg {
  return element('rect', { ...around(row, x, y), rx: 3, fill: `url(#${marks.hatch})` });
}

function around(row: Row, x: number, y: number): Rectangle {
  return { x: x - 3, y: y - 0.5, width: rowWidth(row) + 6, height: rowLines(row) * smallLine + 1 };
}

function iconClass({ icon: name, tone }: Row): string {
  if (name === 'approved' || name === 'returned' || name === 'rejected' || name === 'error')
    return `cs-tip-line-${name}`;
  return tone === 'muted' ? 'cs-stroke-muted' : 'cs-stroke';
}
