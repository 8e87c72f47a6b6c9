/** A counterexample in the file's own terms: state -event-> state -event-> state. */
import type { TransitionCause } from '../definition/compiled-process.ts';
import type { AnalysisEdge } from './analysis-graph.ts';
import type { Step } from './prove-oversight.ts';

const longestPath = 40;

export function pathText(step: Step): string {
  const edges: AnalysisEdge[] = [];
  for (let at: Step | null = step; at !== null; at = at.before) edges.unshift(at.edge);
  const parts = edges.map(({ from, to, transition, proposed }) => {
    if (from === null) return to.key;
    const cause = transition === null ? (proposed === null ? '' : 'proposal') : causeText(transition.cause);
    return `-${cause}-> ${to.key}`;
  });
  const shown = parts.length > longestPath ? ['…', ...parts.slice(-longestPath)] : parts;
  return shown.join(' ');
}

function causeText(cause: TransitionCause): string {
  switch (cause.kind) {
    case 'event':
      return cause.event;
    case 'outcome':
      return cause.outcome;
    case 'after':
      return `after ${cause.delay}`;
    case 'done':
      return 'onDone';
    case 'error':
      return 'onError';
    default:
      return cause.kind;
  }
}
