/** Plays the scenario tests of a list of files, and counts what they cover. Prints nothing. */
import type { CompiledProcess, Coverage, ScratchLedger, SuiteLoaded } from '../engine/index.ts';
import type { SourceFile } from './definition-files.ts';
import { readBesideOf, type ScenarioFiles } from './scenario-files.ts';
import type { ProcessReport, SuiteReport, TestReport } from './scenario-report.ts';

export interface PlayOptions {
  /** Play each scenario once more through a real database. */
  readonly onLedger: boolean;
}

/** A definition, and what was covered of it so far. */
interface Tally {
  readonly process: CompiledProcess;
  /** The first suite about it; null when there is none. */
  readonly loaded: SuiteLoaded | null;
  readonly results: { readonly coverage: Coverage }[];
}

export async function playScenarios(files: ScenarioFiles, options: PlayOptions): Promise<TestReport> {
  const { coverageOf, loadSuite, openScratchLedger, reportCoverage } = await import('../engine/index.ts');
  const startedMs = performance.now();
  const tallies = new Map<string, Tally>();
  const suites: SuiteReport[] = [];
  const scratch = options.onLedger ? await openScratchLedger() : null;
  const leave = scratch === null ? () => undefined : closeOnSignal(scratch);
  try {
    for (const test of files.tests) {
      const loaded = loadSuite(test, readBesideOf(test.file));
      suites.push(await playSuite(test, loaded, tallies, scratch));
    }
  } finally {
    leave();
    await scratch?.close();
  }
  const { untested, broken } = await lookAtUntested(files, tallies, suites);
  const processes = [...tallies].map(([file, { process, loaded, results }]): ProcessReport => {
    const coverage = coverageOf(process, results);
    return { file, process, loaded, covered: coverage, coverage: reportCoverage(process, coverage) };
  });
  const durationMs = performance.now() - startedMs;
  return { suites: [...suites, ...broken], processes, untested, durationMs };
}

async function playSuite(
  { file }: SourceFile,
  loaded: SuiteLoaded,
  tallies: Map<string, Tally>,
  scratch: ScratchLedger | null,
): Promise<SuiteReport> {
  const { suite, findings, definition } = loaded;
  if (suite === null || definition === null) return { file, passed: 0, failed: 0, failures: [], findings };
  const { comparePlays, runInMemory, runScenarios } = await import('../engine/index.ts');
  const results = runInMemory(suite);
  const tally = tallies.get(definition.file) ?? { process: suite.process, loaded, results: [] };
  tally.results.push(...results);
  tallies.set(definition.file, tally);
  const plays = scratch === null ? [] : await runScenarios(scratch.ledger, suite, definition);
  const failures = results.map((result, index) => {
    const play = plays[index];
    if (play === undefined) return result.failures;
    const apart = comparePlays(result.scenario, result, play);
    const alone = play.failures.filter(({ what }) => what === 'record' || what === 'deploy');
    return [...result.failures, ...(apart === null ? [] : [apart]), ...alone];
  });
  const failed = failures.filter(({ length }) => length > 0).length;
  return { file, passed: results.length - failed, failed, failures: failures.flat(), findings };
}

/** Definitions that no scenario names count with nothing covered; files that are no definitions are passed over. */
async function lookAtUntested(
  { definitions }: ScenarioFiles,
  tallies: Map<string, Tally>,
  suites: readonly SuiteReport[],
): Promise<{ untested: readonly string[]; broken: readonly SuiteReport[] }> {
  const { lintDefinition } = await import('../engine/index.ts');
  const seen = new Set(suites.flatMap(({ findings }) => findings.map(({ file }) => file)));
  const untested: string[] = [];
  const broken: SuiteReport[] = [];
  for (const { file, source } of definitions) {
    if (tallies.has(file) || seen.has(file) || !/^states:/m.test(source)) continue;
    const { process, findings } = lintDefinition(source, file);
    const errors = findings.filter(({ severity }) => severity === 'error');
    if (process === null) broken.push({ file, passed: 0, failed: 0, failures: [], findings: errors });
    else {
      tallies.set(file, { process, loaded: null, results: [] });
      untested.push(file);
    }
  }
  return { untested, broken };
}

/** Ctrl-C leaves no database running behind. Answers how to stop listening. */
function closeOnSignal(scratch: ScratchLedger): () => void {
  const stops = (
    [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const
  ).map(([signal, exitCode]) => {
    const stop = () => void scratch.close().finally(() => process.exit(exitCode));
    process.once(signal, stop);
    return () => process.off(signal, stop);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
