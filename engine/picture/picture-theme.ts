/**
 * Colours and line styles. Colour only repeats what shape, line and word already say: the pictures are read by
 * the colour-blind and printed in black and white.
 */
import { smallSize, titleSize } from './box-metrics.ts';
import type { ArrowLook, BoxLook } from './picture-content.ts';
import { fontStack } from './text-width.ts';

export type Theme = 'light' | 'dark' | 'auto';

interface Tint {
  readonly fill: string;
  readonly line: string;
}

export interface Palette {
  readonly page: string;
  readonly ink: string;
  readonly muted: string;
  readonly boxes: Readonly<Record<BoxLook, Tint>>;
  readonly arrows: Readonly<Record<ArrowLook, string>>;
  readonly ai: string;
  readonly uncovered: string;
  readonly path: string;
}

export const light: Palette = {
  page: '#ffffff',
  ink: '#1b2430',
  muted: '#54606e',
  boxes: {
    step: { fill: '#f4f7fa', line: '#5a6b7d' },
    gate: { fill: '#fdf4ee', line: '#a3211b' },
    ai: { fill: '#f3f0fd', line: '#5b3fb5' },
    success: { fill: '#eef7f0', line: '#22683a' },
    failure: { fill: '#f3f3f3', line: '#5e6268' },
    group: { fill: '#ffffff', line: '#7d8a98' },
    parallel: { fill: '#ffffff', line: '#7d8a98' },
    region: { fill: 'none', line: '#7d8a98' },
    history: { fill: '#ffffff', line: '#5a6b7d' },
    initial: { fill: '#1b2430', line: '#1b2430' },
    anywhere: { fill: '#ffffff', line: '#5a6b7d' },
    again: { fill: '#ffffff', line: '#5a6b7d' },
  },
  arrows: {
    start: '#1b2430',
    initial: '#1b2430',
    event: '#344252',
    automatic: '#344252',
    approved: '#1a6b3a',
    returned: '#8f5300',
    rejected: '#a3211b',
    error: '#8a3a00',
    after: '#1c5a9c',
    history: '#5a6b7d',
  },
  ai: '#5b3fb5',
  uncovered: '#b85c00',
  path: '#c2185b',
};

export const dark: Palette = {
  page: '#12161c',
  ink: '#e9eef3',
  muted: '#a9b4c0',
  boxes: {
    step: { fill: '#1d242d', line: '#8596a8' },
    gate: { fill: '#2c1d19', line: '#f2897f' },
    ai: { fill: '#231e3b', line: '#ab98ff' },
    success: { fill: '#16281c', line: '#7ac78e' },
    failure: { fill: '#24272b', line: '#a3a9b1' },
    group: { fill: '#12161c', line: '#6c7a89' },
    parallel: { fill: '#12161c', line: '#6c7a89' },
    region: { fill: 'none', line: '#6c7a89' },
    history: { fill: '#12161c', line: '#8596a8' },
    initial: { fill: '#e9eef3', line: '#e9eef3' },
    anywhere: { fill: '#12161c', line: '#8596a8' },
    again: { fill: '#12161c', line: '#8596a8' },
  },
  arrows: {
    start: '#e9eef3',
    initial: '#e9eef3',
    event: '#c3cdd8',
    automatic: '#c3cdd8',
    approved: '#76cf94',
    returned: '#f0b65c',
    rejected: '#ff938a',
    error: '#f4a875',
    after: '#84b8f4',
    history: '#8596a8',
  },
  ai: '#ab98ff',
  uncovered: '#f0a14a',
  path: '#ff7eb0',
};

/** Widths and dashes, the same on paper and on screen. */
export const arrowStyles: Readonly<Record<ArrowLook, { readonly width: number; readonly dash?: string }>> = {
  start: { width: 1.5 },
  initial: { width: 1.5 },
  event: { width: 1.3 },
  automatic: { width: 1.3 },
  approved: { width: 2.6 },
  returned: { width: 1.6, dash: '8 4' },
  rejected: { width: 2, dash: '0.1 4' },
  error: { width: 1.5, dash: '7 3 1.5 3' },
  after: { width: 1.5, dash: '3 3' },
  history: { width: 1.2, dash: '2 3' },
};

/** The style sheet of a picture. It names only classes of its own, and nothing outside. */
export function styleSheet(theme: Theme): string {
  if (theme !== 'auto') return sharedRules() + paletteRules(theme === 'dark' ? dark : light);
  return `${sharedRules()}${paletteRules(light)}@media (prefers-color-scheme:dark){${paletteRules(dark)}}`;
}

function sharedRules(): string {
  const lines = Object.entries(arrowStyles).map(
    ([look, { width, dash }]) =>
      `.cs-line-${look}{stroke-width:${width}${dash === undefined ? '' : `;stroke-dasharray:${dash}`}}`,
  );
  return [
    `.cs-picture{font-family:${fontStack};font-size:${smallSize}px}`,
    `.cs-name{font-size:${titleSize}px;font-weight:700}`,
    '.cs-heading{font-size:18px;font-weight:700}',
    '.cs-bold{font-weight:700}',
    '.cs-middle{text-anchor:middle}',
    '.cs-end{text-anchor:end}',
    '.cs-line{fill:none;stroke-linejoin:round;stroke-linecap:round}',
    '.cs-icon{fill:none;stroke-width:1.2;stroke-linecap:round;stroke-linejoin:round}',
    '.cs-tip-line{stroke-width:1.8}',
    '.cs-dash{stroke-dasharray:5 4}',
    '.cs-number{font-size:11px;font-weight:700}',
    ...lines,
  ].join('');
}

function paletteRules(palette: Palette): string {
  const boxes = Object.entries(palette.boxes).flatMap(([look, { fill, line }]) => [
    `.cs-box-${look}{fill:${fill};stroke:${line}}`,
    `.cs-of-${look}{fill:${line}}`,
    `.cs-edge-${look}{stroke:${line}}`,
  ]);
  const arrows = Object.entries(palette.arrows).flatMap(([look, colour]) => [
    `.cs-line-${look}{stroke:${colour}}`,
    `.cs-tip-${look}{fill:${colour}}`,
    `.cs-tip-line-${look}{stroke:${colour}}`,
  ]);
  return [
    `.cs-page{fill:${palette.page}}`,
    `.cs-onto{fill:${palette.page};stroke:${palette.page}}`,
    `.cs-cut{stroke:${palette.page}}`,
    `.cs-ink{fill:${palette.ink}}`,
    `.cs-muted{fill:${palette.muted}}`,
    `.cs-rule{stroke:${palette.muted}}`,
    `.cs-stroke{stroke:${palette.ink}}`,
    `.cs-stroke-muted{stroke:${palette.muted}}`,
    `.cs-ai{fill:${palette.ai}}`,
    `.cs-uncovered{stroke:${palette.uncovered}}`,
    `.cs-of-uncovered{fill:${palette.uncovered}}`,
    `.cs-path{stroke:${palette.path}}`,
    `.cs-of-path{fill:${palette.path}}`,
    ...boxes,
    ...arrows,
  ].join('');
}
