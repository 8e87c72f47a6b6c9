/**
 * A definition as it is compared: its text, its states and their places. It need not pass lint, since a
 * change that breaks the oversight is exactly what a reviewer must see; it must have the shape of one.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { ProcessDefinition } from '../../schemas/process-definition.ts';
import { checkShape } from '../definition/check-shape.ts';
import type { Position } from '../definition/compiled-process.ts';
import { FindingList } from '../definition/finding-list.ts';
import { findNode, readSource, type SourceNode } from '../definition/read-source.ts';
import { buildStateTree, type StateTree } from '../definition/state-tree.ts';

export interface DefinitionSide {
  readonly definition: ProcessDefinition;
  readonly source: SourceNode;
  readonly tree: StateTree;
}

export type SideRead =
  | { readonly side: DefinitionSide }
  | { readonly side: null; readonly findings: readonly Finding[] };

/** Why it cannot be compared is in `findings`. */
export function readSide(text: string, file: string): SideRead {
  const findings = new FindingList(file);
  const source = readSource(text, findings);
  const definition = source === null ? null : checkShape(source, findings);
  if (source === null || definition === null) return { side: null, findings: findings.sorted() };
  const tree = buildStateTree(definition, source, findings);
  // A target that names nothing leads nowhere, and would look like a transition that stays.
  return findings.errors > 0
    ? { side: null, findings: findings.sorted() }
    : { side: { definition, source, tree } };
}

/** The place of what a path leads to, or of the last thing on the way that is there. */
export function placeOf(node: SourceNode, fallback: Position, ...path: readonly string[]): Position {
  const first = path[0];
  return first === undefined || node.members?.has(first) !== true ? fallback : findNode(node, path).position;
}
