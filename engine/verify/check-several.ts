/**
 * Several agents that propose side by side: the request must come to an end whatever they do.
 */
import type { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';

export function checkSeveral(model: DefinitionModel, findings: FindingList): void {
  for (const state of askingSeveral(model)) {
    const { several, timeout } = state.definition.propose ?? {};
    const node = memberOf(state.source, 'propose');
    const position = node?.members?.get('several')?.keyPosition ?? state.position;
    if (several !== undefined && several.atLeast > several.atMost) {
      findings.error(
        'several-proposals',
        position,
        `No more than ${several.atMost} may propose here, and ${several.atLeast} must. Make "atLeast" at most "atMost".`,
      );
    }
    if (timeout === undefined) {
      findings.error(
        'several-proposals',
        position,
        'The state would wait without end where fewer agents answer. Add "timeout", such as PT30M: then people choose among what has come.',
      );
    }
  }
}

function askingSeveral({ tree }: DefinitionModel): readonly TreeState[] {
  return [...tree.states.values()].filter(({ definition }) => definition.propose?.several !== undefined);
}
