/** Who may decide at a gate at this instant, by the directory: what the shell adds to a decision. */
import type { CompiledProcess, Scope } from '../definition/compiled-process.ts';
import type { Directory } from '../oversight/directory.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { rosterOf } from '../oversight/roster.ts';
import type { PersonBehind } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';

export interface Electorate {
  /** Sorted ids of all people who may review there. */
  readonly roster: readonly string[];
  readonly personBehind: PersonBehind;
}

/** Throws `ExpressionError` where an expression of the definition cannot tell. */
export function electorateOf(
  process: CompiledProcess,
  gate: string,
  directory: Directory,
  state: StoredState,
  scope: Scope,
): Electorate {
  const compiled = process.gates.get(gate);
  if (compiled === undefined) return { roster: [], personBehind: {} };
  const behind: Record<string, string> = {};
  for (const id of excludedPeople(process, compiled, state, scope).keys()) {
    const person = directory.principals.get(id)?.person;
    if (person !== undefined && person !== id) behind[id] = person;
  }
  return { roster: rosterOf(process, gate, directory, scope), personBehind: behind };
}
