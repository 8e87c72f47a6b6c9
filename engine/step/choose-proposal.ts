/**
 * Which of several proposals an approval is for (P2): whoever approves names exactly one by its digest, and what the
 * gate comes to chooses that one. The others stay on the record, and never have an effect.
 */
import type { CompiledGate } from '../definition/compiled-process.ts';
import { candidatesFor, type Proposed, proposalsOf, withCandidates } from '../oversight/candidates.ts';
import { refuse } from './refuse.ts';
import type { Refusal } from './step.ts';
import type { RecordedVerdict } from './stimulus.ts';
import type { HeldProposal, StoredState } from './stored-state.ts';

/** Where one proposal lies before the gate it may be named; where several do it must be. */
export function refuseChoice(
  state: Proposed,
  { verdict, choice }: { readonly verdict: RecordedVerdict; readonly choice?: string },
  { gate }: CompiledGate,
): Refusal | null {
  const several = candidatesFor(state, gate).length > 1;
  if (choice === undefined) {
    if (!several || verdict !== 'approve') return null;
    return refuseAt(
      'Several proposals lie before this gate, and the approval does not say which it is for.',
      'Send `choice`: the digest of exactly one of the alternatives that the gate shows.',
    );
  }
  if (verdict !== 'approve') {
    return refuseAt(
      'Only an approval is for one of the proposals.',
      'Leave `choice` out, or approve the one that it names.',
    );
  }
  const known = gate.binds === undefined ? [] : proposalsOf(state, gate.binds);
  if (known.some(({ digest }) => digest === choice)) return null;
  return refuse(
    'stale',
    'No such proposal lies before this gate.',
    'Read the gate again, and choose one of the alternatives that it shows.',
  );
}

/** The state in which the chosen one is the proposal of its kind. The same, where there is nothing to choose. */
export function withChosen(state: StoredState, { gate }: CompiledGate, chosen: string | null): StoredState {
  const candidates = candidatesFor(state, gate);
  const held = candidates.find(({ digest }) => digest === chosen);
  if (gate.binds === undefined || held === undefined) return state;
  const passedOver = candidates
    .filter((one) => one !== held)
    .map(({ digest, operator, proposer }) => ({ digest, operator, proposer }));
  const proposal: HeldProposal = { ...held, passedOver };
  return withCandidates(
    { ...state, proposals: { ...state.proposals, [gate.binds]: proposal } },
    gate.binds,
    [],
  );
}

function refuseAt(message: string, next: string): Refusal {
  return refuse('bad-input', message, next, { issues: [{ at: '/choice', message }] });
}
