/**
 * Decides which state of the second definition is which of the first: the one of that name, or else, inside
 * the same state, one that says the same under another name. A wrong pairing hides nothing, since whatever
 * differs between two paired states is told; it only tells it less well.
 */

import type { StateTree, TreeState } from '../definition/state-tree.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';

export interface StateMatch {
  readonly pairs: readonly (readonly [TreeState, TreeState])[];
  readonly removed: readonly TreeState[];
  readonly added: readonly TreeState[];
  readonly toB: ReadonlyMap<TreeState, TreeState>;
  readonly toA: ReadonlyMap<TreeState, TreeState>;
}

export function matchStates(a: StateTree, b: StateTree): StateMatch {
  const toB = new Map<TreeState, TreeState>();
  matchInside(a.root, b.root, toB);
  const toA = new Map([...toB].map(([one, other]) => [other, one]));
  return {
    pairs: [...toB],
    removed: [...a.states.values()].filter((state) => !toB.has(state)),
    added: [...b.states.values()].filter((state) => !toA.has(state)),
    toB,
    toA,
  };
}

/** The same match seen from the second definition. */
export function turned({ pairs, removed, added, toB, toA }: StateMatch): StateMatch {
  return {
    pairs: pairs.map(([one, other]) => [other, one]),
    removed: added,
    added: removed,
    toB: toA,
    toA: toB,
  };
}

function matchInside(a: TreeState, b: TreeState, found: Map<TreeState, TreeState>): void {
  found.set(a, b);
  const before = [...a.children.values()].filter(({ name }) => !b.children.has(name));
  const after = [...b.children.values()].filter(({ name }) => !a.children.has(name));
  for (const child of a.children.values()) {
    const same = b.children.get(child.name);
    if (same !== undefined) matchInside(child, same, found);
  }
  for (const likeness of [content, title]) {
    for (const [one, other] of pairUp(before, after, likeness)) matchInside(one, other, found);
  }
}

/** Takes from both lists what is alike, in the order of the files. */
function pairUp(
  before: TreeState[],
  after: TreeState[],
  likeness: (state: TreeState) => string | null,
): readonly (readonly [TreeState, TreeState])[] {
  const pairs: [TreeState, TreeState][] = [];
  const waiting = new Map<string, TreeState[]>();
  for (const state of after) {
    const key = likeness(state);
    if (key !== null) waiting.set(key, [...(waiting.get(key) ?? []), state]);
  }
  for (const state of [...before]) {
    const key = likeness(state);
    const other = key === null ? undefined : waiting.get(key)?.shift();
    if (other === undefined) continue;
    pairs.push([state, other]);
    before.splice(before.indexOf(state), 1);
    after.splice(after.indexOf(other), 1);
  }
  return pairs;
}

/** What a state says, but for the names of states: those may have been renamed with it. */
function content(state: TreeState): string {
  const { states: _states, id: _id, initial: _initial, target: _target, ...rest } = state.definition;
  const inner = [...state.children.values()].map(content);
  const { on: _on, always: _always, after: _after, onDone: _done, onError: _error, ...own } = rest;
  const transitions = state.transitions.map(({ cause, definition, forbidden }) => {
    const { target: _to, ...others } = definition;
    return canonicalJson({ cause, forbidden, ...others });
  });
  return canonicalJson({ kind: state.kind, own, transitions: transitions.sort(), inner });
}

function title(state: TreeState): string | null {
  const words = state.definition.title;
  return words === undefined ? null : canonicalJson({ kind: state.kind, words });
}
