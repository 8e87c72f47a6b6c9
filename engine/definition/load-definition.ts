import { sha256Hex } from '../evidence/sha256.ts';
import { checkShape } from './check-shape.ts';
import { compileProcess } from './compile-process.ts';
import type { CompiledProcess } from './compiled-process.ts';
import { FindingList } from './finding-list.ts';
import { modelDefinition } from './model-definition.ts';
import { readSource } from './read-source.ts';

/**
 * Compiles a definition that was judged when it was deployed. It is not judged again: rules that became
 * stricter since must not take the ground from under instances that run on it. Null when it cannot be compiled.
 */
export function loadDefinition(source: string): CompiledProcess | null {
  const findings = new FindingList('');
  const root = readSource(source, findings);
  const definition = root === null ? null : checkShape(root, findings);
  if (root === null || definition === null) return null;
  const model = modelDefinition(definition, root, findings);
  return findings.errors > 0 ? null : compileProcess(model, sha256Hex(source));
}
