/**
 * Draws the processes that come along, in both languages, into `docs/pictures`. Run by `npm run pictures`;
 * a test fails while a committed picture is not current.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawPicture, layOutGraph, lintDefinition, readDirectory } from '../engine/index.ts';

const root = join(import.meta.dirname, '..');
export const folder = join(import.meta.dirname, 'pictures');

/** File name and text of every picture, by a layout that may have been made before. */
export async function shippedPictures(layOut = layOutGraph): Promise<ReadonlyMap<string, string>> {
  const directory = readDirectory(readFileSync(join(root, 'demo/directory.yaml'), 'utf8'), 'directory.yaml');
  if (directory.kind === 'refused')
    throw new Error('demo/directory.yaml does not load; run countersign directory check.');
  const { roles } = directory;
  const units = new Map(directory.units.map(({ id, title }) => [id, title]));
  const pictures = new Map<string, string>();
  for (const file of readdirSync(join(root, 'processes')).filter((name) => /^[a-z0-9-]+\.yaml$/.test(name))) {
    const { process: compiled } = lintDefinition(readFileSync(join(root, 'processes', file), 'utf8'), file);
    if (compiled === null) throw new Error(`processes/${file} has errors; run countersign lint.`);
    for (const language of ['vi', 'en'] as const) {
      const geometry = await layOut(compiled, { language, roles, units });
      pictures.set(
        `${compiled.definition.id}.${language}.svg`,
        drawPicture(compiled, geometry, { roles, units }),
      );
    }
  }
  return pictures;
}

if (import.meta.main) {
  for (const [name, svg] of await shippedPictures()) {
    writeFileSync(join(folder, name), svg);
    console.log(`docs/pictures/${name} is current.`);
  }
}
