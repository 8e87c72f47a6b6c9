/**
 * Who is told when a gate is overdue or its reviewers are reminded, by the directory at that instant. Being told
 * gives nobody a vote. Who it was goes into the timer's stimulus, and so onto the record.
 */
import type { CompiledProcess, Scope } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import { gateOfTimer } from '../step/gate-timers.ts';
import type { Told } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import { type Directory, seatOf } from './directory.ts';
import { peopleMatching, rosterOf } from './roster.ts';

/** Undefined for a timer that tells nobody. Throws `ExpressionError`. */
export function toldByTimer(
  process: CompiledProcess,
  timer: string,
  directory: Directory,
  state: StoredState,
  scope: Scope,
): Told | undefined {
  const gate = gateOfTimer(timer);
  const open = gate === null ? undefined : memberOf(state.gates, gate);
  const compiled = gate === null ? undefined : process.gates.get(gate);
  if (gate === null || open === undefined || compiled === undefined) return undefined;
  const decided = new Set(open.decisions.flatMap((one) => [one.person, seatOf(one)]));
  const escalate = compiled.gate.onOverdue?.escalate;
  return {
    reminded: rosterOf(process, gate, directory, scope).filter((person) => !decided.has(person)),
    escalated: escalate === undefined ? [] : peopleMatching(process, escalate, directory, scope),
  };
}
