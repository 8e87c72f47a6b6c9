/**
 * Suggests where the states of one definition go in another, for a migration. What is clear is filled in; what
 * is not is left blank for a person, with what it might be. A suggestion decides nothing: the migration itself
 * checks every instance.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { TreeState } from '../definition/state-tree.ts';
import { nearestName } from '../definition/suggest-name.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { readSide } from './definition-side.ts';
import type { NamedDefinition } from './diff-definitions.ts';
import { matchStates, type StateMatch } from './match-states.ts';

export interface SuggestedState {
  readonly state: string;
  /** Null: for a person to fill in. */
  readonly goesTo: string | null;
  /** Why it is suggested, or what is open: a whole sentence. */
  readonly why: string;
}

export type SuggestedMap =
  | {
      readonly kind: 'suggested';
      /** Only states that do not simply keep their name, in the order of the file. */
      readonly states: readonly SuggestedState[];
      /** Parts of parallel states that are new: whoever is in the state needs a place in them as well. */
      readonly newParts: readonly string[];
    }
  | { readonly kind: 'refused'; readonly findings: readonly Finding[] };

/** Whatever the texts are, nothing is thrown. */
export function suggestStateMap(a: NamedDefinition, b: NamedDefinition): SuggestedMap {
  const before = readSide(a.source, a.file);
  const after = readSide(b.source, b.file);
  if (before.side === null) return { kind: 'refused', findings: before.findings };
  if (after.side === null) return { kind: 'refused', findings: after.findings };
  const match = matchStates(before.side.tree, after.side.tree);
  const states: SuggestedState[] = [];
  suggestInside(before.side.tree.root, after.side.tree.root.id, match, states);
  const newParts = match.added
    .filter(({ parent }) => parent?.kind === 'parallel' && match.toA.has(parent))
    .map(({ id }) => id);
  return { kind: 'suggested', states, newParts };
}

/** `image` is where the states inside go as long as nothing is said of them. */
function suggestInside(state: TreeState, image: string, match: StateMatch, states: SuggestedState[]): void {
  for (const child of state.children.values()) {
    const kept = image === '' ? child.name : `${image}.${child.name}`;
    const other = match.toB.get(child);
    if (other === undefined) suggestGone(child, kept, match, states);
    else {
      if (other.id !== kept && child.kind !== 'final')
        states.push({ state: child.id, goesTo: other.id, why: `It is called "${other.id}" now.` });
      if (isPlace(child) && !sameNature(child, other)) replaceLast(states, changedNature(child, other));
      suggestInside(child, other.id, match, states);
    }
  }
}

/** Where nobody ever rests, nobody has to go anywhere; and what ended stays where it is. */
function isPlace(state: TreeState): boolean {
  const leavesAtOnce = state.transitions.some(
    ({ cause, definition }) => cause.kind === 'always' && definition.guard === undefined,
  );
  const ends = state.kind === 'final' && state.parent?.parent === null;
  return (state.kind === 'atomic' || state.kind === 'final') && !leavesAtOnce && !ends;
}

function suggestGone(state: TreeState, kept: string, match: StateMatch, states: SuggestedState[]): void {
  if (!isPlace(state)) {
    for (const child of state.children.values()) suggestGone(child, `${kept}.${child.name}`, match, states);
    return;
  }
  const alike = match.added.filter((other) => other.kind === state.kind && sameNature(state, other));
  const people = state.definition.gate !== undefined || state.definition.propose !== undefined;
  const [only] = alike;
  const nearest = nearestName(
    state.name,
    alike.map(({ name }) => name),
  );
  const named = alike.filter(({ name }) => name === nearest);
  if (people && alike.length === 1 && only !== undefined) {
    states.push({ state: state.id, goesTo: only.id, why: `Only "${only.id}" ${doesWhat(state)}.` });
  } else if (named.length === 1 && named[0] !== undefined) {
    states.push({ state: state.id, goesTo: named[0].id, why: `"${named[0].id}" is called almost the same.` });
  } else {
    const known = [...match.toA.keys()].filter(
      (other) => other.kind === state.kind && sameNature(state, other),
    );
    const perhaps = [...alike, ...(people ? known : [])].slice(0, 5).map(({ id }) => `"${id}"`);
    const why = perhaps.length === 0 ? '' : ` Perhaps ${perhaps.join(', ')}.`;
    states.push({ state: state.id, goesTo: null, why: `It is gone.${why}` });
  }
}

function changedNature(state: TreeState, other: TreeState): SuggestedState {
  const was = natureOf(state).words;
  return {
    state: state.id,
    goesTo: null,
    why: `It was ${was}, and "${other.id}" is ${natureOf(other).words}: say whether cases go there.`,
  };
}

/** What was said of the same state before is replaced. */
function replaceLast(states: SuggestedState[], suggestion: SuggestedState): void {
  if (states.at(-1)?.state === suggestion.state) states.pop();
  states.push(suggestion);
}

function sameNature(one: TreeState, other: TreeState): boolean {
  return one.kind === other.kind && canonicalJson(natureOf(one)) === canonicalJson(natureOf(other));
}

/** What people and agents do in a state, as far as a case that waits there depends on it. */
function natureOf({ definition: { gate, propose } }: TreeState): {
  readonly words: string;
  readonly binds: string;
} {
  if (gate !== undefined) {
    const binds = gate.binds ?? '';
    return { words: binds === '' ? 'a gate' : `a gate on a proposal of "${binds}"`, binds };
  }
  if (propose !== undefined)
    return { words: `a wait for a proposal of "${propose.decision}"`, binds: propose.decision };
  return { words: 'an ordinary state', binds: '' };
}

function doesWhat({ definition: { gate, propose } }: TreeState): string {
  if (propose !== undefined) return `asks for a proposal of "${propose.decision}"`;
  return gate?.binds === undefined ? 'is a gate of that kind' : `decides on a proposal of "${gate.binds}"`;
}
