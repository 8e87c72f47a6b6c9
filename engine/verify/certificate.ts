/**
 * Writes the certificate of a proof: the definition's hash and, for each kind of decision and each
 * combination of states, the statuses a proposal may have there. `engine/certificate-check` validates it
 * with code of its own.
 */
import type { JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { AnalysisGraph } from './analysis-graph.ts';
import { statusesIn, statusText } from './proposal-status.ts';
import type { OversightFacts } from './prove-oversight.ts';

/** Raised whenever what counts as proven changes. */
export const rulesVersion = 2;

/** Canonical JSON. Combinations of states are written as their leaves, joined by " + ". */
export function writeCertificate(hash: string, facts: OversightFacts, { waiting }: AnalysisGraph): string {
  const written = [...facts].map(([kind, byStates]): [string, JsonObject] => [
    kind,
    Object.fromEntries([...byStates].map(([states, bits]) => [states, statusesIn(bits).map(statusText)])),
  ]);
  const late = [...waiting].flatMap(([states, done]): [string, string[]][] =>
    facts.size === 0 || done.size === 0 ? [] : [[states, [...done].map(({ id }) => id).sort()]],
  );
  return canonicalJson({
    definition: hash,
    facts: Object.fromEntries(written),
    rules: rulesVersion,
    waiting: Object.fromEntries(late),
  });
}
