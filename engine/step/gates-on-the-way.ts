/**
 * Which gates every case must have been approved at before it can come to a state. A migration must not put
 * a case behind a gate that it need not have passed: that would be an approval that nobody gave (P4).
 *
 * Guards and rules count as both true and false, so rather too few gates are found than too many. For gates
 * that bind a proposal the certificate says more; this is what holds for all the others.
 */
import type { CompiledProcess, CompiledTransition } from '../definition/compiled-process.ts';
import { stateOf } from './state-of.ts';

/** A definition never changes, so this is worked out once. */
const known = new WeakMap<CompiledProcess, ReadonlyMap<string, ReadonlySet<string>>>();

/** Ids of the gates; null for a state that nothing leads to. */
export function gatesOnTheWayTo(process: CompiledProcess, state: string): ReadonlySet<string> | null {
  const all = known.get(process) ?? findAll(process);
  known.set(process, all);
  return all.get(state) ?? null;
}

function findAll(process: CompiledProcess): ReadonlyMap<string, ReadonlySet<string>> {
  const ways = new Ways(process);
  const found = new Map([...ways.reachedWithout(null)].map((state) => [state, new Set<string>()]));
  for (const gate of process.gates.keys()) {
    const without = ways.reachedWithout(gate);
    for (const [state, gates] of found) if (!without.has(state)) gates.add(gate);
  }
  return found;
}

class Ways {
  readonly #process: CompiledProcess;
  readonly #children = new Map<string, string[]>();
  readonly #transitions: ReadonlyMap<string, readonly CompiledTransition[]>;

  constructor(process: CompiledProcess) {
    this.#process = process;
    this.#transitions = Map.groupBy(process.transitions.values(), ({ source }) => source);
    for (const { id, kind, parent } of process.states?.values() ?? []) {
      if (parent !== null && kind !== 'history')
        this.#children.set(parent, [...(this.#children.get(parent) ?? []), id]);
    }
  }

  /** Every state that can be active where this gate is never approved. */
  reachedWithout(gate: string | null): ReadonlySet<string> {
    const reached = new Set<string>();
    const targets = [''];
    const seen = new Set<string>();
    for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
      if (seen.has(target)) continue;
      seen.add(target);
      for (const id of this.#activeOnceIn(target)) {
        if (reached.has(id)) continue;
        reached.add(id);
        for (const { cause, targets: next } of this.#transitions.get(id) ?? []) {
          if (id === gate && cause.kind === 'outcome' && cause.outcome === 'approved') continue;
          targets.push(...next);
        }
      }
    }
    return reached;
  }

  /** What is active once a transition led here: the state, what it begins with, and everything around it. */
  #activeOnceIn(target: string): readonly string[] {
    const state = stateOf(this.#process, target);
    // What a history restores was active before, so only what it leads to without one is new.
    if (state?.kind === 'history') return this.#activeOnceIn(state.historyDefault ?? state.parent ?? '');
    const active = [...this.#begun(target)];
    for (let id = state?.parent ?? null; id !== null; ) {
      const around = stateOf(this.#process, id);
      active.push(id);
      if (around?.kind === 'parallel') {
        for (const child of this.#children.get(id) ?? []) active.push(...this.#begun(child));
      }
      id = around?.parent ?? null;
    }
    return active;
  }

  #begun(id: string): readonly string[] {
    const state = stateOf(this.#process, id);
    const children = this.#children.get(id) ?? [];
    switch (state?.kind) {
      case 'compound':
        return [
          id,
          ...children
            .filter((child) => nameOf(child) === state.initial)
            .flatMap((child) => this.#begun(child)),
        ];
      case 'parallel':
        return [id, ...children.flatMap((child) => this.#begun(child))];
      default:
        return [id];
    }
  }
}

const nameOf = (id: string) => id.slice(id.lastIndexOf('.') + 1);
