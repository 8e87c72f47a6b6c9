/**
 * Who may not decide in this case although they are members of the gate's reviewers (P3): the proposer,
 * whoever operates it, the person the case is about, and the initiator where the gate says so.
 */
import type { CompiledGate, CompiledProcess, Scope } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { PersonBehind } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';

export type ExclusionReason = 'proposer' | 'operator' | 'subject' | 'initiator';

/** Person and principal ids, each with the reason. Throws `ExpressionError` when the subject cannot be told. */
export function excludedPeople(
  process: CompiledProcess,
  { gate }: CompiledGate,
  state: Pick<StoredState, 'initiator' | 'proposals'>,
  scope: Scope,
  personBehind: PersonBehind = {},
): ReadonlyMap<string, ExclusionReason> {
  const excluded = new Map<string, ExclusionReason>();
  if (gate.exclude?.includes('initiator') === true) {
    excluded.set(state.initiator.person, 'initiator');
    excluded.set(state.initiator.principal, 'initiator');
  }
  for (const subject of subjectsOf(process, scope)) excluded.set(subject, 'subject');
  const proposal = gate.binds === undefined ? undefined : state.proposals[gate.binds];
  if (proposal !== undefined) {
    if (proposal.operator !== null) excluded.set(proposal.operator, 'operator');
    excluded.set(proposal.proposer, 'proposer');
  }
  // One natural person counts once, whatever account they are named by.
  for (const [id, reason] of [...excluded]) {
    const person = memberOf(personBehind, id);
    if (person !== undefined) excluded.set(person, reason);
  }
  return excluded;
}

function subjectsOf(process: CompiledProcess, scope: Scope): readonly string[] {
  const subject = process.subject?.evaluate(scope);
  const named = Array.isArray(subject) ? subject : [subject];
  return named.filter((one) => typeof one === 'string' && one !== '');
}
