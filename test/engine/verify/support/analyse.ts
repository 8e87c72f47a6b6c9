/** A definition analysed and compiled, whether its oversight is proven or not. */
import { checkShape } from '../../../../engine/definition/check-shape.ts';
import { compileProcess } from '../../../../engine/definition/compile-process.ts';
import { FindingList } from '../../../../engine/definition/finding-list.ts';
import { modelDefinition } from '../../../../engine/definition/model-definition.ts';
import { readSource } from '../../../../engine/definition/read-source.ts';
import { sha256Hex } from '../../../../engine/evidence/sha256.ts';
import { buildAnalysisGraph } from '../../../../engine/verify/analysis-graph.ts';
import { proveOversight } from '../../../../engine/verify/prove-oversight.ts';

export function analyse(source: string) {
  const findings = new FindingList('analysed.yaml');
  const root = readSource(source, findings);
  const definition = root === null ? null : checkShape(root, findings);
  if (root === null || definition === null) throw new Error(JSON.stringify(findings.sorted()));
  const model = modelDefinition(definition, root, findings);
  if (findings.errors > 0) throw new Error(JSON.stringify(findings.sorted()));
  const graph = buildAnalysisGraph(model);
  const { facts, counterexamples } = proveOversight(model, graph, findings);
  const process = compileProcess(model, sha256Hex(source));
  return { model, graph, facts, counterexamples, findings: findings.sorted(), process };
}
