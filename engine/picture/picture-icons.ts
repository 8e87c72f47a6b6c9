/** The signs of the pictures, drawn with lines alone. Each stands in a square with its corner at 0, 0. */
import type { Meaning } from '../../schemas/process-definition.ts';
import { badgeSize, iconSize } from './box-metrics.ts';
import type { IconName } from './picture-content.ts';
import { element, group, nothing, number, type Svg } from './svg.ts';

/** A square of 11 units; `classes` colour its lines. */
export function icon(name: IconName, x: number, y: number, classes: string): Svg {
  const place = { transform: `translate(${number(x)} ${number(y)})` };
  if (name === 'ai') return group(place, aiChip());
  return group(place, ...shapes[name].map((d) => element('path', { d, class: `cs-icon ${classes}` })));
}

/** A round seal with a scalloped edge: here people decide. */
export function seal(meaning: Meaning, x: number, y: number): Svg {
  const half = badgeSize / 2;
  return group(
    { transform: `translate(${number(x + half)} ${number(y + half)})` },
    element('path', { d: scallops(half), class: 'cs-of-gate' }),
    element('circle', { r: half - 3.2, fill: 'none', class: 'cs-cut', 'stroke-width': 1 }),
    element('path', {
      d: actSigns[meaning],
      fill: 'none',
      class: 'cs-cut',
      'stroke-width': 2,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    }),
  );
}

/** A processor with the two letters: here a machine proposes. */
export function aiBadge(x: number, y: number): Svg {
  const size = badgeSize;
  const pins = [7.5, 13.5, 19.5].map((at) => `M${at} 0V${size}M0 ${at}H${size}`).join('');
  return group(
    { transform: `translate(${number(x)} ${number(y)})` },
    element('path', { d: pins, class: 'cs-edge-ai', 'stroke-width': 1.6, 'stroke-linecap': 'round' }),
    element('rect', { x: 3, y: 3, width: size - 6, height: size - 6, rx: 3, class: 'cs-of-ai' }),
    element('text', { x: size / 2, y: size / 2 + 4.3, class: 'cs-page cs-name cs-middle' }, 'AI'),
  );
}

/** The double ring of an ending. */
export function endRing(look: 'success' | 'failure', x: number, y: number, size: number): Svg {
  const half = size / 2;
  const inner = half * 0.64;
  const sign = look === 'success' ? 'M-.42 .02L-.12 .34L.44-.34' : 'M-.4 0H.4';
  const scaled = sign.replaceAll(/-?\d*\.?\d+/g, (part) => ` ${number(Number(part) * inner)}`);
  return group(
    { transform: `translate(${number(x + half)} ${number(y + half)})` },
    element('circle', { r: half - 0.8, class: `cs-box-${look}`, 'stroke-width': 1.3 }),
    element('circle', { r: inner, class: `cs-of-${look}` }),
    size < 20
      ? nothing
      : element('path', {
          d: scaled,
          fill: 'none',
          class: 'cs-cut',
          'stroke-width': 2,
          'stroke-linecap': 'round',
          'stroke-linejoin': 'round',
        }),
  );
}

function aiChip(): Svg {
  return group(
    {},
    element('rect', { x: -3, y: -0.5, width: iconSize + 4, height: iconSize + 1, rx: 2.5, class: 'cs-ai' }),
    element('text', { x: iconSize / 2 - 1, y: iconSize - 1.8, class: 'cs-page cs-bold cs-middle' }, 'AI'),
  );
}

const shapes: Readonly<Record<Exclude<IconName, 'ai'>, readonly string[]>> = {
  person: ['M5.5 1A2.1 2.1 0 1 1 5.5 5.2A2.1 2.1 0 1 1 5.5 1Z', 'M1.4 10.2C1.4 5.8 9.6 5.8 9.6 10.2Z'],
  people: [
    'M4 1.4A1.8 1.8 0 1 1 4 5A1.8 1.8 0 1 1 4 1.4Z',
    'M.6 10C.6 5.9 7.4 5.9 7.4 10Z',
    'M7 1.6A1.8 1.8 0 0 1 7.4 5.1',
    'M8.4 6.6C10 7 10.7 8.2 10.7 10',
  ],
  clock: ['M5.5 .8A4.7 4.7 0 1 1 5.5 10.2A4.7 4.7 0 1 1 5.5 .8Z', 'M5.5 2.8V5.6L7.5 6.9'],
  stays: ['M2.2 3.4A4.2 4.2 0 1 1 1.3 6.2', 'M1.6 .9L2 3.7L4.8 3.3'],
  forbidden: ['M5.5 .8A4.7 4.7 0 1 1 5.5 10.2A4.7 4.7 0 1 1 5.5 .8Z', 'M2.3 2.3L8.7 8.7'],
  guard: ['M5.5 .9L10.1 5.5L5.5 10.1L.9 5.5Z'],
  work: [
    'M5.5 3A2.5 2.5 0 1 1 5.5 8A2.5 2.5 0 1 1 5.5 3Z',
    'M5.5 .6V2.6M5.5 8.4V10.4M.6 5.5H2.6M8.4 5.5H10.4M2 2L3.4 3.4M7.6 7.6L9 9M9 2L7.6 3.4M3.4 7.6L2 9',
  ],
  reaches: ['M.8 2.2H10.2V8.8H.8Z', 'M.8 2.6L5.5 6.2L10.2 2.6'],
  approved: ['M1.4 5.8L4.4 8.8L9.8 2.4'],
  returned: ['M4 1.2L1 4.2L4 7.2', 'M1 4.2H7A2.8 2.8 0 0 1 7 9.8H4.4'],
  rejected: ['M2 2L9 9', 'M9 2L2 9'],
  error: ['M5.5 1L10.4 9.8H.6Z', 'M5.5 4.2V6.6', 'M5.5 8.2V8.3'],
  entered: ['M.8 5.5H8', 'M5.6 2.8L8.4 5.5L5.6 8.2', 'M10.2 2V9'],
};

/** An eye, a magnifying glass, a tick. */
const actSigns: Readonly<Record<Meaning, string>> = {
  consider: 'M-6.4 0C-3.2-4.6 3.2-4.6 6.4 0C3.2 4.6-3.2 4.6-6.4 0ZM-1 0A1 1 0 1 1 1 0A1 1 0 1 1-1 0Z',
  appraise: 'M-5-1.6A3.6 3.6 0 1 1 2.2-1.6A3.6 3.6 0 1 1-5-1.6ZM1.2 1.2L5.2 5.2',
  approve: 'M-5 .4L-1.6 3.9L5-3.6',
};

function scallops(radius: number): string {
  const count = 16;
  const inner = radius - 1.4;
  const at = (turn: number, distance: number) => {
    const angle = (turn * 2 * Math.PI) / count;
    return `${number(Math.sin(angle) * distance)} ${number(-Math.cos(angle) * distance)}`;
  };
  const bumps = Array.from(
    { length: count },
    (_, index) => `Q${at(index + 0.5, radius + 1.2)} ${at(index + 1, inner)}`,
  );
  return `M${at(0, inner)}${bumps.join('')}Z`;
}
