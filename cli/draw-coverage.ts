/** `countersign test --picture`: draws the process, with what its scenarios did not go through. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure, Misuse } from './misuse.ts';
import { type PictureOptions, readTitles } from './picture-options.ts';
import { printFindings } from './print-findings.ts';
import type { TestReport } from './scenario-report.ts';
import { withProgress } from './terminal.ts';

/** Asked before anything is played, so that nobody waits for nothing. */
export function checkPictureFile(file: string): void {
  if (!file.endsWith('.svg')) throw new Misuse(`Name a file that ends in .svg, not ${file}.`);
  if (existsSync(file) && statSync(file).isDirectory()) throw new Misuse(`${file} is a folder. Name a file.`);
  if (!existsSync(dirname(file))) throw new Misuse(`There is no folder ${dirname(file)}. Check the path.`);
}

/** A picture from before is replaced: it can be drawn again at any time. */
export async function drawCoverage(
  report: TestReport,
  file: string,
  { language, theme, directory }: PictureOptions,
): Promise<void> {
  const [drawn, second] = report.processes;
  if (second !== undefined)
    throw new Misuse('The coverage of one process at a time is drawn. Name its file.');
  if (drawn === undefined) {
    for (const { findings } of report.suites) printFindings(findings);
    throw new Failure('There is no process to draw. See the findings above.');
  }
  const titles = await readTitles(directory);
  if (titles === null) return;
  const { drawPicture, layOutGraph } = await import('../engine/index.ts');
  const { process: tested, covered, coverage: counts } = drawn;
  const geometry = await withProgress(`Laying out ${drawn.file}`, () =>
    layOutGraph(tested, { language, ...titles }),
  );
  const { states, transitions, guardsHeld, guardsFailed } = covered;
  const coverage = { states, transitions, guardsHeld, guardsFailed, counts };
  writeFileSync(file, drawPicture(tested, geometry, { ...titles, theme, coverage }));
  console.error(`What the scenarios cover is drawn in ${file}.`);
}
