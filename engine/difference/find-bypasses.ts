/**
 * Decides whether a change opens a way past a gate: from where a changed transition begins, a state that
 * only an approval led to can now be reached without it. It asks of the ways alone, never who may go them.
 */
import type { TreeState, TreeTransition } from '../definition/state-tree.ts';
import type { DefinitionSide } from './definition-side.ts';
import type { StateMatch } from './match-states.ts';
import { entered, reachStates, transitionsOnAWay } from './reach-states.ts';

export interface Bypass {
  /** State of the first definition that approval alone led to. */
  readonly reached: TreeState;
  /** The gates of the first definition that stood on every way there; empty where several shared the ways. */
  readonly gates: readonly TreeState[];
}

/** Nobody reads more names in one sentence. */
const mostGatesNamed = 12;

/** What is the same whichever transition is asked about. */
export interface Ways {
  readonly a: DefinitionSide;
  readonly match: StateMatch;
  /** All transitions of the first that an approval alone takes. */
  readonly approvals: ReadonlySet<TreeTransition>;
  readonly freeFromStart: ReadonlySet<TreeState>;
}

export function waysOf(a: DefinitionSide, match: StateMatch): Ways {
  const approvals = new Set(a.tree.transitions.filter(isApproval));
  return { a, match, approvals, freeFromStart: reachStates([a.tree.root], approvals) };
}

/** `source` and `target` belong to the second definition; `approved`: only an approval takes this way. */
export function findBypass(
  { match, approvals, freeFromStart }: Ways,
  source: TreeState,
  target: TreeState,
  approved: boolean,
): Bypass | null {
  const from = match.toA.get(source);
  if (from === undefined) return null;
  const afterApproval = from.transitions.flatMap((one) =>
    isApproval(one) && one.target ? [one.target] : [],
  );
  const starts = approved ? [from, ...afterApproval] : [from];
  const free = reachStates(starts, approvals);
  const anyhow = reachStates(starts);
  const wasFree = freeFromStart.has(from) && !approved;
  const reached = firstKnown(target, match).find(
    (state) => !free.has(state) && (anyhow.has(state) || (wasFree && !freeFromStart.has(state))),
  );
  if (reached === undefined) return null;
  const begin = anyhow.has(reached) ? starts : [rootOf(from)];
  // A gate that stands on every way stands on this one too, so that no others need be asked about.
  const passed = transitionsOnAWay(begin, reached).filter(isApproval);
  const candidates = [...new Set(passed.map((one) => one.source))].slice(0, mostGatesNamed);
  const gates = candidates.filter(
    (gate) => !reachStates(begin, new Set(gate.transitions.filter(isApproval))).has(reached),
  );
  return { reached, gates };
}

/** Taken by an approval and by nothing else. */
export function isApproval({ cause }: TreeTransition): boolean {
  return cause.kind === 'outcome' && cause.outcome === 'approved';
}

/** The states known to the first definition that are entered first, going on through what is new, new gates too. */
function firstKnown(target: TreeState, match: StateMatch): readonly TreeState[] {
  const known: TreeState[] = [];
  const seen = new Set<TreeState>();
  const waiting = [target];
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    waiting.push(...entered(state));
    const before = match.toA.get(state);
    if (before !== undefined) known.push(before);
    else for (const transition of state.transitions) if (transition.target) waiting.push(transition.target);
  }
  return known;
}

function rootOf(state: TreeState): TreeState {
  let at = state;
  while (at.parent !== null) at = at.parent;
  return at;
}
