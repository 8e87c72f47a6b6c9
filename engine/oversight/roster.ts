/**
 * Who may review at a gate at this instant, by the directory. The shell asks for it, puts it into the
 * decision's stimulus, and from then on it is part of the record: replay never needs the directory.
 */
import type { Allow } from '../../schemas/process-definition.ts';
import type { CompiledProcess, Scope } from '../definition/compiled-process.ts';
import type { Directory } from './directory.ts';
import { isCleared } from './is-cleared.ts';
import { actorInScope, permits } from './permits.ts';
import { snapshotOf } from './snapshot.ts';

/**
 * Sorted ids of the natural persons who match the gate's reviewers in their own right at `scope.now`. Who may not
 * decide there for another reason (initiator, proposer, subject, clearance) is still a member: a share is counted
 * over all of them. Who acts for a member is none.
 * Throws `ExpressionError` rather than count too few members.
 */
export function rosterOf(
  process: CompiledProcess,
  gateState: string,
  directory: Directory,
  scope: Scope,
): string[] {
  const compiled = process.gates.get(gateState);
  if (compiled === undefined) throw new Error(`The state ${gateState} has no gate.`);
  return peopleMatching(process, compiled.gate.reviewers, directory, scope);
}

/** Those of a gate's members who are not cleared for what the process may carry, and so cannot vote. */
export function unclearedMembers(
  process: CompiledProcess,
  gateState: string,
  directory: Directory,
  scope: Scope,
  roster: readonly string[],
): readonly string[] {
  const { classification } = process.definition;
  const principals = new Map([...directory.principals].filter(([, one]) => isCleared(one, classification)));
  if (principals.size === directory.principals.size) return [];
  const cleared = new Set(rosterOf(process, gateState, { ...directory, principals }, scope));
  return roster.filter((person) => !cleared.has(person));
}

/** Sorted ids of the natural persons whom the rule permits. Throws `ExpressionError`. */
export function peopleMatching(
  process: CompiledProcess,
  allow: Allow,
  directory: Pick<Directory, 'principals' | 'units' | 'bodies'>,
  scope: Scope,
): string[] {
  const people = new Set<string>();
  for (const principal of directory.principals.values()) {
    if (principal.kind !== 'person' || !principal.active || people.has(principal.person)) continue;
    const candidate = snapshotOf(principal, directory, scope.now);
    const seenByCandidate = { ...scope, actor: actorInScope(candidate) };
    if (permits(allow, candidate, seenByCandidate, process)) people.add(principal.person);
  }
  return [...people].sort();
}
