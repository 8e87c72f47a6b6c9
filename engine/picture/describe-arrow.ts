/** A planned arrow -> its label, with its size. */

import { labelPadding, rowsHeight, rowsWidth, smallSize } from './box-metrics.ts';
import { cleanText } from './clean-text.ts';
import { legalText } from './describe-legal-basis.ts';
import { describePeople } from './describe-people.ts';
import { transitionName, transitionRows } from './describe-transition.ts';
import { boxTitle } from './name-state.ts';
import type { Arrow, PictureWording, PictureWrap, Row } from './picture-content.ts';
import { pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import type { PlannedArrow } from './plan-picture.ts';
import { wrapText } from './text-width.ts';

export function describeArrow(
  process: PicturedProcess,
  arrow: PlannedArrow,
  wording: PictureWording,
  wrap: PictureWrap,
  letters: ReadonlyMap<string, string>,
): Arrow {
  const { id, from, to, look, transition } = arrow;
  const rows =
    transition !== null
      ? transitionRows(process, transition, wording, wrap.label, letters)
      : look === 'start'
        ? startRows(process, wording, wrap.label)
        : [];
  return {
    id,
    from,
    to,
    look,
    rows,
    tooltip: tooltipOf(process, arrow, wording),
    width: rows.length === 0 ? 0 : rowsWidth(rows) + 2 * labelPadding,
    height: rows.length === 0 ? 0 : rowsHeight(rows) + 2 * labelPadding,
  };
}

function startRows(process: PicturedProcess, wording: PictureWording, width: number): Row[] {
  const { start } = process.definition;
  const words = pictureWords[wording.language];
  const name = start.title === undefined ? words.start : cleanText(start.title[wording.language]);
  return [
    { icon: null, lines: wrapText(name, { size: smallSize, width, most: 3 }), tone: 'plain' },
    {
      icon: 'person',
      lines: wrapText(describePeople(start.allow, wording), { size: smallSize, width: width - 15, most: 3 }),
      tone: 'muted',
    },
  ];
}

function tooltipOf(process: PicturedProcess, arrow: PlannedArrow, wording: PictureWording): string {
  const { transition } = arrow;
  if (transition === null) return arrow.look === 'start' ? pictureWords[wording.language].start : '';
  const { cause, allow, guard, legalBasis, source, targets } = transition;
  const [target = ''] = targets;
  const texts = [
    `${boxTitle(process, source, wording)} → ${boxTitle(process, target, wording)}`,
    transitionName(process, transition, wording),
    cause.kind === 'event' ? describePeople(allow, wording) : '',
    guard === undefined ? '' : `${pictureWords[wording.language].when} ${cleanText(guard.source)}`,
    legalText(legalBasis),
    transition.id,
  ];
  return texts.filter((one) => one !== '').join('\n');
}
