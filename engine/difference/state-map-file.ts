/** The state map of a migration as a YAML file: read through the reader that definitions go through, and written. */
import type { Finding } from '../../schemas/finding.ts';
import { StateMapFile } from '../../schemas/state-map.ts';
import { hasShape } from '../definition/check-shape.ts';
import { FindingList } from '../definition/finding-list.ts';
import { readSource } from '../definition/read-source.ts';
import type { SuggestedMap } from './suggest-state-map.ts';

export type StateMapRead =
  | { readonly kind: 'read'; readonly content: StateMapFile }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** `file` is only named in the findings. */
export function readStateMap(source: string, file: string): StateMapRead {
  const findings = new FindingList(file);
  const root = readSource(source, findings);
  if (root === null || !hasShape(StateMapFile, root, 'The file', findings))
    return { kind: 'refused', findings: findings.sorted() };
  return { kind: 'read', content: root.value as unknown as StateMapFile };
}

/** What is blank has its reason as a comment above it. */
export function writeStateMap(
  suggested: SuggestedMap & { readonly kind: 'suggested' },
  hashes: { readonly from: string; readonly to: string },
): string {
  const entries = suggested.states.flatMap(({ state, goesTo, why }) => [
    `  # ${why}`,
    goesTo === null ? `  ${plain(state)}:` : `  ${plain(state)}: ${plain(goesTo)}`,
  ]);
  return [
    '# Where the states of one definition go in another. A state that is not named keeps its name.',
    '# Until a blank is filled in, instances in that state stay where they are.',
    ...suggested.newParts.map(
      (part) => `# "${part}" is new: name a state in it too, as in  old.part: [new.part, ${part}.state]`,
    ),
    `from: "${hashes.from}"`,
    `to: "${hashes.to}"`,
    ...(entries.length === 0 ? ['states: {}'] : ['states:', ...entries]),
    '',
  ].join('\n');
}

/** State names are plain YAML as they are, but for those that YAML takes for something else. */
function plain(name: string): string {
  return ['null', 'true', 'false'].includes(name) ? `"${name}"` : name;
}
