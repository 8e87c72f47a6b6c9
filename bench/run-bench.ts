/**
 * `countersign bench`: what a step, a durable transition and an event over HTTP cost here, each
 * beside what it is fair to compare it with, measured in turn in one run. Everything listens on
 * loopback or a Unix socket, every load is bounded, and whatever was started is ended.
 */
import { openBenchPlace, readServerFacts } from './bench-database.ts';
import type { BenchOptions } from './bench-options.ts';
import { type BenchReport, toJson, toResults, toTable } from './bench-report.ts';
import {
  deciding,
  linting,
  type ResultKind,
  refusing,
  serving,
  starting,
  storing,
  verifying,
  wantedResults,
} from './bench-results.ts';
import { type AtEnd, Interrupted, withCleanUp } from './clean-up.ts';
import { prepareDurableSides, prepareHttpSides } from './engine-sides.ts';
import { toHostileSide } from './hostile-side.ts';
import { loadLintedSources, toLintSide } from './lint-side.ts';
import { readMachine } from './machine.ts';
import { readOwnVersions } from './own-versions.ts';
import { preparePureStep } from './pure-step.ts';
import { measureInRounds, type Side } from './rounds.ts';
import { prepareStartSide } from './start-side.ts';
import { openToggleEngine } from './toggle-engine.ts';
import { toVerifySide } from './verify-side.ts';

/** How much is done at once, and how often. What a report is worth depends on it; only tests change it. */
export interface BenchBounds {
  readonly rounds: number;
  /** Over HTTP. */
  readonly connections: number;
  /** Events under way in process. */
  readonly concurrency: number;
  /** States of the generated definitions that are linted, the fewest first. */
  readonly lintedSizes: readonly number[];
}

const usualBounds: BenchBounds = {
  rounds: 5,
  connections: 64,
  // Enough that batches grow to what the disk and the database make of them, as under real load.
  concurrency: 512,
  lintedSizes: [100, 1000, 5000],
};
const instancesPerLane = 4;

const toNotes = ({ concurrency, connections }: BenchBounds) => [
  'Unit of work: one flip of three states in a loop, with a guard and a counter in a small context.',
  "pure-step: decided and written down as an entry, not stored. bare-transition: XState's own transition() on the same machine and events; it makes an actor each time, so the ratio may pass 1.",
  `durable-transitions: in process, ${concurrency} events under way, each answered when it is on disk.`,
  'sql-floor: the rows of those very batches again, by plain unnest statements into tables alike, without ledger functions.',
  'warm-start: from the command to the line that says where it serves; the database was made before.',
  'refuse-hostile-text: the slowest of the texts that the tests hold refused; nested, repeated and endless ones.',
  'lint: read, checked and proven, once. Where the time grew as the states do, lint-1000-states would be 10 times lint-100-states, and lint-5000-states 5 times that.',
  `http-events: one event a request over ${connections} connections, bearer key checked, no idempotency key; "keyed" sends a fresh one each time.`,
];

/** Prints the report and answers the exit code: 0, 1 when it failed, 130 when it was stopped. */
export async function runBench(
  options: BenchOptions,
  print: (text: string) => void = (text) => process.stdout.write(text),
  bounds: BenchBounds = usualBounds,
): Promise<number> {
  try {
    const report = await withCleanUp((atEnd, signal) => measureAll(options, bounds, atEnd, signal));
    print(options.format === 'json' ? toJson(report) : toTable(report));
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof Interrupted ? 130 : 1;
  }
}

const progress = (sentence: string) => console.error(sentence);

async function measureAll(
  { only, seconds }: BenchOptions,
  bounds: BenchBounds,
  atEnd: AtEnd,
  signal: AbortSignal,
): Promise<BenchReport> {
  const { rounds, connections, concurrency, lintedSizes } = bounds;
  const wanted = wantedResults(only);
  const wants = (...kinds: readonly ResultKind[]) => kinds.some((kind) => wanted.includes(kind));
  const values = new Map<string, readonly number[]>();
  const measure = async (sides: readonly Side[]) => {
    const found = await measureInRounds(sides, { rounds, seconds, progress, signal });
    for (const [name, readings] of found) values.set(name, readings);
  };

  if (wants(...deciding)) await measure(await preparePureStep());
  let server: { version: string; durability: string } | null = null;
  if (wants(...storing, ...serving, ...verifying)) {
    const toggles = await openToggleEngine(
      await openBenchPlace(atEnd),
      concurrency * instancesPerLane,
      progress,
      atEnd,
    );
    server = await readServerFacts(toggles.address);
    await measure([
      ...(await prepareDurableSides(toggles, concurrency, seconds / rounds, atEnd)),
      ...(wants(...serving) ? await prepareHttpSides(toggles, connections, atEnd) : []),
    ]);
    if (wants(...verifying)) await measure([toVerifySide(toggles.ledger)]);
  }
  if (wants(...starting)) {
    const { folder } = await openBenchPlace(atEnd);
    await measure([await prepareStartSide(folder, atEnd)]);
  }
  if (wants(...refusing)) await measure([toHostileSide()]);
  const linted = wants(...linting) ? await loadLintedSources(lintedSizes) : [];
  if (linted.length > 0) await measure([toLintSide(linted)]);

  const kinds: ResultKind[] = [
    ...wanted.filter((kind) => !linting.includes(kind)),
    ...linted.map(({ name, against }) => ({
      name,
      unit: 'ms',
      ...(against === undefined ? {} : { against }),
    })),
  ];
  return {
    title: `Countersign bench: medians of ${rounds} rounds, sides in turn`,
    machine: readMachine(),
    versions: { ...readOwnVersions(), ...(server === null ? {} : { PostgreSQL: server.version }) },
    ...toResults(kinds.map((kind) => ({ ...kind, rounds: values.get(kind.name) ?? [] }))),
    notes: [...toNotes(bounds), ...(server === null ? [] : [`PostgreSQL: ${server.durability}.`])],
  };
}
