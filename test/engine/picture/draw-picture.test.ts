import { beforeAll, expect, test, vi } from 'vitest';
import type { CompiledProcess } from '../../../engine/definition/compiled-process.ts';
import { drawPicture } from '../../../engine/picture/draw-picture.ts';
import type { PictureGeometry } from '../../../engine/picture/picture-geometry.ts';
import { arrowStyles, dark, light, type Palette } from '../../../engine/picture/picture-theme.ts';
import { layOutGraph } from '../../../engine/run/lay-out-graph.ts';
import { compile, everything, readShipped, smallWithTitle, wordingIn } from './support/pictured.ts';

// Laying out takes seconds, and longer where other tests run beside it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const wording = wordingIn('en');
const roles = wording.roles ?? new Map();
let appointment: { process: CompiledProcess; geometry: PictureGeometry };

beforeAll(async () => {
  const process = readShipped('personnel-appointment');
  appointment = { process, geometry: await layOutGraph(process, wording) };
});

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

test('gates say their act, who decides and by how many; AI steps and what they propose say AI', () => {
  const texts = textsOf(drawPicture(appointment.process, appointment.geometry, { roles }));
  for (const word of [
    'CONSIDER',
    'APPRAISE',
    'APPROVE',
    'AI PROPOSES',
    'AI',
    'Head of personnel*',
    '· more than half of all members',
  ]) {
    expect(texts).toContain(word);
  }
  expect(texts.join('\n')).toMatch(/within 5 working days/);
  expect(texts).toContain('§ 379/4.7, 8.3, 13.2');
});

test('frames, regions, histories, guards, wildcards and forbidden events are all there', async () => {
  const process = compile(everything);
  const svg = drawPicture(process, await layOutGraph(process, wording), { roles });
  const texts = textsOf(svg);
  for (const text of [
    'Handled in parallel',
    'Legal side',
    'Money side',
    'H',
    'H*',
    'any other event',
    'At any step',
  ]) {
    expect(texts).toContain(text);
  }
  expect(texts.join(' ')).toMatch(/if amount (&gt;|>) 1000000/);
  expect(texts.join(' ')).not.toContain('has(');
  expect(svg).toContain('class="cs-edge-region"');
  // The whole condition is there for whoever points at the arrow.
  expect(svg).toContain('if has(context.amount) &amp;&amp; context.amount &gt; 1000000');
});

test('what tests did not reach is shaded, and only that', () => {
  const { process, geometry } = appointment;
  const all = {
    states: new Set(process.states?.keys()),
    transitions: new Set(process.transitions.keys()),
  };
  expect(drawPicture(process, geometry, { coverage: all })).not.toContain('<pattern');
  const hatched = (svg: string) => svg.split('url(#').length - 1;
  const less = { ...all, states: new Set([...all.states].filter((id) => id !== 'voting')) };
  // The state, and its line in the legend.
  expect(hatched(drawPicture(process, geometry, { coverage: less }))).toBe(2);
  const none = { states: new Set<string>(), transitions: new Set<string>() };
  expect(hatched(drawPicture(process, geometry, { coverage: none }))).toBeGreaterThan(30);
});

test('a history is no place where a test can be, and is never shaded', async () => {
  const process = compile(everything);
  const geometry = await layOutGraph(process, wording);
  const coverage = {
    states: new Set(
      [...(process.states?.values() ?? [])].filter(({ kind }) => kind !== 'history').map(({ id }) => id),
    ),
    transitions: new Set(process.transitions.keys()),
  };
  expect(drawPicture(process, geometry, { coverage })).not.toContain('<pattern');
});

test('a condition that was tested one way only is framed, and the legend counts what was reached', async () => {
  const process = compile(everything);
  const geometry = await layOutGraph(process, wording);
  const transitions = new Set(process.transitions.keys());
  const states = new Set(process.states?.keys());
  const guarded = new Set(['receiving:event.accept:0']);
  const all = { covered: 7, total: 9 };
  const counts = {
    states: all,
    transitions: all,
    guards: { covered: 1, total: 2 },
    outcomes: { covered: 0, total: 0 },
  };
  const both = { states, transitions, guardsHeld: guarded, guardsFailed: guarded, counts };
  const frames = (svg: string) => svg.split('stroke-dasharray="3 2.5"').length - 1;
  const svg = drawPicture(process, geometry, { coverage: both });
  expect(frames(svg)).toBe(0);
  expect(textsOf(svg)).toEqual(
    expect.arrayContaining([
      'states covered: 7/9',
      'transitions covered: 7/9',
      'conditions covered both ways: 1/2',
    ]),
  );
  expect(svg).not.toContain('outcomes of gates covered');
  const once = drawPicture(process, geometry, { coverage: { ...both, guardsFailed: new Set() } });
  // The label of the transition, and its line in the legend.
  expect(frames(once)).toBe(2);
  expect(textsOf(once)).toContain('condition tested one way only');
  const never = { ...both, guardsFailed: new Set<string>(), transitions: new Set<string>() };
  expect(frames(drawPicture(process, geometry, { coverage: never }))).toBe(0);
});

test('a path is numbered in its order, also where it takes an arrow twice or stays in its state', () => {
  const path = [
    'drafting:done:0',
    'considering:outcome.returned:0',
    'revising:event.edit:0',
    'revising:event.submit:0',
    'drafting:done:0',
    'considering:outcome.rejected:0',
  ];
  const { process, geometry } = appointment;
  const numbers = [...drawPicture(process, geometry, { path }).matchAll(/cs-number cs-middle">([^<]*)</g)];
  expect(numbers.map(([, text]) => text).toSorted()).toEqual(['1, 5', '2', '3', '4', '6']);
});

test('P2: the picture of a refused definition says so, also where no way past a gate is known', () => {
  const { process, geometry } = appointment;
  const path = ['drafting:done:0', 'considering:outcome.approved:0'];
  const refused = drawPicture(process, geometry, { unproven: { kind: 'a <b>', path } });
  expect(refused).toContain(
    'Refused: on the numbered way a proposal of &quot;a &lt;b&gt;&quot; takes effect',
  );
  expect(textsOf(refused)).toContain('the way past the gate, in this order');
  expect(textsOf(refused)).not.toContain('path, in this order');
  const unknown = drawPicture(process, geometry, { unproven: { path: [] } });
  expect(unknown).toContain('Refused: it is not proven');
  expect(unknown).not.toContain('cs-number cs-middle');
  expect(drawPicture(process, geometry, { path })).not.toContain('Refused');
});

test('numbers of a path lie over no label of their own arrow', () => {
  const { process, geometry } = appointment;
  for (const { id, label } of geometry.edges) {
    if (label === null || !process.transitions.has(id)) continue;
    const svg = drawPicture(process, geometry, { path: [id] });
    const [, x = Number.NaN, y = Number.NaN] =
      /<text x="([\d.]+)" y="([\d.]+)" class="cs-page cs-number/.exec(svg)?.map(Number) ?? [];
    const [across, down] = [
      Math.abs(x - label.x - label.width / 2),
      Math.abs(y - 4 - label.y - label.height / 2),
    ];
    expect(across > label.width / 2 + 5 || down > label.height / 2 + 5, id).toBe(true);
  }
});

test('it is an image with a name and a description, and refers to nothing outside', () => {
  const svg = drawPicture(appointment.process, appointment.geometry, { roles });
  expect(svg).toMatch(/^<svg [^>]*role="img"/);
  expect(svg).toContain('>Personnel appointment</title>');
  expect(svg).toMatch(/<desc [^>]*>Process diagram: 12 states/);
  const [, named = ''] = /aria-labelledby="([^"]*)"/.exec(svg) ?? [];
  for (const id of named.split(' ')) expect(svg).toContain(`id="${id}"`);
  expect(svg.replace('xmlns="http://www.w3.org/2000/svg"', '')).not.toMatch(
    /https?:|href|<script|\son\w+=|<image|@import/,
  );
});

test('both themes can be had alone, or the reader decides', () => {
  const draw = (theme: 'light' | 'dark' | 'auto') =>
    drawPicture(appointment.process, appointment.geometry, { theme });
  expect(draw('auto')).toContain('@media (prefers-color-scheme:dark)');
  expect(draw('light')).not.toContain('@media');
  expect(draw('light')).toContain(`.cs-page{fill:${light.page}}`);
  expect(draw('dark')).toContain(`.cs-page{fill:${dark.page}}`);
});

test('geometry of another definition is refused', () => {
  const other = compile(smallWithTitle('Another'));
  expect(() => drawPicture(other, appointment.geometry)).toThrow(/is of definition/);
});

for (const [name, palette] of [
  ['light', light],
  ['dark', dark],
] as const) {
  test(`${name}: letters stand out from what is behind them, and lines from the page`, () => {
    const grounds = [palette.page, ...Object.values(palette.boxes).map(({ fill }) => fill)].filter(
      (colour) => colour !== 'none' && colour !== palette.boxes.initial.fill,
    );
    for (const ground of grounds) {
      expect(contrast(palette.ink, ground)).toBeGreaterThan(7);
      expect(contrast(palette.muted, ground)).toBeGreaterThan(4.5);
    }
    for (const look of ['gate', 'ai'] as const) {
      const { fill, line } = palette.boxes[look];
      expect(contrast(line, fill)).toBeGreaterThan(4.5);
      expect(contrast(palette.page, line)).toBeGreaterThan(4.5);
    }
    for (const line of linesOf(palette)) expect(contrast(line, palette.page)).toBeGreaterThan(3);
  });
}

test('the outcomes of a gate differ by their lines alone, without colour', () => {
  const { approved, returned, rejected, event } = arrowStyles;
  const looks = [approved, returned, rejected, event].map(({ width, dash = 'none' }) => `${width} ${dash}`);
  expect(new Set(looks).size).toBe(4);
  expect(new Set([approved.dash, returned.dash, rejected.dash]).size).toBe(3);
});

const linesOf = ({ arrows, boxes }: Palette) => [
  ...Object.values(arrows),
  ...Object.values(boxes).map(({ line }) => line),
];

/** As WCAG 2.2 counts it. */
function contrast(one: string, other: string): number {
  const [lighter = 0, darker = 0] = [luminance(one), luminance(other)].toSorted((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
