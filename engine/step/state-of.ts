/** Small questions about the states of one definition, by their ids. */
import type { CompiledProcess, CompiledState } from '../definition/compiled-process.ts';

export function stateOf(process: CompiledProcess, id: string): CompiledState | undefined {
  return process.states?.get(id);
}

export function isLeaf(state: CompiledState | undefined): boolean {
  return state?.kind === 'atomic' || state?.kind === 'final';
}

/** Whether a state has come to its end: a final child is active, or in every region one is. */
export function isDone(process: CompiledProcess, id: string, active: ReadonlySet<string>): boolean {
  const children = [...(process.states?.values() ?? [])].filter((one) => one.parent === id);
  switch (stateOf(process, id)?.kind) {
    case 'compound':
      return children.some((child) => child.kind === 'final' && active.has(child.id));
    case 'parallel':
      return children.every((child) => child.kind === 'history' || isDone(process, child.id, active));
    default:
      return false;
  }
}
