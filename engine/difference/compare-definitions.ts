/**
 * Compares two definitions part by part. Each part tells what it finds; nothing is left out, and the last
 * net says so where a difference has no name.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { compareBypasses } from './compare-bypasses.ts';
import { compareContext } from './compare-context.ts';
import { compareGates } from './compare-gates.ts';
import { compareHead } from './compare-head.ts';
import { compareProposals } from './compare-proposals.ts';
import { compareStates } from './compare-states.ts';
import { compareTransitions, matchAllTransitions } from './compare-transitions.ts';
import { compareWork } from './compare-work.ts';
import type { Comparison } from './comparison.ts';
import type { DefinitionSide } from './definition-side.ts';
import type { DifferenceList } from './difference.ts';
import { matchStates } from './match-states.ts';

export function compareDefinitions(a: DefinitionSide, b: DefinitionSide, list: DifferenceList): void {
  const comparison: Comparison = { a, b, list, match: matchStates(a.tree, b.tree) };
  const transitions = matchAllTransitions(comparison);
  compareGates(comparison);
  compareBypasses(comparison, transitions);
  compareProposals(comparison);
  compareContext(comparison);
  compareTransitions(comparison, transitions);
  compareWork(comparison, transitions);
  compareStates(comparison);
  compareHead(comparison);
  const named = list.sorted().some(({ code }) => code !== 'version-changed');
  if (!named && withoutVersion(a) !== withoutVersion(b)) {
    const message = 'The definitions differ in a way that has no name here. Compare the texts.';
    list.add('other-change', message, a.source.position, b.source.position);
  }
}

function withoutVersion({ definition }: DefinitionSide): string {
  return canonicalJson({ ...definition, version: '' });
}
