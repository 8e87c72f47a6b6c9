/**
 * The text of a scenario file -> its members with their places, or findings. Hostile text ends here, by
 * the same reader that definitions go through. What the names in it mean is not known here.
 */
import type { Finding } from '../../schemas/finding.ts';
import { ScenarioFile } from '../../schemas/scenario.ts';
import { hasShape } from '../definition/check-shape.ts';
import { FindingList } from '../definition/finding-list.ts';
import { readSource, type SourceNode } from '../definition/read-source.ts';

export interface ScenarioFileRead {
  readonly kind: 'read';
  /** The name it was given. */
  readonly file: string;
  /** `process` and `directory` in it are paths from the file, still to be followed. */
  readonly content: ScenarioFile;
  readonly root: SourceNode;
}

export interface ScenariosRefused {
  readonly kind: 'refused';
  readonly findings: readonly Finding[];
}

/** `file` is only named in the findings. */
export function readScenarioFile(source: string, file: string): ScenarioFileRead | ScenariosRefused {
  const findings = new FindingList(file);
  const refused = (): ScenariosRefused => ({ kind: 'refused', findings: findings.sorted() });
  const root = readSource(source, findings);
  if (root === null) return refused();
  if (root.members === null) {
    findings.error(
      'not-scenarios',
      root.position,
      'A scenario file is a map: start with "process: my-process.yaml", then "scenarios:".',
    );
    return refused();
  }
  if (!hasShape(ScenarioFile, root, 'The file', findings)) return refused();
  return { kind: 'read', file, content: root.value as unknown as ScenarioFile, root };
}
