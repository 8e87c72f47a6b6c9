import { checkShape } from './check-shape.ts';
import { FindingList } from './finding-list.ts';
import { type DefinitionModel, modelDefinition } from './model-definition.ts';
import { readSource } from './read-source.ts';

/** The model of a definition that was judged elsewhere, without its findings. Null where it has errors of form or meaning. */
export function readModel(source: string): DefinitionModel | null {
  const findings = new FindingList('');
  const root = readSource(source, findings);
  const definition = root === null ? null : checkShape(root, findings);
  if (root === null || definition === null) return null;
  const model = modelDefinition(definition, root, findings);
  return findings.errors > 0 ? null : model;
}
