/**
 * Lays out the picture of a process: asynchronous, because the library is. Nothing is drawn here, and nothing
 * is fetched: the algorithm runs on this thread, and its answer depends on its input alone.
 */
import type { ElkNode } from 'elkjs/lib/elk.bundled.js';
import { pictureSize } from '../picture/draw-picture.ts';
import { type LaidOutGraph, toGeometry, toLayoutGraph } from '../picture/layout-graph.ts';
import {
  type LayoutManner,
  layoutManners,
  plainManner,
  pointsOnPaper,
  readability,
  shorterManners,
  smallestPoints,
} from '../picture/layout-manners.ts';
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
  const attempts = new Attempts(process, wording);
  await attempts.tryAll(layoutManners(process));
  if (attempts.points < smallestPoints) await attempts.tryAll(shorterManners(process));
  if (attempts.best === null) await attempts.tryAll([plainManner]);
  const { best, problem } = attempts;
  if (best === null)
    throw new Error(`The picture of ${process.definition.id} has no layout.`, { cause: problem });
  return straightenLines(best.geometry, toPictureContent(process, wording, best.geometry.wrap).boxes);
}

interface Tried {
  readonly geometry: PictureGeometry;
  readonly score: number;
  /** Of the smallest letters on A4. */
  readonly points: number;
}

/** Loaded when the first picture is laid out: it is one and a half megabytes. */
const openElk = async () => new (await import('elkjs/lib/elk.bundled.js')).default.default();
let elk: ReturnType<typeof openElk> | null = null;

/** What was tried, and which of it reads best. */
class Attempts {
  best: Tried | null = null;
  problem: unknown;
  readonly #process: PicturedProcess;
  readonly #wording: PictureWording;

  constructor(process: PicturedProcess, wording: PictureWording) {
    this.#process = process;
    this.#wording = wording;
  }

  get points(): number {
    return this.best?.points ?? 0;
  }

  async tryAll(manners: readonly LayoutManner[]): Promise<void> {
    for (const manner of manners) {
      try {
        const tried = await this.#try(manner);
        if (this.best === null || tried.score > this.best.score) this.best = tried;
      } catch (error) {
        // The library gives up on some graphs in some ways; the others remain.
        this.problem = error;
      }
    }
  }

  async #try(manner: LayoutManner): Promise<Tried> {
    const [process, wording] = [this.#process, this.#wording];
    const content = toPictureContent(process, wording, manner.wrap);
    elk ??= openElk();
    const laidOut = await (await elk).layout(structuredClone(toLayoutGraph(content, manner)) as ElkNode);
    const geometry = toGeometry(process, wording, manner, laidOut as LaidOutGraph);
    const size = pictureSize(process, geometry, wording);
    return { geometry, score: readability(size, geometry, content), points: pointsOnPaper(size) };
  }
}
