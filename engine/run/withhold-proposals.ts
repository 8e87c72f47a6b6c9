/**
 * Which proposals a reader is not shown yet, because as a reviewer they owe a view of their own first. It holds
 * wherever the reader looks: at the gate, at the instance, in its record.
 */
import { ExpressionError } from '../definition/compiled-process.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { gatesBeforeSight } from '../oversight/independent-view.ts';
import { rosterScope } from '../step/scope.ts';
import { electorateOf } from './electorate.ts';
import type { Readable } from './load-readable.ts';

/** Kinds of decision. Only reviewers who may decide there are kept from seeing; whom nobody can tell is kept, too. */
export function withheldFrom({ process, state, actor, directory, time }: Readable): ReadonlySet<string> {
  const withheld = new Set<string>();
  if (actor.kind !== 'person') return withheld;
  for (const [name, kind] of gatesBeforeSight(process, state, actor.person)) {
    const compiled = process.gates.get(name);
    if (compiled === undefined || withheld.has(kind)) continue;
    const scope = rosterScope(state, actor, time);
    try {
      const { roster, personBehind } = electorateOf(process, name, directory, state, scope);
      const excluded = excludedPeople(process, compiled, state, scope, personBehind);
      if (roster.includes(actor.person) && !excluded.has(actor.person)) withheld.add(kind);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      withheld.add(kind);
    }
  }
  return withheld;
}

export const ownViewFirst =
  'You are one of the reviewers, and give a view of your own before the proposal is shown to you.';
