/** `countersign lint`: checks definitions and proves oversight, without a server or a database. */
import { Command } from 'commander';
import type { Counterexample } from '../../engine/index.ts';
import type { Finding } from '../../schemas/finding.ts';
import { readDefinitionFiles } from '../definition-files.ts';
import { findWay } from '../find-way.ts';
import { formatOption } from '../format-option.ts';
import { printCounterexample, printFindings, printHowToDraw, summariseFindings } from '../print-findings.ts';
import { printJson } from '../terminal.ts';

export function lintCommand(): Command {
  return new Command('lint')
    .summary('check process definitions, and prove their oversight')
    .description(
      'Checks process definitions: their form, their meaning, and that no proposal of an AI ' +
        'can take effect before people approved it. Takes files, and folders of YAML files.',
    )
    .argument('<path...>', 'files or folders')
    .addOption(formatOption('json'))
    .addHelpText(
      'after',
      `
Examples:
  $ countersign lint processes
  $ countersign lint processes/outgoing-document.yaml --format json

JSON: an array of {code, severity, message, file, line, column}.
Exit code: 0 without findings of severity error, 1 with, 2 for a path that is not there.`,
    )
    .action(async (paths: string[], options: { format: string }) => {
      const files = readDefinitionFiles(paths);
      const { lintDefinition } = await import('../../engine/index.ts');
      const results = files.map(({ file, source }) => lintDefinition(source, file));
      const findings = results.flatMap((result) => result.findings);
      if (options.format === 'json') printJson(findings);
      else {
        for (const { findings: ofFile, counterexamples = [] } of results)
          printWithWays(ofFile, counterexamples);
        console.log(summariseFindings(findings, files.length));
      }
      if (findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
    });
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
