/**
 * The second look at every step, whatever the definition's proof says (P2, P4): what changed between the
 * two states must be covered by decisions of people, counted here again from the decisions themselves.
 *
 * It believes no flag that the step set, and knows nothing of how the step came to its result.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess, CompiledTransition } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { Refusal } from '../step/step.ts';
import type { Stimulus } from '../step/stimulus.ts';
import type { GateDecision, HeldProposal, StoredState } from '../step/stored-state.ts';
import { isAssured } from './assurance.ts';
import { digestOf, isWhole, problemOfCandidates } from './check-candidates.ts';
import { checkMigration, type MigrationMove } from './check-migration.ts';
import { demandedActs, mayApprove } from './demanded-acts.ts';
import { endedWithoutSuccess } from './endings-without-success.ts';
import { recountApproval } from './recount-approval.ts';

/** The step in question. */
export interface Questioned {
  readonly process: CompiledProcess;
  readonly instance: string;
  readonly stimulus: Stimulus;
}

export interface Move {
  readonly taken: readonly (readonly string[])[];
  /** The decision the stimulus added, if it is one. */
  readonly decision: GateDecision | null;
  /** For a migration: where it comes from, and what is proven of where it leads. */
  readonly migration?: MigrationMove | null;
}

/** Null when the step may be committed. */
export function checkOversight(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
  move: Move,
): Refusal | null {
  if (at.stimulus.body.kind === 'migration' || (move.migration ?? null) !== null) {
    const taken = move.taken.length > 0 || move.decision !== null;
    return checkMigration(at, before, after, taken ? null : (move.migration ?? null));
  }
  const unsure = checkAssurance(at);
  if (unsure !== null) return unsure;
  const taken = move.taken.flat().map((id) => transitionOf(at.process, id));
  const approvedGate = gateApproved(taken);
  const chosen = approvedGate === null ? null : proposalAt(at, after, approvedGate);
  if (approvedGate !== null && !recountApproval(at, before, approvedGate, move.decision, chosen)) {
    return violation(`the gate ${approvedGate} was not approved by enough of its reviewers`);
  }
  const why = problemOfCandidates(at, before, after);
  return (
    (why === null ? null : violation(why)) ??
    checkProposals(at, before, after, approvedGate) ??
    checkFields(at, before, after) ??
    checkEnding(before, after)
  );
}

/** No decision at a gate that demands more was ever taken from somebody who was only signed in. */
function checkAssurance({ process, stimulus: { authentication, body } }: Questioned): Refusal | null {
  if (body.kind !== 'decision') return null;
  const gate = process.gates.get(body.gate)?.gate;
  if (gate !== undefined && isAssured(gate, body.factor, authentication)) return null;
  return violation(`the gate ${body.gate} demands more of its reviewers than was shown`);
}

function transitionOf(process: CompiledProcess, id: string): CompiledTransition {
  const transition = process.transitions.get(id);
  if (transition === undefined) throw new Error(`The definition has no transition ${id}.`);
  return transition;
}

function gateApproved(taken: readonly CompiledTransition[]): string | null {
  const approved = taken.find(({ cause }) => cause.kind === 'outcome' && cause.outcome === 'approved');
  return approved?.source ?? null;
}

/** Digest of the proposal that would stand where the gate approved it; null where there would be none. */
function proposalAt({ process }: Questioned, after: StoredState, gate: string): string | null {
  const kind = process.gates.get(gate)?.gate.binds;
  return kind === undefined ? null : (memberOf(after.proposals, kind)?.digest ?? null);
}

/**
 * A proposal appears live, from an agent, or as the one that people chose among several; it never changes; and only the
 * gate that binds it clears it.
 */
function checkProposals(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
  approvedGate: string | null,
) {
  if (before?.proposals === after.proposals) return null;
  const kinds = new Set([...Object.keys(before?.proposals ?? {}), ...Object.keys(after.proposals)]);
  for (const kind of kinds) {
    const was = before === null ? undefined : memberOf(before.proposals, kind);
    const is = memberOf(after.proposals, kind);
    if (was === is) continue;
    if (is === undefined) {
      // Several newer ones have come in its place.
      if (memberOf(after.candidates ?? {}, kind) !== memberOf(before?.candidates ?? {}, kind)) continue;
      return violation(`the proposal of ${kind} would vanish`);
    }
    const refusal =
      was?.digest === is.digest && was.seq === is.seq
        ? checkProgress(at, kind, was, is, approvedGate)
        : (checkChosen(at, before, kind, is, approvedGate) ?? checkArrival(at, before, after, kind, is));
    if (refusal !== null && refusal.kind === 'refusal') return refusal;
  }
  return null;
}

/** Also the only one that came of several that might have, when the time for them is over. */
function checkArrival(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
  kind: string,
  is: HeldProposal,
): Refusal | null {
  if (isWhole(at, before, after, kind, [is])) return null;
  return violation(`a proposal of ${kind} would appear other than live and from an agent`);
}

type Checked = { readonly kind: 'sound' } | Refusal;

/** Null where it is none of those that lay before people together; else whether it became what people chose. */
function checkChosen(
  at: Questioned,
  before: StoredState | null,
  kind: string,
  is: HeldProposal,
  approvedGate: string | null,
): Checked | null {
  const candidates = memberOf(before?.candidates ?? {}, kind) ?? [];
  const was = candidates.find(({ digest, seq }) => digest === is.digest && seq === is.seq);
  if (was === undefined) return null;
  const { passedOver, ...chosen } = is;
  const others = candidates
    .filter((one) => one !== was)
    .map(({ digest, operator, proposer }) => ({ digest, operator, proposer }));
  if (canonicalJson(passedOver ?? []) !== canonicalJson(others))
    return violation(`the proposals of ${kind} that were not chosen would be forgotten`);
  return checkProgress(at, kind, was, chosen, approvedGate) ?? { kind: 'sound' };
}

function checkProgress(
  at: Questioned,
  kind: string,
  was: HeldProposal,
  is: HeldProposal,
  approvedGate: string | null,
) {
  const gate = approvedGate === null ? undefined : at.process.gates.get(approvedGate)?.gate;
  if (gate === undefined || gate.binds !== kind) return violation(`no gate that binds ${kind} was approved`);
  if (canonicalJson(was.passedOver ?? []) !== canonicalJson(is.passedOver ?? []))
    return violation(`the proposals of ${kind} that were not chosen would be others`);
  if (was.definition !== is.definition || digestOf(at, kind, is) !== is.digest)
    return violation(`the proposal of ${kind} is not the one that was handed in`);
  const acts = was.acts.includes(gate.meaning) ? was.acts : [...was.acts, gate.meaning];
  if (canonicalJson(acts) !== canonicalJson(is.acts))
    return violation(`an act on the proposal of ${kind} was not recorded at its gate`);
  if (is.status === was.status) return null;
  const decision = at.process.decisions.get(kind);
  const cleared = mayApprove(decision, gate) && demandedActs(decision).every((act) => is.acts.includes(act));
  return cleared ? null : violation(`the proposal of ${kind} lacks an act that its kind demands`);
}

/** A decision's field holds what was approved, whole or one member of it, and nothing else. */
function checkFields(
  { process }: Questioned,
  before: StoredState | null,
  after: StoredState,
): Refusal | null {
  if (before?.context === after.context) return null;
  for (const [field, kind] of process.decisionFields) {
    const was = before === null ? undefined : memberOf(before.context, field);
    const is = memberOf(after.context, field);
    if (was === is || (was !== undefined && is !== undefined && isEqual(was, is))) continue;
    const held = memberOf(after.proposals, kind);
    if (held?.status !== 'approved')
      return violation(`the field ${field} would change without an approved proposal of ${kind}`);
    if (is === undefined || !isFrom(held.payload, is)) {
      return violation(`the field ${field} would hold something else than the approved proposal of ${kind}`);
    }
  }
  return null;
}

function isFrom(payload: JsonObject, value: Json): boolean {
  return isEqual(payload, value) || Object.values(payload).some((member) => isEqual(member, value));
}

const isEqual = (one: Json, other: Json) => one === other || canonicalJson(one) === canonicalJson(other);

/** While a proposal is live the instance may end only by saying that it did not achieve what it was for. */
function checkEnding(before: StoredState | null, after: StoredState): Refusal | null {
  if (after.status !== 'done' || before?.status === 'done' || endedWithoutSuccess(after.output)) return null;
  const live = Object.entries(after.proposals).find(([, { status }]) => status === 'live');
  const kind = live?.[0] ?? Object.keys(after.candidates ?? {})[0];
  if (kind === undefined) return null;
  return violation(`the instance would end in success while the proposal of ${kind} is undecided`);
}

function violation(why: string): Refusal {
  return {
    kind: 'refusal',
    code: 'not-countersigned',
    message: `This step is refused, because ${why}.`,
    next: 'Nothing has changed. Tell the owner of the process: the definition should not have been deployed.',
    considered: [],
  };
}
