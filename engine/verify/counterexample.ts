/**
 * The way on which a proposal would take effect undecided or a gate be passed, in the file's own terms: as a sentence's text,
 * state -event-> state, and step by step with the place of each in the file.
 */
import type { Position, TransitionCause } from '../definition/compiled-process.ts';
import type { AnalysisEdge } from './analysis-graph.ts';
import type { Step } from './prove-oversight.ts';

/** No way from the start to this effect has fewer steps. */
export interface Counterexample {
  /** The kind of decision whose proposal is undecided at the end of the path; null where a gate is passed, whatever it decides on. */
  readonly kind: string | null;
  readonly path: readonly CounterexampleStep[];
  /** What happens then, and its place: that of the finding. */
  readonly effect: string;
  readonly position: Position;
}

export interface CounterexampleStep {
  /** Id of the transition; null for a proposal that comes where no candidate takes it. */
  readonly transition: string | null;
  /** The event's name, a gate's outcome, `after P3D`, `always`, `onDone`, `onError`, or `proposal`. */
  readonly event: string;
  /** Ids of the active states, innermost only, joined by " + ". */
  readonly from: string;
  readonly to: string;
  readonly position: Position;
}

export function counterexampleOf(
  kind: string | null,
  effect: string,
  position: Position,
  step: Step,
): Counterexample {
  const path = edgesOf(step).flatMap(({ from, to, transition, proposed }): CounterexampleStep[] => {
    const place = transition ?? proposed;
    if (from === null || place === null) return [];
    const id = transition?.id ?? null;
    const event = eventText(transition?.cause ?? null);
    return [{ transition: id, event, from: from.key, to: to.key, position: place.position }];
  });
  return { kind, path, effect, position };
}

const longestPath = 40;

/** state -event-> state -event-> state */
export function pathText(step: Step): string {
  const parts = edgesOf(step).map(({ from, to, transition }) =>
    from === null ? to.key : `-${eventText(transition?.cause ?? null)}-> ${to.key}`,
  );
  const shown = parts.length > longestPath ? ['…', ...parts.slice(-longestPath)] : parts;
  return shown.join(' ');
}

function edgesOf(step: Step): readonly AnalysisEdge[] {
  const edges: AnalysisEdge[] = [];
  for (let at: Step | null = step; at !== null; at = at.before) edges.unshift(at.edge);
  return edges;
}

function eventText(cause: TransitionCause | null): string {
  if (cause === null) return 'proposal';
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
    case 'message':
      return cause.message;
    case 'repair':
      return `repair to ${cause.to}`;
    default:
      return cause.kind;
  }
}
