/** What a change does to the states themselves: which there are, how they begin and end, and what they set. */

import type { State } from '../../schemas/process-definition.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { compareAssignments } from './compare-transitions.ts';
import { compareWords } from './compare-words.ts';
import { type Comparison, capital, listed, nameState, type Places, quoted } from './comparison.ts';
import { placeOf } from './definition-side.ts';

export function compareStates(comparison: Comparison): void {
  const { match, list } = comparison;
  for (const state of match.removed) {
    list.add(
      'state-removed',
      `State "${state.id}" is removed; instances that are in it have nowhere to go.`,
      state.position,
      null,
    );
  }
  for (const state of match.added)
    list.add('state-added', `State "${state.id}" is added.`, null, state.position);
  for (const [a, b] of match.pairs) {
    if (a.name !== b.name) {
      const message = `State "${a.id}" is now called "${b.id}"; instances and programs know it by its old name.`;
      list.add('state-renamed', message, a.position, b.position);
    }
    compareState(comparison, a, b);
  }
}

function compareState(comparison: Comparison, a: TreeState, b: TreeState): void {
  const { match, list } = comparison;
  const name = nameState(b);
  const places = (member: string): Places => ({
    a: placeOf(a.source, a.position, member),
    b: placeOf(b.source, b.position, member),
  });
  if (a.kind !== b.kind) {
    const at = places('type');
    list.add('state-kind-changed', `${capital(name)} was ${a.kind} and is now ${b.kind}.`, at.a, at.b);
  }
  const begins = a.initial === null ? null : match.toB.get(a.initial);
  if (a.kind === b.kind && begins !== b.initial) {
    const at = places('initial');
    const message = `${capital(name)} began in "${a.initial?.id}" and now begins in "${b.initial?.id}".`;
    list.add('initial-changed', message, at.a, at.b);
  }
  const restores = a.historyDefault === null ? null : match.toB.get(a.historyDefault);
  const depth = (state: TreeState) => state.definition.history ?? 'shallow';
  if (
    a.kind === 'history' &&
    b.kind === 'history' &&
    (restores !== b.historyDefault || depth(a) !== depth(b))
  ) {
    const at = places('history');
    list.add('history-changed', `What ${name} restores is changed.`, at.a, at.b);
  }
  for (const when of ['entry', 'exit'] as const) {
    const [before, after] = [assigned(a.definition[when]), assigned(b.definition[when])];
    const told = when === 'entry' ? `entering ${name}` : `leaving ${name}`;
    compareAssignments(comparison, told, before.merged, after.merged, places(when));
    if (before.text === after.text || canonicalJson(before.merged) !== canonicalJson(after.merged)) continue;
    const at = places(when);
    list.add('assignment-changed', `${capital(told)} sets the same fields in other steps.`, at.a, at.b);
  }
  if (a.definition.id !== b.definition.id) {
    const at = places('id');
    const message = `Targets now name ${name} by ${quoted(b.definition.id)} instead of ${quoted(a.definition.id)}.`;
    list.add('spelling-changed', message, at.a, at.b);
  }
  compareOutputs(comparison, a, b, places('output'));
  compareRegions(comparison, a, b);
  // The words of the process itself stand in its head.
  if (a.id !== '' && b.id !== '') compareWords(list, name, a.definition, b.definition, places);
}

function assigned(actions: State['entry']): { merged: Record<string, unknown>; text: string } {
  const all = actions === undefined ? [] : Array.isArray(actions) ? actions : [actions];
  return {
    merged: Object.fromEntries(all.flatMap(({ assign }) => Object.entries(assign ?? {}))),
    text: canonicalJson(all),
  };
}

/** `result` says whether a process ended with success, which no undecided proposal may reach. */
function compareOutputs({ list }: Comparison, a: TreeState, b: TreeState, places: Places): void {
  const [before, after] = [a.definition.output ?? {}, b.definition.output ?? {}];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [from, to] = [
      Object.hasOwn(before, field) ? before[field] : undefined,
      Object.hasOwn(after, field) ? after[field] : undefined,
    ];
    if (from === to) continue;
    const code = field === 'result' ? 'result-changed' : 'output-changed';
    const message = `What ${nameState(b)} answers as "${field}" was ${quoted(from)} and is now ${quoted(to)}.`;
    list.add(code, message, places.a, places.b);
  }
}

/** Regions of a parallel state act in the order of the file. */
function compareRegions({ match, list }: Comparison, a: TreeState, b: TreeState): void {
  if (a.kind !== 'parallel' || b.kind !== 'parallel') return;
  const before = [...a.children.values()].flatMap((child) => match.toB.get(child)?.id ?? []);
  const after = [...b.children.values()].flatMap((child) => (match.toA.has(child) ? child.id : []));
  if (before.join('\n') === after.join('\n')) return;
  const message = `The regions of ${nameState(b)} now act in the order ${listed(after)}.`;
  list.add('region-order-changed', message, a.position, b.position);
}
