/** The foot of a picture: what its signs mean, only those it uses, and whose process it is. */

import { badgeSize, smallLine, smallSize } from './box-metrics.ts';
import { legalText } from './describe-legal-basis.ts';
import { roleTitle, unitTitle } from './describe-people.ts';
import { arrowTip } from './draw-arrow.ts';
import type { ArrowLook, IconName, PictureContent, PictureWording } from './picture-content.ts';
import { aiBadge, endRing, icon, seal } from './picture-icons.ts';
import { countedKinds, halfTestedFrame, type Marks } from './picture-marks.ts';
import { type LegendWord, pictureWords } from './picture-words.ts';
import type { PicturedProcess } from './pictured-process.ts';
import { element, group, nothing, number, type Svg } from './svg.ts';
import { textWidth, wrapText } from './text-width.ts';

const lineHeight = 14;
const gap = 13;

/** A block of the foot, and the room it takes. */
export interface Legend {
  readonly width: number;
  readonly height: number;
  draw(x: number, y: number): Svg;
}

interface Item {
  readonly word: LegendWord;
  /** Said behind the word. */
  readonly count?: string;
  /** Said instead of the word. */
  readonly text?: string;
  readonly width: number;
  readonly draw: (x: number, middle: number) => Svg;
}

export function makeLegend(
  content: PictureContent,
  wording: PictureWording,
  marks: Marks,
  width: number,
): Legend {
  const words = pictureWords[wording.language].legend;
  const textOf = ({ word, count, text }: Item) =>
    text ?? (count === undefined ? words[word] : `${words[word]} ${count}`);
  const lines = flow(itemsOf(content, marks), (item) => item.width + 5 + wordWidth(textOf(item)), width);
  const used = lines.map((line) => {
    const last = line.at(-1);
    return last === undefined ? 0 : last.left + last.item.width + 5 + wordWidth(textOf(last.item));
  });
  return {
    width: Math.ceil(Math.max(0, ...used)),
    height: lines.length * lineHeight,
    draw: (x, y) =>
      group(
        {},
        ...lines.flatMap((line, index) =>
          line.map(({ item, left }) => {
            const middle = y + (index + 0.5) * lineHeight;
            const at = { x: x + left + item.width + 5, y: middle + 3.4 };
            return group(
              {},
              item.draw(x + left, middle),
              element('text', { ...at, class: 'cs-muted' }, textOf(item)),
            );
          }),
        ),
      ),
  };
}

/** Whose process it is, which version, and on what it rests: below a rule. */
export function makeAbout(process: PicturedProcess, wording: PictureWording, width: number): Legend {
  const lines = aboutLines(process, wording, width);
  return {
    width,
    height: 6 + lines.length * smallLine,
    draw: (x, y) =>
      group(
        {},
        element('path', {
          d: `M${number(x)} ${number(y + 3)}h${number(width)}`,
          class: 'cs-rule',
          'stroke-width': 0.7,
        }),
        ...lines.map((line, index) =>
          element('text', { x, y: y + 3 + (index + 1) * smallLine, class: 'cs-muted' }, line),
        ),
      ),
  };
}

function flow(
  items: readonly Item[],
  widthOf: (item: Item) => number,
  width: number,
): { readonly item: Item; readonly left: number }[][] {
  const lines: { item: Item; left: number }[][] = [];
  let left = width + 1;
  for (const item of items) {
    if (left + widthOf(item) > width) {
      lines.push([]);
      left = 0;
    }
    lines.at(-1)?.push({ item, left });
    left += widthOf(item) + gap;
  }
  return lines;
}

function aboutLines(process: PicturedProcess, wording: PictureWording, width: number): readonly string[] {
  const { id, version, owner, responsible, legalBasis } = process.definition;
  const words = pictureWords[wording.language];
  const parts = [
    `${id} ${version}`,
    `${words.owner}: ${unitTitle(owner, wording)}`,
    `${words.responsible}: ${roleTitle(responsible.role, wording)}`,
    ...(legalBasis === undefined ? [] : [`${words.legalBasis}: ${legalText(legalBasis)}`]),
  ];
  return wrapText(parts.join('  ·  '), { size: smallSize, width, most: 3 });
}

function itemsOf(content: PictureContent, marks: Marks): Item[] {
  const looks = new Set(content.boxes.map(({ look }) => look));
  const lines = new Set(content.arrows.map(({ look }) => look));
  const rows = [...content.boxes, ...content.arrows].flatMap((one) => one.rows);
  for (const { exit } of rows) if (exit !== undefined) lines.add(exit.arrow);
  const icons = new Set(rows.flatMap(({ icon: first, beside }) => [first, beside?.icon]));
  const starred = rows.some((row) => row.lines.some((line) => line.includes('*')));
  const maybe = (holds: boolean, item: Item): Item[] => (holds ? [item] : []);
  const line = (word: LegendWord, look: ArrowLook) => maybe(lines.has(look), lineItem(word, look));
  const sign = (word: LegendWord, name: IconName) => maybe(icons.has(name), iconItem(word, name));
  return [
    ...maybe(
      looks.has('gate'),
      badgeItem('gate', (x, y) => seal('approve', x, y)),
    ),
    ...maybe(looks.has('ai'), badgeItem('ai', aiBadge)),
    ...sign('aiSubject', 'ai'),
    ...maybe(
      looks.has('success'),
      badgeItem('success', (x, y) => endRing('success', x, y, badgeSize)),
    ),
    ...maybe(
      looks.has('failure'),
      badgeItem('failure', (x, y) => endRing('failure', x, y, badgeSize)),
    ),
    ...maybe(looks.has('history'), historyItem()),
    ...line('approved', 'approved'),
    ...line('returned', 'returned'),
    ...line('rejected', 'rejected'),
    ...line('event', 'event'),
    ...line('error', 'error'),
    ...line('after', 'after'),
    ...sign('person', 'person'),
    ...[...content.letters].map(
      ([people, letter]): Item => ({
        ...iconItem('person', 'person'),
        text: `${letter}: ${people}`,
      }),
    ),
    ...sign('timer', 'clock'),
    ...sign('stays', 'stays'),
    ...sign('forbidden', 'forbidden'),
    ...sign('guard', 'guard'),
    ...sign('work', 'work'),
    ...sign('reaches', 'reaches'),
    ...maybe(starred, wordItem('further')),
    ...maybe(marks.uncoveredStates.size + marks.uncoveredTransitions.size > 0, hatchItem(marks)),
    ...maybe(marks.halfTested.size > 0, halfTestedItem()),
    ...countItems(marks),
    ...maybe(marks.steps.size > 0, pathItem(marks.unproven === null ? 'path' : 'bypass')),
  ];
}

function lineItem(word: LegendWord, look: ArrowLook): Item {
  const width = 30;
  return {
    word,
    width,
    draw: (x, middle) =>
      group(
        {},
        element('path', {
          d: `M${number(x + 1)} ${number(middle)}h${width - 9}`,
          class: `cs-line cs-line-${look}`,
        }),
        arrowTip(look, { x, y: middle }, { x: x + width, y: middle }),
      ),
  };
}

function iconItem(word: LegendWord, name: IconName): Item {
  return { word, width: 12, draw: (x, middle) => icon(name, x, middle - 5.5, 'cs-stroke-muted') };
}

/** A badge at half its size. */
function badgeItem(word: LegendWord, draw: (x: number, y: number) => Svg): Item {
  const scale = 0.55;
  return {
    word,
    width: badgeSize * scale,
    draw: (x, middle) =>
      group(
        {
          transform: `translate(${number(x)} ${number(middle - (badgeSize * scale) / 2)}) scale(${scale})`,
        },
        draw(0, 0),
      ),
  };
}

function historyItem(): Item {
  return {
    word: 'history',
    width: 15,
    draw: (x, middle) =>
      group(
        {},
        element('circle', { cx: x + 7.5, cy: middle, r: 6.8, class: 'cs-box-history', 'stroke-width': 1.2 }),
        element('text', { x: x + 7.5, y: middle + 3.6, class: 'cs-ink cs-bold cs-middle' }, 'H'),
      ),
  };
}

function hatchItem(marks: Marks): Item {
  return {
    word: 'uncovered',
    width: 26,
    draw: (x, middle) =>
      element('rect', {
        x,
        y: middle - 6,
        width: 26,
        height: 12,
        rx: 3,
        fill: `url(#${marks.hatch})`,
        class: 'cs-uncovered',
        'stroke-width': 0.8,
      }),
  };
}

function halfTestedItem(): Item {
  return {
    word: 'halfTested',
    width: 26,
    draw: (x, middle) => halfTestedFrame({ x, y: middle - 6, width: 26, height: 12 }),
  };
}

/** How much the tests reached. What a process does not have is not counted. */
function countItems({ counts }: Marks): Item[] {
  if (counts === null) return [];
  return countedKinds.flatMap((kind) => {
    const { covered, total } = counts[kind];
    return total === 0 ? [] : [{ ...wordItem(kind), count: `${covered}/${total}` }];
  });
}

/** Nothing but its words. */
function wordItem(word: LegendWord): Item {
  return { word, width: -5, draw: () => nothing };
}

function pathItem(word: LegendWord): Item {
  return {
    word,
    width: 30,
    draw: (x, middle) =>
      element('path', {
        d: `M${number(x + 3)} ${number(middle)}h24`,
        class: 'cs-line cs-path',
        'stroke-width': 6,
      }),
  };
}

function wordWidth(text: string): number {
  return textWidth(text, smallSize);
}
