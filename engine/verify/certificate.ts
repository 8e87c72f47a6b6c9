/**
 * Writes the certificate of a proof: the definition's hash, every combination of states that can be
 * reached and, of each kind of decision that may be undecided there, what its proposal may be.
 * `engine/certificate-check` validates it with code of its own.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { AnalysisGraph } from './analysis-graph.ts';
import { statusesIn, statusText } from './proposal-status.ts';
import type { OversightFacts } from './prove-oversight.ts';

/** Raised whenever what counts as proven changes. */
export const rulesVersion = 3;

/** Canonical JSON. Combinations of states are written as their leaves, joined by " + ". */
export function writeCertificate(
  hash: string,
  facts: OversightFacts,
  { configurations, waiting }: AnalysisGraph,
): string {
  // Where there is nothing to decide there is nothing to prove.
  const reached = facts.size === 0 ? [] : [...configurations.keys()];
  const written = new Map(reached.map((states) => [states, new Map<string, readonly string[]>()]));
  for (const [kind, byStates] of facts) {
    for (const [states, bits] of byStates) written.get(states)?.set(kind, statusesIn(bits).map(statusText));
  }
  const late = reached.flatMap((states): [string, string[]][] => {
    const done = [...(waiting.get(states) ?? [])].map(({ id }) => id).sort();
    return done.length === 0 ? [] : [[states, done]];
  });
  return canonicalJson({
    definition: hash,
    facts: Object.fromEntries([...written].map(([states, byKind]) => [states, Object.fromEntries(byKind)])),
    rules: rulesVersion,
    waiting: Object.fromEntries(late),
  });
}
