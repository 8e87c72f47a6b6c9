/** Whether two runs of one scenario did the same: the pure core alone, and the core behind a real ledger. */
import type { Json } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { Failure, Play, TraceItem } from './play-scenario.ts';
import type { Scenario } from './scenario.ts';

/** The first stimulus at which they went apart; null when they agree throughout. */
export function comparePlays(scenario: Scenario, inMemory: Play, onLedger: Play): Failure | null {
  const length = Math.max(inMemory.trace.length, onLedger.trace.length);
  for (let index = 0; index < length; index += 1) {
    const expected = inMemory.trace[index];
    const actual = onLedger.trace[index];
    if (expected !== undefined && actual !== undefined && canonicalJson(expected) === canonicalJson(actual))
      continue;
    return {
      scenario: scenario.title,
      position: inMemory.places[index] ?? onLedger.places[index] ?? scenario.position,
      what: 'ledger',
      ...differing(expected, actual),
      message: 'In memory it was as expected, and through the ledger otherwise. One of the two is wrong.',
    };
  }
  return null;
}

/** Only the members that differ: the rest would hide them. */
function differing(
  one: TraceItem | undefined,
  other: TraceItem | undefined,
): { expected: Json; actual: Json } {
  if (one === undefined || other === undefined) return { expected: one ?? null, actual: other ?? null };
  const members = [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (member) => canonicalJson(one[member] ?? null) !== canonicalJson(other[member] ?? null),
  );
  const only = (item: TraceItem) =>
    Object.fromEntries(members.map((member) => [member, item[member] ?? null]));
  return { expected: only(one), actual: only(other) };
}
