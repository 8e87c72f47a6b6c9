/** `countersign directory`: who is who, as a file. */
import { Command } from 'commander';
import { readText } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { count, printFindings, summariseFindings } from '../print-findings.ts';
import { printJson } from '../terminal.ts';
import { applyDirectoryCommand, diffDirectoryCommand } from './directory-change.ts';

export function directoryCommand(): Command {
  return new Command('directory')
    .summary('check a directory file, see what it changes, and apply it')
    .description('Works on directory files: the roles, units and principals of an organisation.')
    .addCommand(checkCommand())
    .addCommand(diffDirectoryCommand())
    .addCommand(applyDirectoryCommand())
    .addHelpText('after', '\nExample:\n  $ countersign directory check demo/directory.yaml');
}

function checkCommand(): Command {
  return new Command('check')
    .summary('check a directory file')
    .description('Checks a directory file: its form, and that every unit, role and person it names is there.')
    .argument('<file>', 'the YAML file')
    .addOption(formatOption('json'))
    .addHelpText(
      'after',
      `
Example:
  $ countersign directory check demo/directory.yaml

JSON: an array of {code, severity, message, file, line, column}.`,
    )
    .action(async (file: string, options: { format: string }) => {
      const source = readText(file);
      const { readDirectory } = await import('../../engine/index.ts');
      const read = readDirectory(source, file);
      const findings = read.kind === 'refused' ? read.findings : [];
      if (options.format === 'json') printJson(findings);
      else {
        printFindings(findings);
        if (read.kind === 'directory')
          console.log(
            `${count(read.principals.length, 'principal')}, ${count(read.units.length, 'unit')}, ${count(read.roles.size, 'role')}.`,
          );
        console.log(summariseFindings(findings, 1));
      }
      if (findings.length > 0) process.exitCode = 1;
    });
}
