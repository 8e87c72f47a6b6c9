/** A process as a Mermaid state diagram. */
import type { CompiledProcess } from './compiled-process.ts';
import { type GraphState, type GraphTransition, type ProcessGraph, processGraph } from './process-graph.ts';

export function toMermaid(process: CompiledProcess, language: 'vi' | 'en' = 'en'): string {
  const graph = processGraph(process);
  const { definition } = process;
  const lines = [
    '---',
    `title: ${JSON.stringify(definition.title[language])}`,
    '---',
    'stateDiagram-v2',
    ...statesIn('', graph, definition.type === 'parallel' ? undefined : definition.initial, '  ', language),
    ...graph.transitions.flatMap((one) => transitionLines(one, language)),
  ];
  return `${lines.join('\n')}\n`;
}

function statesIn(
  parent: string,
  graph: ProcessGraph,
  initial: string | undefined,
  indent: string,
  language: 'vi' | 'en',
): string[] {
  const here = graph.states.filter((state) => state.parent === parent);
  const parentIsParallel = graph.states.some(({ id, type }) => id === parent && type === 'parallel');
  const lines =
    initial === undefined
      ? []
      : [`${indent}[*] --> ${name(parent === '' ? initial : `${parent}.${initial}`)}`];
  for (const [index, state] of here.entries()) {
    if (parentIsParallel && index > 0) lines.push(`${indent}--`);
    lines.push(...stateLines(state, graph, indent, language));
  }
  return lines;
}

function stateLines(state: GraphState, graph: ProcessGraph, indent: string, language: 'vi' | 'en'): string[] {
  const label = `${mark(state)}${state.title?.[language] ?? state.id.split('.').at(-1)}`;
  const inner = statesIn(state.id, graph, state.initial, `${indent}  `, language);
  const open = `${indent}state "${text(label)}" as ${name(state.id)}`;
  const end = state.type === 'final' ? [`${indent}${name(state.id)} --> [*]`] : [];
  return inner.length === 0 ? [open, ...end] : [`${open} {`, ...inner, `${indent}}`];
}

function mark({ gate, propose, invoke, type }: GraphState): string {
  if (gate !== undefined) return `⚖ ${gate.meaning}: `;
  if (propose !== undefined) return '✎ ';
  if (invoke !== undefined) return '⚙ ';
  return type === 'history' ? 'H: ' : '';
}

function transitionLines(transition: GraphTransition, language: 'vi' | 'en'): string[] {
  const { source, targets, event, cause, guard, forbidden, title } = transition;
  const [target = source] = targets;
  // Mermaid has no place for the root itself.
  if (forbidden || source === '' || target === '') return [];
  const label = title?.[language] ?? event ?? cause;
  return [
    `  ${name(source)} --> ${name(target)}: ${text(label)}${guard === undefined ? '' : ` [${text(guard)}]`}`,
  ];
}

/** Mermaid names hold no dots and no hyphens; distinct ids stay distinct. */
function name(id: string): string {
  return `s_${id.replaceAll('_', '__').replaceAll('-', '_h').replaceAll('.', '_d')}`;
}

function text(label: string): string {
  return label.replaceAll(/["\n;:#]/g, (character) =>
    character === '\n' ? ' ' : `#${character.charCodeAt(0)};`,
  );
}
