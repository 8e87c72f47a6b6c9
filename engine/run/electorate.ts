/** Who may decide at a gate at this instant, by the directory: what the shell adds to a decision. */
import type { CompiledProcess, Scope } from '../definition/compiled-process.ts';
import type { Directory } from '../oversight/directory.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { rosterOf, unclearedMembers } from '../oversight/roster.ts';
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
  const roster = rosterOf(process, gate, directory, scope);
  const behind: Record<string, string | readonly string[]> = {};
  for (const id of excludedPeople(process, compiled, state, scope).keys()) {
    if (id.startsWith('unit:')) behind[id] = peopleOfUnit(directory, id, roster);
    const person = directory.principals.get(id)?.person;
    if (person !== undefined && person !== id) behind[id] = person;
  }
  return { roster, personBehind: behind };
}

/** For a count: also who of them cannot vote at all, and so is not waited for. */
export function countingElectorateOf(
  process: CompiledProcess,
  gate: string,
  directory: Directory,
  state: StoredState,
  scope: Scope,
): Electorate & { readonly uncleared?: readonly string[] } {
  const electorate = electorateOf(process, gate, directory, state, scope);
  if (!process.gates.has(gate)) return electorate;
  const uncleared = unclearedMembers(process, gate, directory, scope, electorate.roster);
  return uncleared.length === 0 ? electorate : { ...electorate, uncleared };
}

/** Which of these people have an account in the unit, or in one below it. */
function peopleOfUnit(directory: Directory, unit: string, people: readonly string[]): readonly string[] {
  const isWithin = (id: string | null): boolean => {
    for (let at = id, depth = 0; at !== null && depth < 100; depth += 1) {
      if (at === unit) return true;
      at = directory.units.get(at)?.parent ?? null;
    }
    return false;
  };
  const found = [...directory.principals.values()].filter((one) => isWithin(one.unit));
  const persons = new Set(found.map(({ person }) => person));
  return people.filter((person) => persons.has(person));
}
