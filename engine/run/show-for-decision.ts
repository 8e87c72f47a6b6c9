/**
 * A factor for one decision. Before it is spent the decision is tried in memory, so that nobody loses a code to a
 * gate that has closed; what counts is decided once more when the decision's turn comes.
 */
import { asIfShown, type FactorKind, type ShownFactor, sufficientKinds } from '../oversight/assurance.ts';
import { type DecisionShownFor, decisionPurpose, decisionStatement } from '../oversight/statements.ts';
import { refuseAssurance } from '../step/refuse.ts';
import { rosterScope } from '../step/scope.ts';
import type { Refusal } from '../step/step.ts';
import type { Verdict } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import { authorityAtGate } from './acting-authority.ts';
import { actorOf } from './actor-of.ts';
import { openPartOf } from './cast-vote.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import { electorateOf } from './electorate.ts';
import type { Caller } from './engine-contract.ts';
import type { GivenFactor } from './factor-contract.ts';
import { refuseUnknownDefinition, refuseUnknownInstance } from './refuse.ts';
import { type ShownPurpose, showFactor } from './show-factor.ts';
import { tryStep } from './try-step.ts';

export interface WantedDecision {
  readonly instance: string;
  readonly state: string;
  readonly opened: number;
  readonly subject: string;
  readonly verdict: Verdict;
  /** Digest of the proposal that is approved, where several lie before the gate. */
  readonly choice?: string | null;
  readonly reason: string | null;
  /** The natural person in whose seat; left out, the only one that they may. */
  readonly onBehalfOf?: string | null;
}

export interface ShownForDecision {
  readonly kind: 'shown';
  readonly factor: ShownFactor;
  /** Hash of the definition that the decision was shown for. */
  readonly definition: string;
}

export async function showForDecision(
  world: BatchWorld,
  caller: Caller,
  wanted: WantedDecision,
  given: GivenFactor,
): Promise<ShownForDecision | Refusal> {
  const purpose = await purposeOf(world, caller, wanted);
  if (isRefusal(purpose)) return purpose;
  if (!purpose.sufficient.includes(given.kind)) return refuseAssurance(purpose.sufficient);
  const factor = await showFactor(world, purpose, given);
  if (factor.kind === 'refusal') return factor;
  return { kind: 'shown', factor, definition: purpose.definition };
}

export interface DecisionPurpose extends ShownPurpose {
  readonly kind: 'purpose';
  readonly definition: string;
  /** The kinds of factor that would do. */
  readonly sufficient: readonly FactorKind[];
}

/** What the decision would be shown for; a refusal where it could not be taken as things stand. */
export async function purposeOf(
  world: BatchWorld,
  caller: Caller,
  { instance, state: gate, opened, subject, verdict, reason, ...wanted }: WantedDecision,
): Promise<DecisionPurpose | Refusal> {
  const { onBehalfOf = null } = wanted;
  const choice = wanted.choice == null ? {} : { choice: wanted.choice };
  const stored = (await world.ledger.loadInstances([instance])).get(instance);
  if (stored === undefined) return refuseUnknownInstance(instance);
  const process = await world.processes.get(stored.definition);
  if (process === null) return refuseUnknownDefinition(stored.definition);
  const known = await world.directory.refresh();
  const time = new Date(world.clock.now()).toISOString();
  const own = actorOf(world.directory, known, caller, time);
  if (isRefusal(own)) return own;
  const state = JSON.parse(stored.state) as StoredState;
  const acting = { process, directory: known.directory, state, actor: own, time };
  const actor = authorityAtGate(acting, gate, onBehalfOf);
  if (isRefusal(actor)) return actor;
  const { factor, authentication } = asIfShown(process.gates.get(gate)?.gate);
  const electorate = electorateOf(process, gate, known.directory, state, rosterScope(state, actor, time));
  const open = openPartOf(process, state, gate, { verdict, ...choice, reason }, actor);
  const tried = tryStep(
    { process, instance, seq: stored.seq, state, actor, authentication, time, controls: known.controls },
    { kind: 'decision', gate, opened, subject, ...open.envelope, ...factor, ...electorate },
  );
  if (isRefusal(tried)) return tried;
  if (open.unsealed !== null) return open.unsealed;
  const { definition } = stored;
  const { principal } = actor;
  const { assurance = 'session' } = process.gates.get(gate)?.gate ?? {};
  // What is signed tells that they voted. In a secret ballot it does not tell how.
  const { reason: given, ballot: _ballot, ...said } = open.envelope;
  const decision: DecisionShownFor = { instance, definition, gate, opened, subject, ...said };
  return {
    kind: 'purpose',
    definition,
    principal,
    // Where nothing is demanded anything may be shown.
    sufficient: sufficientKinds(assurance === 'session' ? 'otp' : assurance),
    purpose: decisionPurpose(decision),
    statement: (parts) => decisionStatement({ ...decision, reason: given, principal }, parts),
  };
}
