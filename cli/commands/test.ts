/** `countersign test`: plays the scenario tests of processes, in memory, and with `--ledger` through a database. */
import { existsSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { checkPictureFile, drawCoverage } from '../draw-coverage.ts';
import { formatOption } from '../format-option.ts';
import { checkNewFile, generateFile } from '../generate-file.ts';
import { Misuse } from '../misuse.ts';
import { addPictureOptions, type PictureOptions } from '../picture-options.ts';
import { playScenarios } from '../play-scenarios.ts';
import { findScenarioFiles } from '../scenario-files.ts';
import {
  coverageKinds,
  failedOf,
  passedOf,
  printReport,
  type TestReport,
  toJsonReport,
  totalOf,
} from '../scenario-report.ts';
import { printJson } from '../terminal.ts';

interface TestOptions extends PictureOptions {
  readonly format: string;
  readonly coverageMin?: number;
  readonly ledger?: boolean;
  readonly generate?: string;
  readonly picture?: string;
}

export function testCommand(): Command {
  const command = new Command('test')
    .summary('play the scenario tests of processes')
    .description(
      'Plays scenario tests: YAML files NAME.test.yaml beside NAME.yaml that say who does what, and what ' +
        'is expected then. Shows where a process went otherwise, and what no scenario goes through.',
    )
    .argument('[path...]', 'scenario tests, process definitions, or folders (processes)')
    .option('--ledger', 'play them once more through a real database, reading the state before every step')
    .option(
      '--coverage-min <percent>',
      'fail when less is covered of states, transitions, guards or outcomes',
      toPercent,
    )
    .option('--generate <file>', 'write scenarios for what is not covered yet into a new file, as a start')
    .option('--picture <file>', 'draw one process as svg, with what no scenario goes through')
    .addOption(formatOption('json'));
  return addPictureOptions(command, '--picture', '--picture')
    .addHelpText(
      'after',
      `
Examples:
  $ countersign test processes
  $ countersign test processes/outgoing-document.yaml --ledger
  $ countersign test processes --coverage-min 100 --format json
  $ countersign test processes/mine.yaml --generate processes/mine.test.yaml
  $ countersign test processes/mine.yaml --picture mine-coverage.svg

JSON: {passed, failed, coverage: {states, transitions, outcomes}, guards, failures, findings, uncovered},
each count as {covered, total}.
Exit code: 0 when all went as expected, 1 when not, 2 for a path that is not there.`,
    )
    .action(async (paths: string[], options: TestOptions) => {
      const files = findScenarioFiles(paths.length > 0 ? paths : [defaultFolder()]);
      if (options.generate !== undefined) checkNewFile(options.generate);
      if (options.picture !== undefined) checkPictureFile(options.picture);
      const report = await playScenarios(files, { onLedger: options.ledger === true });
      if (options.generate !== undefined) {
        await generateFile(report, options.generate);
        return;
      }
      if (options.format === 'json') printJson(toJsonReport(report));
      else printReport(report);
      if (options.picture !== undefined) await drawCoverage(report, options.picture, options);
      if (passedOf(report) === 0 || failedOf(report) > 0) process.exitCode = 1;
      if (isBelow(report, options.coverageMin)) {
        process.exitCode = 1;
        console.error(`Less than ${options.coverageMin} % is covered.`);
      }
    });
}

function defaultFolder(): string {
  if (existsSync('processes')) return 'processes';
  throw new Misuse('There is no folder "processes" here. Name the scenario tests, or a folder of them.');
}

function toPercent(text: string): number {
  const percent = Number(text);
  if (text.trim() === '' || !(percent >= 0 && percent <= 100))
    throw new InvalidArgumentError('Give a number from 0 to 100.');
  return percent;
}

function isBelow(report: TestReport, minimumPercent = 0): boolean {
  return coverageKinds.some((kind) => {
    const { covered, total } = totalOf(report, kind);
    return total > 0 && (100 * covered) / total < minimumPercent;
  });
}
