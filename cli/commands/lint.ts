/** `countersign lint`: checks definitions and proves oversight, without a server or a database. */
import { Command, Option } from 'commander';
import type { Counterexample } from '../../engine/index.ts';
import type { Finding } from '../../schemas/finding.ts';
import { readDefinitionFiles, readText } from '../definition-files.ts';
import { findWay } from '../find-way.ts';
import { formatOption } from '../format-option.ts';
import { directoryFindings, FileLinter, fixFiles } from '../lint-files.ts';
import {
  printCounterexample,
  printFindings,
  printFixed,
  printHowToDraw,
  summariseFindings,
} from '../print-findings.ts';
import { printJson } from '../terminal.ts';
import { watchLint } from '../watch-lint.ts';

export function lintCommand(): Command {
  return new Command('lint')
    .summary('check process definitions, and prove their oversight')
    .description(
      'Checks process definitions: their form, their meaning, and that no proposal of an AI ' +
        'can take effect before people approved it. Takes files, and folders of YAML files.',
    )
    .argument('<path...>', 'files or folders')
    .addOption(formatOption('json'))
    .option('--directory <file>', 'hold the definitions against this directory of people')
    .option('--fix', 'write into the files what mends a finding, where there is only one way to')
    .addOption(
      new Option('--watch', 'lint again whenever a file changes, until Ctrl-C').conflicts(['fix', 'format']),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ countersign lint processes
  $ countersign lint processes/outgoing-document.yaml --format json
  $ countersign lint processes --fix
  $ countersign lint processes --watch
  $ countersign lint processes --directory demo/directory.yaml

JSON: an array of {code, severity, message, file, line, column}, and fix where --fix mends it.
Exit code: 0 without findings of severity error, 1 with, 2 for a path that is not there.`,
    )
    .action(async (paths: string[], options: Options) => {
      const engine = await import('../../engine/index.ts');
      const named = options.directory ?? null;
      if (options.watch === true) {
        process.exitCode = await watchLint(paths, named, engine);
        return;
      }
      const files = readDefinitionFiles(paths);
      const directory = named === null ? null : { file: named, source: readText(named) };
      const ofDirectory = directoryFindings(engine, directory);
      const mended = options.fix === true ? fixFiles(engine, files, directory) : null;
      const linted = mended ?? new FileLinter(engine).lint(files, directory);
      const results = linted.map(({ result }) => result);
      const findings = [...ofDirectory, ...results.flatMap((result) => result.findings)];
      if (options.format === 'json') printJson(findings);
      else {
        if (mended !== null) printFixed(mended.flatMap(({ fixed }) => fixed));
        printFindings(ofDirectory);
        for (const { findings: ofFile, counterexamples = [] } of results)
          printWithWays(ofFile, counterexamples);
        console.log(summariseFindings(findings, files.length));
      }
      if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
    });
}

interface Options {
  readonly format: string;
  readonly directory?: string;
  readonly fix?: boolean;
  readonly watch?: boolean;
}

function printWithWays(findings: readonly Finding[], counterexamples: readonly Counterexample[]): void {
  for (const finding of findings) {
    printFindings([finding]);
    const way = findWay(finding, counterexamples);
    if (way !== undefined) printCounterexample(finding.file, way);
  }
  const [first] = findings;
  if (first !== undefined && counterexamples.length > 0) printHowToDraw(first.file);
}
