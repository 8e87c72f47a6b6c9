import { expect, test, vi } from 'vitest';
import { drawPicture, pictureSize } from '../../../engine/picture/draw-picture.ts';
import { pointsOnPaper } from '../../../engine/picture/layout-manners.ts';
import { findOverlaps } from '../../../engine/picture/picture-clearance.ts';
import { toPictureContent } from '../../../engine/picture/picture-content.ts';
import { layOutGraph } from '../../../engine/run/lay-out-graph.ts';
import { compile, everything, laidOut, readShipped, wordingIn } from '../picture/support/pictured.ts';

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

test('the appointment is legible on A4 in both languages, the larger process on A3', async () => {
  for (const language of ['vi', 'en'] as const) {
    const wording = wordingIn(language);
    const points = async (name: string) => {
      const process = readShipped(name);
      return pointsOnPaper(pictureSize(process, await laidOut(process, language), wording));
    };
    expect(await points('personnel-appointment')).toBeGreaterThan(6.9);
    expect((await points('outgoing-document')) * Math.SQRT2).toBeGreaterThan(8);
  }
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
