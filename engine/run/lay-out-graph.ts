/**
 * Lays out the picture of a process: asynchronous, because the library is. Nothing is drawn here, and nothing
 * is fetched: the algorithm runs on this thread, and its answer depends on its input alone.
 */
import elkModule, { type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { pictureSize } from '../picture/draw-picture.ts';
import { type LaidOutGraph, toGeometry, toLayoutGraph } from '../picture/layout-graph.ts';
import { type LayoutManner, layoutManners, plainManner, readability } from '../picture/layout-manners.ts';
import { type PictureWording, toPictureContent } from '../picture/picture-content.ts';
import type { PictureGeometry } from '../picture/picture-geometry.ts';
import type { PicturedProcess } from '../picture/pictured-process.ts';
import { straightenLines } from '../picture/straighten-lines.ts';

/**
 * Tries several ways and answers the one that reads best. Takes up to some seconds, and keeps the thread busy
 * while each way is tried: do it once for a definition, and keep what it answers.
 */
export async function layOutGraph(
  process: PicturedProcess,
  wording: PictureWording,
): Promise<PictureGeometry> {
  let best: Tried | null = null;
  let problem: unknown;
  for (const manner of [...layoutManners(process), plainManner]) {
    if (manner === plainManner && best !== null) break;
    try {
      const tried = await tryManner(process, wording, manner);
      if (best === null || tried.score > best.score) best = tried;
    } catch (error) {
      // The library gives up on some graphs in some ways; the others remain.
      problem = error;
    }
  }
  if (best === null)
    throw new Error(`The picture of ${process.definition.id} has no layout.`, { cause: problem });
  return straightenLines(best.geometry, toPictureContent(process, wording, best.geometry.wrap).boxes);
}

interface Tried {
  readonly geometry: PictureGeometry;
  readonly score: number;
}

const elk = new elkModule.default();

async function tryManner(
  process: PicturedProcess,
  wording: PictureWording,
  manner: LayoutManner,
): Promise<Tried> {
  const content = toPictureContent(process, wording, manner.wrap);
  const laidOut = await elk.layout(structuredClone(toLayoutGraph(content, manner)) as ElkNode);
  const geometry = toGeometry(process, wording, manner, laidOut as LaidOutGraph);
  return { geometry, score: readability(pictureSize(process, geometry, wording), geometry, content) };
}
