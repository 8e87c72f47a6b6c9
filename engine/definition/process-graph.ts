/** States and transitions with their places in the file, for `countersign graph` and whoever draws them. */
import type { Gate, Propose, Title } from '../../schemas/process-definition.ts';
import type {
  CompiledProcess,
  CompiledTransition,
  CompiledWork,
  TransitionCause,
} from './compiled-process.ts';

export interface ProcessGraph {
  readonly states: readonly GraphState[];
  readonly transitions: readonly GraphTransition[];
}

export interface GraphState {
  readonly id: string;
  readonly type: string;
  readonly parent: string;
  readonly title?: Title;
  /** Where the machine, or the compound state, begins. */
  readonly initial?: string;
  readonly gate?: Gate;
  readonly propose?: Pick<Propose, 'decision' | 'timeout'>;
  /** What the state waits for: a task or a process by its name, or undoing what was done. */
  readonly invoke?: Pick<CompiledWork, 'kind' | 'name'>;
  readonly line: number;
  readonly column: number;
}

export interface GraphTransition {
  readonly id: string;
  readonly source: string;
  /** The event's name; null for what follows by itself. */
  readonly event: string | null;
  readonly cause: TransitionCause['kind'];
  readonly targets: readonly string[];
  readonly forbidden: boolean;
  readonly guard?: string;
  readonly title?: Title;
  readonly line: number;
  readonly column: number;
}

/** The root is left out: it is the process. */
export function processGraph(process: CompiledProcess): ProcessGraph {
  const states = [...(process.states ?? new Map()).values()].filter(({ id }) => id !== '');
  return {
    states: states.map(({ id, kind, parent, title, initial, position }) => {
      const gate = process.gates.get(id)?.gate;
      const propose = process.proposes.get(id)?.propose;
      const invoke = process.invokes?.get(id);
      return {
        id,
        type: kind,
        parent: parent ?? '',
        ...(title === undefined ? {} : { title }),
        ...(initial === undefined ? {} : { initial }),
        ...(gate === undefined ? {} : { gate }),
        ...(propose === undefined ? {} : { propose: briefly(propose) }),
        ...(invoke === undefined ? {} : { invoke: { kind: invoke.kind, name: invoke.name } }),
        ...position,
      };
    }),
    transitions: [...process.transitions.values()].map(toGraphTransition),
  };
}

function briefly({ decision, timeout }: Propose): Pick<Propose, 'decision' | 'timeout'> {
  return timeout === undefined ? { decision } : { decision, timeout };
}

function toGraphTransition(transition: CompiledTransition): GraphTransition {
  const { id, source, cause, targets, forbidden, guard, title, position } = transition;
  return {
    id,
    source,
    event: eventName(cause),
    cause: cause.kind,
    targets,
    forbidden,
    ...(guard === undefined ? {} : { guard: guard.source }),
    ...(title === undefined ? {} : { title }),
    ...position,
  };
}

/** What moves along the transition, in the file's own words; null where nothing is sent. */
function eventName(cause: TransitionCause): string | null {
  if (cause.kind === 'event') return cause.event;
  if (cause.kind === 'outcome') return cause.outcome;
  if (cause.kind === 'message') return cause.message;
  return cause.kind === 'after' ? cause.delay : null;
}
