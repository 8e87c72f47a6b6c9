/** Sizes that box, label and drawing agree on, in units of the picture. The smallest text is `smallSize`. */
import type { Row } from './picture-content.ts';
import { textWidth } from './text-width.ts';

export const smallSize = 10;
export const smallLine = 11.8;
export const titleSize = 12;
export const titleLine = 13.8;
/** Between a border and what is written in it. */
export const padding = 6;
export const labelPadding = 2;
/** An icon and the gap after it. */
export const iconSize = 11;
export const iconRoom = 15;
/** The sign of a gate, an AI step or an ending, and the gap after it. */
export const badgeSize = 25;
export const badgeRoom = 31;
/** Above the first line below a title. */
export const rowsGap = 2;
/** Between two lines that say different things. */
export const rowGap = 1;

/** The little arrow before the name of an ending, and its ring. */
export const exitArrow = 24;
export const exitRing = 15;

export function rowsWidth(rows: readonly Row[]): number {
  return Math.max(0, ...rows.map(rowWidth));
}

export function rowsHeight(rows: readonly Row[]): number {
  const lines = rows.reduce((sum, row) => sum + rowLines(row), 0);
  return rows.length === 0 ? 0 : lines * smallLine + (rows.length - 1) * rowGap;
}

export function rowLines({ lines, exit }: Row): number {
  return lines.length + (exit === undefined || exit.sameLine ? 0 : 1);
}

/** How wide an ending's name is with the arrow and the ring before it. */
export function exitWidth(title: string): number {
  return exitArrow + exitRing + textWidth(title, smallSize);
}

export function rowWidth({ icon, lines, exit, beside }: Row): number {
  const widths = lines.map((line) => textWidth(line, smallSize));
  const last = widths.at(-1) ?? 0;
  const withExit = exit === undefined ? [] : [exitWidth(exit.title) + (exit.sameLine ? last : 0)];
  const withOther = beside === undefined ? [] : [beside.left + textWidth(beside.text, smallSize)];
  return (icon === null ? 0 : iconRoom) + Math.max(0, ...widths, ...withExit, ...withOther);
}
