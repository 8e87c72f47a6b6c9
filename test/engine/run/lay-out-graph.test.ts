import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { folder as pictureFolder, shippedPictures } from '../../../docs/write-pictures.ts';
import { drawPicture, pictureSize } from '../../../engine/picture/draw-picture.ts';
import { pointsOnPaper } from '../../../engine/picture/layout-manners.ts';
import { findOverlaps } from '../../../engine/picture/picture-clearance.ts';
import { toPictureContent } from '../../../engine/picture/picture-content.ts';
import { layOutGraph } from '../../../engine/run/lay-out-graph.ts';
import {
  compile,
  everything,
  laidOut,
  readShipped,
  shipped,
  wordingIn,
} from '../picture/support/pictured.ts';

// Laying out takes seconds, and longer where other tests run beside it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const drawn = [
  ['personnel-appointment', () => readShipped('personnel-appointment')],
  ['outgoing-document', () => readShipped('outgoing-document')],
  ['frames, regions and histories', () => compile(everything)],
] as const;

for (const language of ['vi', 'en'] as const) {
  for (const [name, read] of drawn) {
    test(`${name} in ${language}: every state and transition has its place, and nothing lies over anything`, async () => {
      const process = read();
      const wording = wordingIn(language);
      const geometry = await laidOut(process, language);
      const content = toPictureContent(process, wording, geometry.wrap);
      expect(findOverlaps(geometry, content)).toEqual([]);
      const places = new Set(geometry.states.map(({ id }) => id));
      for (const id of process.states?.keys() ?? []) if (id !== '') expect(places).toContain(id);
      const written = new Set([
        ...geometry.edges.map(({ id }) => id),
        ...content.boxes.flatMap(({ rows }) => rows.map(({ transition }) => transition)),
      ]);
      for (const id of process.transitions.keys()) expect(written).toContain(id);
      for (const { points } of geometry.edges) expect(points.length).toBeGreaterThan(1);
    });
  }
}

test('the pictures of the processes that come along are current; run "npm run pictures" if not', async () => {
  const pictures = await shippedPictures((process, { language = 'vi' }) => laidOut(process, language));
  expect(readdirSync(pictureFolder).filter((name) => name.endsWith('.svg'))).toEqual(
    [...pictures.keys()].toSorted(),
  );
  for (const [name, svg] of pictures) {
    expect(readFileSync(join(pictureFolder, name), 'utf8') === svg, `${name} is current`).toBe(true);
  }
});

test('every process that comes along is legible on A4, in both languages', async () => {
  for (const name of shipped) {
    for (const language of ['vi', 'en'] as const) {
      const process = readShipped(name);
      const size = pictureSize(process, await laidOut(process, language), wordingIn(language));
      expect(pointsOnPaper(size), `${name} in ${language}`).toBeGreaterThanOrEqual(7);
    }
  }
});

test('people are a letter only where the picture would be too small otherwise, and the legend says who', async () => {
  const wording = wordingIn('en');
  const appointment = readShipped('personnel-appointment');
  expect((await laidOut(appointment, 'en')).wrap.letters).toBeUndefined();
  const outgoing = readShipped('outgoing-document');
  const geometry = await laidOut(outgoing, 'en');
  const { letters, arrows } = toPictureContent(outgoing, wording, geometry.wrap);
  expect([...letters]).toEqual([['Drafting officer* / Department system*', 'A']]);
  const named = arrows.filter(({ rows }) =>
    rows.some(({ icon, lines }) => icon === 'person' && lines[0] === 'A'),
  );
  expect(named.length).toBeGreaterThan(3);
  for (const { tooltip } of named) expect(tooltip).toContain('Drafting officer* / Department system*');
  const svg = drawPicture(outgoing, geometry, { roles: wording.roles ?? new Map() });
  expect(svg).toContain('>A: Drafting officer* / Department system*</text>');
});

test('the same file gives the same bytes, also from geometry that was stored', async () => {
  const process = compile(everything);
  const wording = wordingIn('vi');
  const geometry = await laidOut(process, 'vi');
  const stored = JSON.parse(JSON.stringify(geometry)) as typeof geometry;
  const again = await layOutGraph(compile(everything), wording);
  expect(again).toEqual(geometry);
  const options = { roles: wording.roles ?? new Map() };
  expect(drawPicture(process, stored, options)).toBe(drawPicture(process, again, options));
});
