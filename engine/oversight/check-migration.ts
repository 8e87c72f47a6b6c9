/**
 * The second look at a migration (P2, P4): nothing that waits for people may come out of it decided, and the
 * proof of the definition it leads to must hold from there on.
 *
 * It asks the certificate: which proposals may there be in these states? Where the answer does not have the
 * one that is held, the migration would carry it past a gate. It believes nothing of how the state was made.
 */
import type { Certificate } from '../certificate-check/read-certificate.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { Refusal } from '../step/step.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';
import type { Questioned } from './check-oversight.ts';

export interface MigrationMove {
  /** The definition the instance comes from. */
  readonly from: CompiledProcess;
  /** Of the definition it goes to. */
  readonly certificate: Certificate;
  /** The states it would be in, in the order of the file. */
  readonly leaves: readonly string[];
}

/** Null when the migration may be committed. `at.process` is the definition it leads to. */
export function checkMigration(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
  move: MigrationMove | null,
): Refusal | null {
  if (before === null || move === null || at.stimulus.body.kind !== 'migration')
    return violation('it is no migration of a running instance alone');
  if (move.certificate.definition !== at.process.hash)
    return violation('the certificate is of another definition');
  return (
    checkNothingElse(before, after) ??
    checkHeld(move, before, after) ??
    checkGates(at, move, before, after) ??
    checkFields(at, move, after) ??
    checkProven(at, move, after)
  );
}

/** Data, outcome and people of the case stay what they were; who answers for it may change. */
function checkNothingElse(before: StoredState, after: StoredState): Refusal | null {
  const kept = ({ context, initiator, status, output }: StoredState) =>
    canonicalJson({ context, initiator, status, output });
  if (before.status === 'active' && kept(before) === kept(after)) return null;
  return violation('it would change more than the states of the instance');
}

/** Every proposal is the one it was; no approval and no act comes to it. */
function checkHeld({ from }: MigrationMove, before: StoredState, after: StoredState): Refusal | null {
  const isChoosing = ({ candidates, requests }: StoredState) =>
    candidates !== undefined || Object.values(requests).some((one) => one.candidates !== undefined);
  if (isChoosing(before) || isChoosing(after))
    return violation('it would take along proposals among which nobody chose yet');
  const kinds = new Set([...Object.keys(before.proposals), ...Object.keys(after.proposals)]);
  for (const kind of kinds) {
    const was = memberOf(before.proposals, kind);
    const is = memberOf(after.proposals, kind);
    if (was === undefined || is === undefined)
      return violation(`a proposal of ${kind} would appear or vanish`);
    if (unchanging(was) !== unchanging(is) || is.definition !== (was.definition ?? from.hash))
      return violation(`the proposal of ${kind} would be another one`);
    if (is.status === 'approved' && was.status !== 'approved')
      return violation(`the proposal of ${kind} would become approved without its gate`);
    if (is.acts.some((act) => !was.acts.includes(act)))
      return violation(`an act would appear on the proposal of ${kind}`);
  }
  return null;
}

function unchanging({ digest, payload, proposer, operator, provenance, seq, passedOver }: HeldProposal) {
  return canonicalJson({
    digest,
    payload,
    proposer,
    operator,
    provenance,
    seq,
    passedOver: passedOver ?? [],
  });
}

/** For each kind of decision that gates waited on, one still waits; and nobody has decided at any of them yet. */
function checkGates(
  { process }: Questioned,
  move: MigrationMove,
  before: StoredState,
  after: StoredState,
): Refusal | null {
  if (Object.values(after.gates).some(({ decisions }) => decisions.length > 0))
    return violation('a decision would count under a definition that its reviewer did not see');
  const boundIn = (process: CompiledProcess, { gates }: StoredState) =>
    new Set(Object.keys(gates).map((state) => process.gates.get(state)?.gate.binds ?? ''));
  const still = boundIn(process, after);
  const gone = [...boundIn(move.from, before)].find((kind) => !still.has(kind));
  if (gone === undefined) return null;
  return violation(`a gate${gone === '' ? '' : ` on "${gone}"`} that waits for its reviewers would be gone`);
}

/** A field that only approved proposals write holds what one wrote by the same rule, or nothing. */
function checkFields({ process }: Questioned, { from }: MigrationMove, after: StoredState): Refusal | null {
  for (const [field, kind] of process.decisionFields) {
    const value = memberOf(after.context, field) ?? null;
    if (value !== null && from.decisionFields.get(field) !== kind)
      return violation(`the field ${field} holds what no approved proposal of ${kind} wrote`);
  }
  return null;
}

/** Nothing has to be proven of a definition that decides on no proposals; what is live has to be decided on there. */
function checkProven(
  { process }: Questioned,
  { certificate, leaves }: MigrationMove,
  { gates, proposals }: StoredState,
): Refusal | null {
  const key = leaves.join(' + ');
  const live = certificate.facts.get(key);
  if (live === undefined && process.decisions.size > 0)
    return violation(`by its proof the other definition never comes to be in ${key}`);
  for (const [kind, held] of Object.entries(proposals)) {
    if (held.status !== 'live') continue;
    const possible = live?.get(kind) ?? [];
    if (possible.includes(statusOf(held))) continue;
    const there =
      possible.length === 0 ? 'there is none' : `there it has ${possible.map(wording).join(', or ')}`;
    return violation(
      `it would carry a live proposal of "${kind}" with ${wording(statusOf(held))} past its gate: in ${key} ${there}`,
    );
  }
  for (const state of Object.keys(gates)) {
    const kind = process.gates.get(state)?.gate.binds;
    if (kind !== undefined && memberOf(proposals, kind) === undefined)
      return violation(
        `the gate ${state} would wait for a decision on a proposal of "${kind}" that nobody made`,
      );
  }
  return null;
}

/** As certificates write it. */
function statusOf({ acts }: HeldProposal): string {
  const given = ['consider', 'appraise', 'approve'].filter((act) => acts.some((one) => one === act));
  return given.length === 0 ? 'live' : `live:${given.join('+')}`;
}

function wording(status: string): string {
  return status === 'live' ? 'no act on it' : status.slice('live:'.length).replaceAll('+', ', ');
}

function violation(why: string): Refusal {
  return {
    kind: 'refusal',
    code: 'not-countersigned',
    message: `This migration is refused, because ${why}.`,
    next: 'The instance stays as it is. Name a state in the map that lies before the gate, or let its people decide first.',
    considered: [],
  };
}
