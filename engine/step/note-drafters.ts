/**
 * Keeps who drafted what gates decide on: each person whose start or event changed a field. What an agent
 * proposed and what a decision carried over are no drafts, and services decide nowhere.
 */
import type { JsonObject } from '../../schemas/json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { seatOf } from '../oversight/directory.ts';
import { keptDrafts } from '../oversight/exclusions.ts';
import type { Case } from './prepared.ts';
import type { StoredState } from './stored-state.ts';

/** The state with them. Where no gate of the process asks, it stays the very same. */
export function noteDrafters(
  { process, stimulus }: Case,
  state: StoredState,
  changed: JsonObject | null,
): StoredState {
  const { actor, body } = stimulus;
  if (changed === null || actor.kind !== 'person' || (body.kind !== 'start' && body.kind !== 'event'))
    return state;
  const kept = keptDrafts(process);
  const fields = Object.keys(changed).filter((field) => kept === 'all' || kept.has(field));
  let { drafters } = state;
  for (const field of fields) {
    drafters = withPerson(withPerson(drafters, field, actor.person), field, seatOf(actor));
  }
  return drafters === state.drafters || drafters === undefined ? state : { ...state, drafters };
}

type People = { readonly [name: string]: readonly string[] };

/** One more under a name, in order; the very same where they are there already. */
export function withPerson(people: People = {}, name: string, person: string): People {
  const there = memberOf(people, name) ?? [];
  return there.includes(person) ? people : { ...people, [name]: [...there, person].sort() };
}
