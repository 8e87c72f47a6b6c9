/**
 * Who may not decide in this case although they are members of the gate's reviewers (P3): the proposer,
 * whoever operates it, the person the case is about, and, where the gate says so, the initiator, whoever
 * drafted what is decided, and whoever acted at an earlier gate.
 */
import type { CompiledGate, CompiledProcess, Scope } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { PersonBehind } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import { proposersOf } from './candidates.ts';
import { excludedDrafts, excludedGates } from './exclusions.ts';

export type ExclusionReason =
  | 'proposer'
  | 'operator'
  | 'subject'
  | 'initiator'
  | 'drafter'
  | `gate:${string}`;

/** Person, principal and unit ids, each with the reason. Throws `ExpressionError` when the subject cannot be told. */
export function excludedPeople(
  process: CompiledProcess,
  { gate }: CompiledGate,
  state: Pick<StoredState, 'initiator' | 'proposals' | 'candidates' | 'acted' | 'drafters'>,
  scope: Scope,
  personBehind: PersonBehind = {},
): ReadonlyMap<string, ExclusionReason> {
  const excluded = new Map<string, ExclusionReason>();
  for (const earlier of excludedGates(gate)) {
    for (const person of memberOf(state.acted ?? {}, earlier) ?? []) excluded.set(person, `gate:${earlier}`);
  }
  for (const [field, people] of Object.entries(state.drafters ?? {})) {
    const drafts = excludedDrafts(gate);
    if (drafts !== 'all' && !drafts.has(field)) continue;
    for (const person of people) excluded.set(person, 'drafter');
  }
  if (gate.exclude?.includes('initiator') === true) {
    excluded.set(state.initiator.person, 'initiator');
    excluded.set(state.initiator.principal, 'initiator');
  }
  for (const subject of subjectsOf(process, scope)) excluded.set(subject, 'subject');
  // Where several proposed, whoever has a part in one has an interest in what becomes of the others.
  for (const { operator, proposer } of gate.binds === undefined ? [] : proposersOf(state, gate.binds)) {
    if (operator !== null) excluded.set(operator, 'operator');
    excluded.set(proposer, 'proposer');
  }
  // One natural person counts once, whatever account they are named by; a unit that operates is all its people.
  for (const [id, reason] of [...excluded]) {
    for (const person of [memberOf(personBehind, id) ?? []].flat()) {
      if (!excluded.has(person)) excluded.set(person, reason);
    }
  }
  return excluded;
}

/** What they are in this case, in words that go on a sentence. */
export function partInCase(reason: ExclusionReason): string {
  if (reason === 'drafter') return 'one who drafted what is decided';
  if (reason === 'operator') return 'the operator of the agent that proposed';
  return reason.startsWith('gate:')
    ? `one who acted at the gate ${reason.slice('gate:'.length)} before`
    : `the ${reason} of this case`;
}

function subjectsOf(process: CompiledProcess, scope: Scope): readonly string[] {
  const subject = process.subject?.evaluate(scope);
  const named = Array.isArray(subject) ? subject : [subject];
  return named.filter((one) => typeof one === 'string' && one !== '');
}
