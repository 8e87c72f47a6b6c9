/**
 * Counts once more whether a gate is approved, from the decisions and the roster alone (P3, P4). It shares
 * the thresholds with the quorum but not its counting, so that one mistake does not hide in both.
 */

import { memberOf } from '../evidence/member-of.ts';
import { scopeOf } from '../step/scope.ts';
import type { GateDecision, StoredState } from '../step/stored-state.ts';
import type { Questioned } from './check-oversight.ts';
import { excludedPeople } from './excluded-people.ts';
import { approvalsNeeded } from './quorum.ts';

/** True only for a person's approving decision at this very opening, with enough distinct people behind it. */
export function recountApproval(
  { process, stimulus }: Questioned,
  before: StoredState | null,
  gateState: string,
  decision: GateDecision | null,
): boolean {
  const { body, actor } = stimulus;
  const compiled = process.gates.get(gateState);
  const open = before === null ? undefined : memberOf(before.gates, gateState);
  if (before === null || compiled === undefined || open === undefined || decision === null) return false;
  if (body.kind !== 'decision' || body.gate !== gateState || actor.kind !== 'person') return false;
  if (body.opened !== open.opened || body.subject !== open.subject) return false;
  if (decision.person !== actor.person || decision.verdict !== body.verdict) return false;

  const excluded = excludedPeople(process, compiled, before, scopeOf(before, stimulus), body.personBehind);
  const mayDecide = new Set(body.roster.filter((person) => !excluded.has(person)));
  if (!mayDecide.has(actor.person) || excluded.has(actor.principal)) return false;
  const approving = new Set<string>();
  for (const { person, verdict } of [...open.decisions, decision]) {
    if (verdict === 'approve' && mayDecide.has(person)) approving.add(person);
  }
  return approving.size >= approvalsNeeded(compiled.gate, new Set(body.roster).size);
}
