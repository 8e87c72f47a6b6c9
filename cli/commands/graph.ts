/** `countersign graph`: the states and transitions of a definition, for people and for programs. */
import { Command } from 'commander';
import type { GraphState, GraphTransition, ProcessGraph } from '../../engine/index.ts';
import { readText } from '../definition-files.ts';
import { formatOption } from '../format-option.ts';
import { printFindings } from '../print-findings.ts';
import { paint, plain, printJson } from '../terminal.ts';

export function graphCommand(): Command {
  return new Command('graph')
    .summary('draw a process definition')
    .description('Shows the states and transitions of a process definition.')
    .argument('<file>', 'a process definition')
    .addOption(formatOption('json', 'mermaid', 'xstate'))
    .addHelpText(
      'after',
      `
Formats:
  text      a list of states, and where each leads
  mermaid   a diagram in Mermaid's words
  json      {states, transitions} with ids and places in the file
  xstate    the compiled XState machine, as JSON

Examples:
  $ countersign graph processes/outgoing-document.yaml
  $ countersign graph processes/outgoing-document.yaml --format mermaid > outgoing-document.mmd`,
    )
    .action(async (file: string, options: { format: string }) => {
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
      if (options.format === 'mermaid') console.log(toMermaid(compiled));
      else if (options.format === 'xstate') printJson(toXStateJson(compiled));
      else if (options.format === 'json') printJson(processGraph(compiled));
      else printList(processGraph(compiled));
    });
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
