/**
 * The certificate of a proof: the definition's hash and, for each kind of decision and each combination of
 * states, the statuses a proposal may have there. `checkCertificate` validates one again without searching:
 * it only asks whether the facts hold at the start, are kept by every edge, and allow no effect.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { DefinitionModel } from '../definition/model-definition.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { AnalysisEdge, AnalysisGraph } from './analysis-graph.ts';
import { effectsOfEdge } from './effects-of-edge.ts';
import { absent, isLive, statusAfter, statusCount, statusFromText, statusText } from './proposal-status.ts';
import type { OversightFacts } from './prove-oversight.ts';

/** Raised whenever what counts as proven changes. */
export const rulesVersion = 1;

/** Canonical JSON. */
export function writeCertificate(hash: string, facts: OversightFacts): string {
  const written = [...facts].map(([kind, byStates]): [string, JsonObject] => [
    kind,
    Object.fromEntries([...byStates].map(([states, bits]) => [states, statusesIn(bits).map(statusText)])),
  ]);
  return canonicalJson({ definition: hash, facts: Object.fromEntries(written), rules: rulesVersion });
}

/** Null when the certificate proves this definition; otherwise why not. */
export function checkCertificate(
  certificate: string,
  hash: string,
  model: DefinitionModel,
  graph: AnalysisGraph,
): string | null {
  const read = readCertificate(certificate);
  if (read === null) return 'it is no certificate';
  if (read.definition !== hash) return 'it is of another definition';
  if (read.rules !== rulesVersion) return 'it was made by other rules';
  if (!graph.complete && model.decisions.size > 0)
    return 'the definition has too many combinations of states';
  for (const kind of model.decisions.keys()) {
    const problem = checkKind(kind, read.facts.get(kind) ?? new Map(), model, graph);
    if (problem !== null) return problem;
  }
  return null;
}

function checkKind(
  kind: string,
  facts: ReadonlyMap<string, number>,
  model: DefinitionModel,
  graph: AnalysisGraph,
): string | null {
  const decision = model.decisions.get(kind);
  const holds = (edge: AnalysisEdge, before: number): string | null => {
    const status = statusAfter(before, kind, decision, edge);
    if (((facts.get(edge.to.key) ?? 0) & (1 << status)) === 0)
      return `its facts on "${kind}" do not hold in ${edge.to.key}`;
    const effect = isLive(status) ? effectsOfEdge(model, kind, edge)[0] : undefined;
    return effect === undefined ? null : `a live proposal of "${kind}" has an effect: ${effect.what}`;
  };
  const atStart = holds(graph.start, absent);
  if (atStart !== null) return atStart;
  for (const [states, edges] of graph.edges) {
    for (const status of statusesIn(facts.get(states) ?? 0)) {
      for (const edge of edges) {
        const problem = holds(edge, status);
        if (problem !== null) return problem;
      }
    }
  }
  return null;
}

interface ReadCertificate {
  readonly definition: Json;
  readonly rules: Json;
  readonly facts: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

function readCertificate(text: string): ReadCertificate | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { definition, rules, facts } = (value ?? {}) as { definition?: Json; rules?: Json; facts?: unknown };
  if (definition === undefined || rules === undefined || typeof facts !== 'object' || facts === null)
    return null;
  const read = new Map<string, Map<string, number>>();
  for (const [kind, byStates] of Object.entries(facts)) {
    const bits = new Map<string, number>();
    for (const [states, statuses] of Object.entries((byStates ?? {}) as object))
      bits.set(states, bitsOf(statuses));
    read.set(kind, bits);
  }
  return { definition, rules, facts: read };
}

function bitsOf(statuses: unknown): number {
  let bits = 0;
  for (const text of Array.isArray(statuses) ? statuses : []) {
    const status = statusFromText(String(text));
    if (status !== null) bits |= 1 << status;
  }
  return bits;
}

function statusesIn(bits: number): number[] {
  return Array.from({ length: statusCount }, (_, status) => status).filter(
    (status) => (bits & (1 << status)) !== 0,
  );
}
