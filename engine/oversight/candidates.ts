/**
 * Several proposals for one step, side by side: which of them lie before the people at a gate, and whose they are.
 * It chooses none of them and puts none before another.
 */
import type { Gate } from '../../schemas/process-definition.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';

export type Proposed = Pick<StoredState, 'candidates' | 'proposals'>;

/** Those among which people have yet to choose, by digest; none where there is nothing to choose. */
export function candidatesFor(
  { candidates }: Proposed,
  { binds }: Pick<Gate, 'binds'>,
): readonly HeldProposal[] {
  return binds === undefined ? [] : (memberOf(candidates ?? {}, binds) ?? []);
}

/** All proposals of the kind that people decide on. */
export function proposalsOf(state: Proposed, kind: string): readonly HeldProposal[] {
  const candidates = memberOf(state.candidates ?? {}, kind);
  if (candidates !== undefined) return candidates;
  const held = memberOf(state.proposals, kind);
  return held === undefined ? [] : [held];
}

/** Who handed in what, also those that were passed over: none of them decides on what became of it. */
export function proposersOf(
  state: Proposed,
  kind: string,
): readonly Pick<HeldProposal, 'operator' | 'proposer'>[] {
  return proposalsOf(state, kind).flatMap((held) => [held, ...(held.passedOver ?? [])]);
}

/** The state with these proposals to choose among; none: there is no choice any more. */
export function withCandidates<T extends Proposed>(
  state: T,
  kind: string,
  candidates: readonly HeldProposal[],
): T {
  if (candidates.length === 0 && memberOf(state.candidates ?? {}, kind) === undefined) return state;
  const { candidates: before, ...rest } = state;
  const after = Object.fromEntries(Object.entries(before ?? {}).filter(([name]) => name !== kind));
  const all = candidates.length === 0 ? after : { ...after, [kind]: inOrder(candidates) };
  return (Object.keys(all).length === 0 ? rest : { ...rest, candidates: all }) as T;
}

/** Digests tell nothing of what they are of, and so neither does their order. */
export function inOrder(candidates: readonly HeldProposal[]): readonly HeldProposal[] {
  return [...candidates].sort((one, other) => (one.digest < other.digest ? -1 : 1));
}
