/** `countersign graph`: the states and transitions of a definition, for people and for programs. */
import { Command, Option } from 'commander';
import type {
  CompiledProcess,
  GraphState,
  GraphTransition,
  Language,
  PictureWording,
  ProcessGraph,
  Theme,
} from '../../engine/index.ts';
import { readText } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { printFindings } from '../print-findings.ts';
import { paint, plain, printJson, withProgress } from '../terminal.ts';

interface GraphOptions {
  readonly format: string;
  readonly language: Language;
  readonly theme: Theme;
  readonly directory?: string;
}

export function graphCommand(): Command {
  return new Command('graph')
    .summary('draw a process definition')
    .description('Shows the states and transitions of a process definition.')
    .argument('<file>', 'a process definition')
    .addOption(formatOption('svg', 'json', 'mermaid', 'xstate'))
    .addOption(
      new Option('--language <language>', 'of titles and words, for svg and mermaid')
        .choices(['vi', 'en'])
        .default('en'),
    )
    .addOption(
      new Option('--theme <theme>', 'colours, for svg; auto follows the reader')
        .choices(['light', 'dark', 'auto'])
        .default('auto'),
    )
    .option('--directory <file>', 'a directory file, for the titles of roles and units in svg')
    .addHelpText(
      'after',
      `
Formats:
  text      a list of states, and where each leads
  svg       a picture, to look at and to print
  mermaid   a diagram in Mermaid's words
  json      {states, transitions} with ids and places in the file
  xstate    the compiled XState machine, as JSON

Examples:
  $ countersign graph processes/outgoing-document.yaml
  $ countersign graph processes/outgoing-document.yaml --format svg --language vi > outgoing-document.svg
  $ countersign graph processes/outgoing-document.yaml --format mermaid > outgoing-document.mmd`,
    )
    .action(async (file: string, options: GraphOptions) => {
      const source = readText(file);
      const { lintDefinition, processGraph, toMermaid, toXStateJson } = await import('../../engine/index.ts');
      const { process: compiled, findings } = lintDefinition(source, file);
      if (compiled === null) {
        const errors = findings.filter(({ severity }) => severity === 'error');
        if (options.format === 'json') printJson(errors);
        else printFindings(errors);
        process.exitCode = 1;
        return;
      }
      if (options.format === 'svg') await printPicture(compiled, options);
      else if (options.format === 'mermaid') console.log(toMermaid(compiled, options.language));
      else if (options.format === 'xstate') printJson(toXStateJson(compiled));
      else if (options.format === 'json') printJson(processGraph(compiled));
      else printList(processGraph(compiled));
    });
}

/** Below this, letters on paper are hard to read. */
const smallestPoints = 6.9;

async function printPicture(compiled: CompiledProcess, options: GraphOptions): Promise<void> {
  const { drawPicture, layOutGraph, pictureSize, pointsOnPaper } = await import('../../engine/index.ts');
  const titles = await readTitles(options.directory);
  if (titles === null) return;
  const { language, theme } = options;
  const states = (compiled.states?.size ?? 1) - 1;
  const geometry = await withProgress(`Laying out ${states} states`, () =>
    layOutGraph(compiled, { language, ...titles }),
  );
  process.stdout.write(drawPicture(compiled, geometry, { ...titles, theme }));
  const points = pointsOnPaper(pictureSize(compiled, geometry, { language, ...titles }));
  if (points < smallestPoints) {
    const wide = points * Math.SQRT2 < smallestPoints ? 'a larger sheet' : 'A3';
    console.error(`On A4 the smallest letters are ${points.toFixed(1)} points high; print it on ${wide}.`);
  }
}

type Titles = Pick<PictureWording, 'roles' | 'units'>;

/** Null when the file is not a directory, which was then said. */
async function readTitles(file: string | undefined): Promise<Titles | null> {
  if (file === undefined) return {};
  const { readDirectory } = await import('../../engine/index.ts');
  const directory = readDirectory(readText(file), file);
  if (directory.kind === 'directory') {
    return { roles: directory.roles, units: new Map(directory.units.map(({ id, title }) => [id, title])) };
  }
  printFindings(directory.findings);
  process.exitCode = 1;
  return null;
}

function printList({ states, transitions }: ProcessGraph): void {
  printTransitions(transitions.filter(({ source }) => source === ''));
  for (const state of states) {
    console.log(`${paint('bold', plain(state.id))}${describeState(state)}`);
    printTransitions(transitions.filter(({ source }) => source === state.id));
  }
}

function describeState({ type, title, gate, propose }: GraphState): string {
  const parts = [
    ...(title === undefined ? [] : [`${title.vi} / ${title.en}`]),
    ...(type === 'atomic' ? [] : [type]),
    ...(gate === undefined
      ? []
      : [`gate: ${gate.meaning}${gate.binds === undefined ? '' : ` of ${gate.binds}`}`]),
    ...(propose === undefined ? [] : [`asks for a proposal of ${propose.decision}`]),
  ];
  return parts.map((part) => `, ${plain(part)}`).join('');
}

function printTransitions(transitions: readonly GraphTransition[]): void {
  for (const { event, cause, targets, forbidden, guard } of transitions) {
    const where = forbidden ? 'forbidden' : targets.length === 0 ? 'stays' : `→ ${targets.join(', ')}`;
    const when = guard === undefined ? '' : `, when ${guard}`;
    console.log(`  ${paint('cyan', plain(event ?? cause))} ${plain(`${where}${when}`)}`);
  }
}
