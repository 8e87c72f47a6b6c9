/**
 * Which proposals a reader is not shown yet, because as a reviewer they owe a view of their own first. It holds
 * wherever the reader looks: at the gate, at the instance, in its record.
 */
import { ExpressionError } from '../definition/compiled-process.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { gatesBeforeSight } from '../oversight/independent-view.ts';
import { rosterScope } from '../step/scope.ts';
import { seatsLentAt } from './acting-authority.ts';
import { electorateOf } from './electorate.ts';
import type { Readable } from './load-readable.ts';

/**
 * Kinds of decision. Only who may decide there, in their own seat or in one that was passed on to them, is kept from
 * seeing; whom nobody can tell is kept, too.
 */
export function withheldFrom(readable: Readable): ReadonlySet<string> {
  const { process, state, actor, directory, time } = readable;
  const withheld = new Set<string>();
  if (actor.kind !== 'person') return withheld;
  for (const [name, kind] of gatesBeforeSight(process, state, actor.person)) {
    const compiled = process.gates.get(name);
    if (compiled === undefined || withheld.has(kind)) continue;
    const scope = rosterScope(state, actor, time);
    try {
      const { roster, personBehind } = electorateOf(process, name, directory, state, scope);
      const excluded = excludedPeople(process, compiled, state, scope, personBehind);
      if (excluded.has(actor.person)) continue;
      if (roster.includes(actor.person) || seatsLentAt(readable, name).length > 0) withheld.add(kind);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      withheld.add(kind);
    }
  }
  return withheld;
}

export const ownViewFirst =
  'You are one of the reviewers, and give a view of your own before the proposal is shown to you.';
