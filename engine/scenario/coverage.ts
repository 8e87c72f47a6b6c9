/** What scenarios went through, by the ids of the compiled process, and what they left out. */
import type { CompiledProcess, CompiledTransition, Position } from '../definition/compiled-process.ts';
import type { Step } from '../step/step.ts';

export interface Coverage {
  /** State ids. */
  readonly states: ReadonlySet<string>;
  /** Transition ids. */
  readonly transitions: ReadonlySet<string>;
  /** `STATE:OUTCOME` of each gate. */
  readonly outcomes: ReadonlySet<string>;
  /** Ids of transitions whose guard held, and of those whose guard failed. */
  readonly guardsHeld: ReadonlySet<string>;
  readonly guardsFailed: ReadonlySet<string>;
}

export interface CoverageCount {
  readonly covered: number;
  readonly total: number;
}

export interface CoverageReport {
  readonly states: CoverageCount;
  readonly transitions: CoverageCount;
  /** Each guard counts twice: once for holding, once for failing. */
  readonly guards: CoverageCount;
  readonly outcomes: CoverageCount;
  /** In the order of the definition's file. */
  readonly missing: readonly Uncovered[];
}

export interface Uncovered {
  readonly kind: 'state' | 'transition' | 'outcome' | 'guard-held' | 'guard-failed';
  /** As in `Coverage`. */
  readonly id: string;
  /** In the file's own terms. */
  readonly text: string;
  readonly position: Position;
}

/** All that the results of a process went through together. */
export function coverageOf(
  process: CompiledProcess,
  results: readonly { readonly coverage: Coverage }[],
): Coverage {
  const all = <K extends keyof Coverage>(member: K, known: (id: string) => boolean) =>
    new Set(results.flatMap(({ coverage }) => [...coverage[member]]).filter(known));
  const isTransition = (id: string) => process.transitions.has(id);
  return {
    states: all('states', (id) => process.states?.has(id) === true),
    transitions: all('transitions', isTransition),
    outcomes: all('outcomes', () => true),
    guardsHeld: all('guardsHeld', isTransition),
    guardsFailed: all('guardsFailed', isTransition),
  };
}

export function reportCoverage(process: CompiledProcess, coverage: Coverage): CoverageReport {
  const wanted = wantedOf(process);
  const seen: { readonly [kind in Uncovered['kind']]: ReadonlySet<string> } = {
    state: coverage.states,
    transition: coverage.transitions,
    outcome: coverage.outcomes,
    'guard-held': coverage.guardsHeld,
    'guard-failed': coverage.guardsFailed,
  };
  const has = ({ kind, id }: Uncovered) => seen[kind].has(id);
  const count = (...kinds: readonly Uncovered['kind'][]): CoverageCount => {
    const ofKind = wanted.filter(({ kind }) => kinds.includes(kind));
    return { covered: ofKind.filter(has).length, total: ofKind.length };
  };
  return {
    states: count('state'),
    transitions: count('transition'),
    guards: count('guard-held', 'guard-failed'),
    outcomes: count('outcome'),
    missing: wanted.filter((one) => !has(one)),
  };
}

/** Follows the steps of one instance. */
export class CoverageWatch {
  readonly #process: CompiledProcess;
  readonly #states = new Set<string>();
  readonly #transitions = new Set<string>();
  readonly #outcomes = new Set<string>();

  constructor(process: CompiledProcess) {
    this.#process = process;
  }

  see({ entry, taken }: Step): void {
    for (const state of entry.to) this.#enter(state);
    for (const transition of taken.flat().map((id) => this.#process.transitions.get(id))) {
      if (transition === undefined) continue;
      this.#transitions.add(transition.id);
      // A state that was left again in the same step was entered all the same.
      this.#enter(transition.source);
      for (const state of transition.targets) this.#enterWithin(state);
    }
    const { counted, gate } = entry;
    if (gate?.outcome !== undefined) this.#outcomes.add(`${gate.state}:${gate.outcome}`);
    if (counted !== undefined) this.#outcomes.add(`${counted.gate}:${counted.outcome}`);
  }

  seen(guards: { readonly held: ReadonlySet<string>; readonly failed: ReadonlySet<string> }): Coverage {
    return {
      states: this.#states,
      transitions: this.#transitions,
      outcomes: this.#outcomes,
      guardsHeld: guards.held,
      guardsFailed: guards.failed,
    };
  }

  #enter(state: string): void {
    for (let id = state; id !== ''; id = this.#process.states?.get(id)?.parent ?? '') this.#states.add(id);
  }

  /** Whoever enters a state enters where it begins, too. */
  #enterWithin(state: string): void {
    const entered = this.#process.states?.get(state);
    if (entered === undefined || entered.kind === 'history') return;
    this.#enter(state);
    if (entered.initial !== undefined) this.#enterWithin(`${state}.${entered.initial}`);
    if (entered.kind !== 'parallel') return;
    for (const child of this.#process.states?.values() ?? [])
      if (child.parent === state) this.#enterWithin(child.id);
  }
}

/** Everything a complete set of scenarios goes through. */
function wantedOf(process: CompiledProcess): readonly Uncovered[] {
  const states = [...(process.states?.values() ?? [])]
    .filter(({ id, kind }) => id !== '' && kind !== 'history')
    .map(({ id, position }): Uncovered => ({ kind: 'state', id, text: `state ${id}`, position }));
  const transitions = [...process.transitions.values()].filter(({ forbidden }) => !forbidden);
  const wanted = [
    ...states,
    ...transitions.flatMap((transition): Uncovered[] => {
      const { id, position } = transition;
      const text = describeTransition(transition);
      if (transition.guard === undefined)
        return [{ kind: 'transition', id, text: `transition ${text}`, position }];
      const guard = `guard "${transition.guard.source}" of ${text} is never`;
      const place = transition.guard.position;
      return [
        { kind: 'transition', id, text: `transition ${text}`, position },
        { kind: 'guard-held', id, text: `${guard} true`, position: place },
        { kind: 'guard-failed', id, text: `${guard} false`, position: place },
      ];
    }),
    ...outcomesOf(process),
  ];
  return wanted.sort(
    (one, other) => one.position.line - other.position.line || one.position.column - other.position.column,
  );
}

/** The outcomes that the state of a gate has a way on for. */
function outcomesOf(process: CompiledProcess): readonly Uncovered[] {
  const found = new Map<string, Uncovered>();
  for (const { source, cause, position } of process.transitions.values()) {
    if (cause.kind !== 'outcome') continue;
    const id = `${source}:${cause.outcome}`;
    if (!found.has(id))
      found.set(id, { kind: 'outcome', id, text: `gate ${source} is never ${cause.outcome}`, position });
  }
  return [...found.values()];
}

function describeTransition({ source, cause, targets }: CompiledTransition): string {
  const from = source === '' ? 'the process' : source;
  const to = targets.length === 0 ? 'stays' : `→ ${targets.join(', ')}`;
  switch (cause.kind) {
    case 'event':
      return `${from}: ${cause.event} ${to}`;
    case 'after':
      return `${from}: after ${cause.delay} ${to}`;
    case 'outcome':
      return `${from}: ${cause.outcome} ${to}`;
    case 'done':
      return `${from}: onDone ${to}`;
    case 'error':
      return `${from}: onError ${to}`;
    default:
      return `${from}: ${cause.kind} ${to}`;
  }
}
