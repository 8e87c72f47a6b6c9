/** `countersign diff`: what a change of a definition means, for whoever approves it. */
import { existsSync } from 'node:fs';
import { Command } from 'commander';
import type { Difference } from '../../engine/index.ts';
import { addConnectionOptions, type ConnectionOptions, toAddress } from '../connection-options.ts';
import { readText, type SourceFile } from '../definition-files.ts';
import { isHash, readByHash, readInForce } from '../deployed-definition.ts';
import { formatOption } from '../format-option.ts';
import { Misuse } from '../misuse.ts';
import { count, printFindings } from '../print-findings.ts';
import { paint, plain, printJson } from '../terminal.ts';

interface DiffOptions extends ConnectionOptions {
  readonly format: string;
  readonly deployed?: boolean;
}

export function diffCommand(): Command {
  const command = new Command('diff')
    .summary('say what a change of a definition means')
    .description(
      'Compares two process definitions in the words of the process, the most dangerous difference ' +
        'first: gates weakened or bypassed, more people who may act, fields no longer protected.',
    )
    .argument('<before>', 'a process definition: a file, or the hash of a deployed one')
    .argument('[after]', 'the same, changed')
    .option(
      '--deployed',
      'compare one file with the definition of its process that a running server has in force',
    )
    .addOption(formatOption('json'));
  return addConnectionOptions(command)
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
  $ COUNTERSIGN_KEY=... countersign diff processes/outgoing-document.yaml --deployed
  $ COUNTERSIGN_KEY=... countersign diff 3f2a9c1b4d5e processes/outgoing-document.yaml

A hash may be shortened to its first eight characters or more. For what is deployed the server and your
key are needed, and nothing is changed by asking.

JSON: an array of {code, level, message, a, b}; a and b are {file, line, column}, or null.
For a file that is no definition: the findings, as lint gives them.
Exit code: 0 without a difference of level danger, 1 with one, or for a file that is no definition,
2 for a path that is not there.`,
    )
    .action(async (before: string, after: string | undefined, options: DiffOptions) => {
      const [a, b] = await readBoth(before, after, options);
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

type Both = readonly [SourceFile, SourceFile];

async function readBoth(before: string, after: string | undefined, options: DiffOptions): Promise<Both> {
  if (options.deployed !== true) {
    if (after === undefined)
      throw new Misuse('Name two definitions, or one with --deployed. See "countersign help diff".');
    return [await readOne(before, options), await readOne(after, options)];
  }
  if (after !== undefined) throw new Misuse('With --deployed name one file: it is the changed one.');
  const changed = { file: before, source: readText(before) };
  const { processOf } = await import('../../engine/index.ts');
  const process = processOf(changed);
  // Compared with itself it gives its own findings, which say why it is no definition.
  if (process === null) return [changed, changed];
  const { about, ...inForce } = await readInForce(toAddress(options), process);
  console.error(`Compared with ${plain(about)}.`);
  return [inForce, changed];
}

/** A file of that name comes first, so that nothing on a server can stand in for it. */
async function readOne(name: string, options: DiffOptions): Promise<SourceFile> {
  if (existsSync(name) || !isHash(name)) return { file: name, source: readText(name) };
  const { about, ...deployed } = await readByHash(toAddress(options), name);
  console.error(`${plain(name)} is ${plain(about)}.`);
  return deployed;
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
