/**
 * Which states are active at one time, and what a transition makes of them. This follows the statechart
 * rules (SCXML, as XState has them) in code of its own: a proof made with XState's graph would share its
 * blind spots.
 */
import { isInside, selfAndAncestors, type TreeState, type TreeTransition } from '../definition/state-tree.ts';

/** One combination of active states. */
export interface Configuration {
  /** Ids of the active leaves, in the order of the file. */
  readonly key: string;
  readonly leaves: readonly TreeState[];
  /** Leaves and everything around them, the root included. */
  readonly active: ReadonlySet<TreeState>;
}

/** A transition worked out for one configuration. */
export interface Move {
  readonly exits: readonly TreeState[];
  readonly entries: readonly TreeState[];
  readonly to: Configuration;
}

/** More ways to restore one history state than this are not worked out. */
const mostRestorations = 500;

export function configurationOf(leaves: readonly TreeState[]): Configuration {
  const sorted = [...leaves].sort((a, b) => a.order - b.order);
  const active = new Set(sorted.flatMap((leaf) => [...selfAndAncestors(leaf)]));
  return { key: sorted.map(({ id }) => id).join(' + '), leaves: sorted, active };
}

/** Where the process begins. */
export function initialConfiguration(root: TreeState): Configuration {
  return configurationOf(fill(root, []));
}

/** What the transition may lead to from here: several, where history decides. Null where there are too many. */
export function movesOf(from: Configuration, transition: TreeTransition): readonly Move[] | null {
  const { target } = transition;
  if (target === null) return [{ exits: [], entries: [], to: from }];
  const ways = target.kind === 'history' ? restorations(target) : [[target]];
  if (ways === null) return null;
  return ways.map((targets) => moveTo(from, transition, targets));
}

function moveTo(from: Configuration, transition: TreeTransition, targets: readonly TreeState[]): Move {
  const domain = domainOf(transition, targets);
  const inside = (state: TreeState) => isInside(state, domain);
  const staying = from.leaves.filter((leaf) => !inside(leaf) && leaf !== domain);
  const to = configurationOf([...staying, ...fill(domain, targets)]);
  return {
    exits: [...from.active].filter(inside),
    entries: [...to.active].filter(inside),
    to,
  };
}

/** The innermost state that stays active through the transition. */
function domainOf(transition: TreeTransition, targets: readonly TreeState[]): TreeState {
  const { source, definition } = transition;
  const within = (state: TreeState, around: TreeState) => state === around || isInside(state, around);
  if (definition.reenter !== true && targets.every((target) => within(target, source))) return source;
  const [first = source] = targets;
  for (const ancestor of selfAndAncestors(first)) {
    if (ancestor === first) continue;
    if ([...targets, source].every((state) => isInside(state, ancestor))) return ancestor;
  }
  // Only a transition of the root itself gets here.
  return [...selfAndAncestors(source)].at(-1) ?? source;
}

/** The leaves that become active inside `state` when these targets are entered, the rest by default. */
function fill(state: TreeState, targets: readonly TreeState[]): readonly TreeState[] {
  if (state.kind === 'parallel') return regionsOf(state).flatMap((child) => fill(child, targets));
  if (state.kind !== 'compound') return [state];
  const next = childTowards(state, targets) ?? state.initial;
  return next === null ? [state] : fill(next, targets);
}

/** The child that is one of the targets or holds one. Looked for from the targets: a state has many children. */
function childTowards(state: TreeState, targets: readonly TreeState[]): TreeState | undefined {
  for (const target of targets) {
    for (const around of selfAndAncestors(target))
      if (around.parent === state && around.kind !== 'history') return around;
  }
  return undefined;
}

/** Every set of states that a history state may restore, its default included. */
function restorations(history: TreeState): readonly (readonly TreeState[])[] | null {
  const { parent } = history;
  if (parent === null) return [];
  const fallback = history.historyDefault ?? parent.initial;
  const first = fallback === null || fallback.kind === 'history' ? [fill(parent, [])] : [[fallback]];
  const remembered =
    history.definition.history === 'deep'
      ? leafSets(parent)
      : parent.kind === 'parallel'
        ? [regionsOf(parent)]
        : regionsOf(parent).map((child) => [child]);
  return remembered === null ? null : [...first, ...remembered];
}

function regionsOf(state: TreeState): readonly TreeState[] {
  return [...state.children.values()].filter(({ kind }) => kind !== 'history');
}

/** Every set of leaves that may be active inside the state. */
function leafSets(state: TreeState): readonly (readonly TreeState[])[] | null {
  if (state.kind !== 'compound' && state.kind !== 'parallel') return [[state]];
  let sets: readonly (readonly TreeState[])[] = state.kind === 'parallel' ? [[]] : [];
  for (const child of regionsOf(state)) {
    const inner = leafSets(child);
    if (inner === null) return null;
    sets =
      state.kind === 'parallel'
        ? sets.flatMap((set) => inner.map((more) => [...set, ...more]))
        : [...sets, ...inner];
    if (sets.length > mostRestorations) return null;
  }
  return sets;
}

/** Whether the state has come to its end: a final child is active, or in every region one is. */
export function isDone(state: TreeState, active: ReadonlySet<TreeState>): boolean {
  if (state.kind === 'compound') {
    for (const child of active) if (child.kind === 'final' && child.parent === state) return true;
    return false;
  }
  return state.kind === 'parallel' && regionsOf(state).every((region) => isDone(region, active));
}
