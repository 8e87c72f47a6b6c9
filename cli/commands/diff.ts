/** `countersign diff`: what a change of a definition means, for whoever approves it. */
import { Command } from 'commander';
import type { Difference } from '../../engine/index.ts';
import { readText } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { count, printFindings } from '../print-findings.ts';
import { paint, plain, printJson } from '../terminal.ts';

export function diffCommand(): Command {
  return new Command('diff')
    .summary('say what a change of a definition means')
    .description(
      'Compares two process definitions in the words of the process, the most dangerous difference ' +
        'first: gates weakened or bypassed, more people who may act, fields no longer protected.',
    )
    .argument('<before>', 'a process definition')
    .argument('<after>', 'the same, changed')
    .addOption(formatOption('json'))
    .addHelpText(
      'after',
      `
Levels:
  danger  weakens who decides what, or cannot be shown not to
  care    changes what people, programs or running instances meet
  note    changes words

Examples:
  $ git show HEAD:processes/outgoing-document.yaml > before.yaml
  $ countersign diff before.yaml processes/outgoing-document.yaml

JSON: an array of {code, level, message, a, b}; a and b are {file, line, column}, or null.
For a file that is no definition: the findings, as lint gives them.
Exit code: 0 without a difference of level danger, 1 with one, or for a file that is no definition,
2 for a path that is not there.`,
    )
    .action(async (before: string, after: string, options: { format: string }) => {
      const sources = [before, after].map((file) => ({ file, source: readText(file) }));
      const [a, b] = sources;
      if (a === undefined || b === undefined) throw new Error('Two files were asked for.');
      const { diffDefinitions } = await import('../../engine/index.ts');
      const compared = diffDefinitions(a, b);
      if (compared.differences === null) {
        if (options.format === 'json') printJson(compared.findings);
        else printFindings(compared.findings);
        process.exitCode = 1;
        return;
      }
      const { differences } = compared;
      if (options.format === 'json') printJson(differences);
      else {
        for (const difference of differences) printDifference(difference);
        console.log(summarise(differences));
      }
      if (differences.some(({ level }) => level === 'danger')) process.exitCode = 1;
    });
}

/** One a line, with the place in the changed file where there is one, in the form that editors turn into links. */
function printDifference({ code, level, message, a, b }: Difference): void {
  const place = (at: Difference['a']) => (at === null ? '' : `${plain(at.file)}:${at.line}:${at.column}`);
  const before = a === null || b === null ? '' : paint('dim', ` (before: ${place(a)})`);
  const colour = { danger: 'red', care: 'yellow', note: 'dim' } as const;
  console.log(`${place(b ?? a)} ${paint(colour[level], level)} ${code} ${plain(message)}${before}`);
}

function summarise(differences: readonly Difference[]): string {
  if (differences.length === 0) return paint('green', 'No differences in meaning.');
  const levels = (['danger', 'care', 'note'] as const).map((level) => {
    const found = differences.filter((one) => one.level === level).length;
    return found === 0 ? [] : [`${found} ${level}`];
  });
  return `${count(differences.length, 'difference')}: ${levels.flat().join(', ')}.`;
}
