/** How long lint with its proof takes: the shipped processes, and generated ones to see it grow. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { lintDefinition } from '../engine/index.ts';
import { generateDefinition } from './generate-definition.ts';
import type { Side } from './rounds.ts';
import { median } from './statistics.ts';

const processes = join(import.meta.dirname, '..', 'processes');

export interface LintedSource {
  /** The result's name. */
  readonly name: string;
  /** The next smaller generated one: the ratio of the two shows how lint grows. */
  readonly against?: string;
  readonly source: string;
}

/** What is linted, each under the name of its result: `lint-PROCESS`, `lint-100-states`. Sizes are in states and rise. */
export async function loadLintedSources(sizes: readonly number[]): Promise<readonly LintedSource[]> {
  const files = (await readdir(processes))
    .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
    .sort();
  return [
    ...(await Promise.all(
      files.map(async (file) => ({
        name: `lint-${basename(file, '.yaml')}`,
        source: await readFile(join(processes, file), 'utf8'),
      })),
    )),
    ...sizes.map((size, index) => ({
      name: toName(size),
      source: generateDefinition(size),
      ...(index === 0 ? {} : { against: toName(sizes[index - 1] ?? size) }),
    })),
  ];
}

const toName = (size: number) => `lint-${size}-states`;

/** Milliseconds for one lint; the time given is shared among the sources, each linted at least once. */
export function toLintSide(sources: readonly LintedSource[]): Side {
  return {
    name: 'lint',
    measure: (seconds) =>
      Object.fromEntries(
        sources.map(({ name, source }) => [name, lintTimeMs(name, source, seconds / sources.length)]),
      ),
  };
}

function lintTimeMs(name: string, source: string, seconds: number): number {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  do {
    const start = performance.now();
    const { certificate, findings } = lintDefinition(source, `${name}.yaml`);
    times.push(performance.now() - start);
    if (certificate === null) throw new Error(`${name} has errors: ${JSON.stringify(findings[0])}`);
  } while (performance.now() < end);
  return median(times);
}
