/** `countersign test --generate`: writes scenarios for what none goes through yet, and says what came of it. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { Failure, Misuse } from './misuse.ts';
import { count, printFindings } from './print-findings.ts';
import { readBesideOf } from './scenario-files.ts';
import type { ProcessReport, TestReport } from './scenario-report.ts';

const schemaFile = join(import.meta.dirname, '..', 'schemas', 'scenario.schema.json');

/** What a person wrote is never overwritten. */
export function checkNewFile(file: string): void {
  if (!/\.test\.ya?ml$/.test(file)) throw new Misuse(`Name a file that ends in .test.yaml, not ${file}.`);
  if (existsSync(file))
    throw new Misuse(`${file} is there already. Name a new file, and join the two by hand.`);
}

export async function generateFile(report: TestReport, file: string): Promise<void> {
  for (const { findings } of report.suites) printFindings(findings);
  const [process, second] = report.processes;
  if (process === undefined)
    throw new Failure('There is no process to write scenarios for. See the findings above.');
  if (second !== undefined)
    throw new Misuse('Scenarios are generated for one process at a time. Name its file.');
  if (process.coverage.missing.length === 0) {
    console.log(`Everything in ${process.file} is covered; there is nothing to generate.`);
    return;
  }
  await writeFor(process, file);
}

async function writeFor(
  { file: definition, process, loaded, covered }: ProcessReport,
  file: string,
): Promise<void> {
  const { generateScenarios, loadSuite, madeUpDirectory, runInMemory, writeScenarioFile } = await import(
    '../engine/index.ts'
  );
  const people = loaded?.suite?.directory ?? madeUpDirectory(process);
  const generated = generateScenarios(process, people, covered);
  if (generated.scenarios.length === 0)
    throw new Failure(
      'No path was found to what is missing: the sample data may not fit, or nobody may start. Write the first scenario by hand.',
    );
  const directory = loaded?.directory ?? null;
  const text = writeScenarioFile(
    {
      schema: pathFrom(file, schemaFile),
      process: pathFrom(file, definition),
      directory: directory === null ? null : pathFrom(file, directory.file),
      names: new Map([...(loaded?.suite?.cast ?? [])].map(([name, { id }]) => [id, name])),
      inDirectory: directory?.ids ?? new Set(),
      definition,
    },
    generated,
    people,
  );
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    throw new Misuse(`${file} cannot be written: ${error instanceof Error ? error.message : error}.`);
  }
  const { suite } = loadSuite({ file, source: text }, readBesideOf(file));
  const failing =
    suite === null ? 0 : runInMemory(suite).filter(({ failures }) => failures.length > 0).length;
  const passing = failing === 0 ? 'all of them pass' : `${failing} of them fail`;
  console.log(`${file}: ${count(generated.scenarios.length, 'scenario')} written, and ${passing}.`);
  if (generated.unreached.length > 0)
    console.log(`No path was found to ${count(generated.unreached.length, 'thing')}: the file lists them.`);
  console.log('They show what the process does, with sample data. What it ought to do is yours to say.');
}

/** As a file names another: from its own folder. */
function pathFrom(file: string, other: string): string {
  return relative(resolve(dirname(file)), resolve(other)).replaceAll('\\', '/');
}
