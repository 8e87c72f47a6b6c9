/**
 * With whose authority somebody acts: their own, or that of one who passed theirs on to them. It only chooses; the
 * step decides what the authority is good for, and says why where it is good for nothing.
 */
import type { Allow } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { borrowedAuthority } from '../oversight/borrowed-authority.ts';
import { type ActorSnapshot, type Directory, seatOf } from '../oversight/directory.ts';
import { permits } from '../oversight/permits.ts';
import { candidatesFor } from '../step/explain-candidates.ts';
import { rosterScope } from '../step/scope.ts';
import type { Refusal } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { refuse } from './refuse.ts';

export interface Acting {
  readonly process: CompiledProcess;
  readonly directory: Directory;
  readonly state: StoredState;
  /** Who acts, with what they hold themselves. */
  readonly actor: ActorSnapshot;
  readonly time: string;
}

/**
 * `wanted` is the natural person they say they act for. Where they say nothing their own authority comes first, and
 * then the only one passed on to them that is good here; among several they must choose. Throws `ExpressionError`.
 */
export function authorityAtGate(at: Acting, gate: string, wanted: string | null): ActorSnapshot | Refusal {
  const { actor } = at;
  const allow = at.process.gates.get(gate)?.gate.reviewers;
  if (wanted !== null && wanted !== actor.person) {
    return borrowedFor(at, allow).find(({ onBehalfOf }) => onBehalfOf === wanted) ?? refuseFor(wanted);
  }
  if (wanted !== null || isGood(at, allow, actor)) return actor;
  const borrowed = borrowedFor(at, allow);
  const free = freeSeats(at, gate, borrowed);
  if (free.length > 1) {
    return refuse(
      'bad-input',
      `You may decide here for ${free.join(' or ')}, and did not say for whom.`,
      'Send `onBehalfOf` with one of them.',
    );
  }
  return borrowed.find(({ onBehalfOf }) => onBehalfOf === free[0]) ?? borrowed[0] ?? actor;
}

/** The natural persons in whose seat they may decide at the gate, besides their own, and nobody has yet. Throws `ExpressionError`. */
export function seatsLentAt(at: Acting, gate: string): readonly string[] {
  return freeSeats(at, gate, borrowedFor(at, at.process.gates.get(gate)?.gate.reviewers));
}

/** An event is sent with borrowed authority only where they say so. Throws `ExpressionError`. */
export function authorityForEvent(at: Acting, type: string, wanted: string | null): ActorSnapshot | Refusal {
  const { actor, process, state } = at;
  if (wanted === null || wanted === actor.person) return actor;
  const rules = candidatesFor(process, state, type).map(({ allow }) => allow);
  const lent = lentBy(at).filter(({ onBehalfOf }) => onBehalfOf === wanted);
  return lent.find((one) => rules.some((allow) => isGood(at, allow, one))) ?? lent[0] ?? refuseFor(wanted);
}

function freeSeats(at: Acting, gate: string, borrowed: readonly ActorSnapshot[]): readonly string[] {
  const decisions = at.state.gates[gate]?.decisions ?? [];
  const used = new Set(decisions.flatMap((one) => [one.person, seatOf(one)]));
  return [...new Set(borrowed.map(seatOf))].filter((seat) => !used.has(seat)).sort();
}

function borrowedFor(at: Acting, allow: Allow | undefined): readonly ActorSnapshot[] {
  return lentBy(at).filter((one) => isGood(at, allow, one));
}

function lentBy({ process, directory, actor, time }: Acting): readonly ActorSnapshot[] {
  const principal = directory.principals.get(actor.principal);
  return principal === undefined ? [] : borrowedAuthority(directory, principal, time, process.definition.id);
}

function isGood({ process, state, time }: Acting, allow: Allow | undefined, actor: ActorSnapshot): boolean {
  return permits(allow, actor, rosterScope(state, actor, time), process);
}

const refuseFor = (person: string) =>
  refuse(
    'not-allowed',
    `You may not act here on behalf of ${person}: nothing that they passed on to you is good for this now.`,
    'Act in your own name, or ask whoever keeps the directory to look at the delegation.',
  );
