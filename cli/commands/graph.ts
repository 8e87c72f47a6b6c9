/** `countersign graph`: the states and transitions of a definition, for people and for programs. */
import { Command, InvalidArgumentError, Option } from 'commander';
import type {
  Counterexample,
  GraphState,
  GraphTransition,
  PicturedProcess,
  ProcessGraph,
  Unproven,
} from '../../engine/index.ts';
import type { Finding } from '../../schemas/finding.ts';
import { readText } from '../definition-files.ts';
import { findWay } from '../find-way.ts';
import { formatOption } from '../format-option.ts';
import { Misuse } from '../misuse.ts';
import { addPictureOptions, type PictureOptions, readTitles } from '../picture-options.ts';
import { count, printFindings } from '../print-findings.ts';
import { paint, plain, printJson, withProgress } from '../terminal.ts';

interface GraphOptions extends PictureOptions {
  readonly format: string;
  readonly counterexample?: number;
}

export function graphCommand(): Command {
  const command = new Command('graph')
    .summary('draw a process definition')
    .description('Shows the states and transitions of a process definition.')
    .argument('<file>', 'a process definition')
    .addOption(formatOption('svg', 'json', 'mermaid', 'xstate'));
  return addPictureOptions(command, 'svg and mermaid', 'svg')
    .addOption(
      new Option(
        '--counterexample <number>',
        'which way past a gate to draw, where lint finds several, for svg',
      ).argParser(toNumber),
    )
    .addHelpText(
      'after',
      `
A definition that is refused only because its oversight is not proven is drawn in svg with the way past
the gate, numbered; the exit code is 1 then, as for any definition with errors.

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
      const linted = lintDefinition(source, file);
      const { process: compiled, unproven } = linted;
      if (compiled === null) {
        const errors = linted.findings.filter(({ severity }) => severity === 'error');
        process.exitCode = 1;
        if (options.format === 'svg' && unproven !== undefined) {
          const ways = errors.flatMap((finding) => findWay(finding, linted.counterexamples ?? []) ?? []);
          const way = chooseWay(ways, options.counterexample);
          sayRefused(file, errors, way, ways.length);
          await printPicture(unproven, options, toUnproven(way));
        } else if (options.format === 'json') printJson(errors);
        else printFindings(errors);
        return;
      }
      if (options.counterexample !== undefined)
        throw new Misuse(`The oversight of ${file} is proven: leave --counterexample out.`);
      if (options.format === 'svg') await printPicture(compiled, options);
      else if (options.format === 'mermaid') console.log(toMermaid(compiled, options.language));
      else if (options.format === 'xstate') printJson(toXStateJson(compiled));
      else if (options.format === 'json') printJson(processGraph(compiled));
      else printList(processGraph(compiled));
    });
}

function toNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Give a number from 1 on.');
  return Number(text);
}

/** By its number in the order in which lint tells them. */
function chooseWay(ways: readonly Counterexample[], number: number | undefined): Counterexample | undefined {
  if (number !== undefined && ways[number - 1] === undefined)
    throw new Misuse(`Lint finds ${count(ways.length, 'way')} past a gate: there is no number ${number}.`);
  return ways[(number ?? 1) - 1];
}

function toUnproven(way: Counterexample | undefined): Unproven {
  if (way === undefined) return { path: [] };
  const path = way.path.flatMap(({ transition }) => transition ?? []);
  return way.kind === null ? { path } : { kind: way.kind, path };
}

/** On standard error, because the picture goes to standard output. */
function sayRefused(
  file: string,
  errors: readonly Finding[],
  way: Counterexample | undefined,
  ways: number,
): void {
  const name = plain(file);
  if (way === undefined) {
    for (const { message } of errors) console.error(`${name} is refused. ${plain(message)}`);
    return;
  }
  const { line, column } = way.position;
  const undecided = way.kind === null ? '' : `while a proposal of "${plain(way.kind)}" is undecided, `;
  console.error(
    `${name}:${line}:${column} is refused: ${undecided}${plain(way.effect)}. ` +
      'The picture shows the way there, numbered.',
  );
  if (ways > 1)
    console.error(
      `It is one of ${ways} ways. Draw another with --counterexample ${ways === 2 ? '2' : `2 to ${ways}`}.`,
    );
}

/** Below this, letters on paper are hard to read. */
const smallestPoints = 6.9;

async function printPicture(
  compiled: PicturedProcess,
  options: GraphOptions,
  unproven?: Unproven,
): Promise<void> {
  const { drawPicture, layOutGraph, pictureSize, pointsOnPaper } = await import('../../engine/index.ts');
  const titles = await readTitles(options.directory);
  if (titles === null) return;
  const { language, theme } = options;
  const states = (compiled.states?.size ?? 1) - 1;
  const geometry = await withProgress(`Laying out ${states} states`, () =>
    layOutGraph(compiled, { language, ...titles }),
  );
  process.stdout.write(
    drawPicture(compiled, geometry, { ...titles, theme, ...(unproven === undefined ? {} : { unproven }) }),
  );
  const points = pointsOnPaper(pictureSize(compiled, geometry, { language, ...titles }));
  if (points < smallestPoints) {
    const wide = points * Math.SQRT2 < smallestPoints ? 'a larger sheet' : 'A3';
    console.error(`On A4 the smallest letters are ${points.toFixed(1)} points high; print it on ${wide}.`);
  }
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
