/** Decides whether somebody is a reviewer who may still decide at an open gate (P3), or says why not. */
import type { CompiledGate, Scope } from '../definition/compiled-process.ts';
import { type ActorSnapshot, seatOf } from '../oversight/directory.ts';
import { type ExclusionReason, partInCase } from '../oversight/excluded-people.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { isCleared } from '../oversight/is-cleared.ts';
import { permits } from '../oversight/permits.ts';
import type { Case } from './prepared.ts';
import { refuse } from './refuse.ts';
import type { Refusal } from './step.ts';
import type { OpenGate } from './stored-state.ts';

/** Also for whoever only says what they think. */
export function refuseReviewer(
  at: Case,
  body: { readonly roster: readonly string[] },
  compiled: CompiledGate,
  open: OpenGate,
  excluded: ReadonlyMap<string, ExclusionReason>,
  scope: Scope,
): Refusal | null {
  return refuseOutsider(at, body, compiled, excluded, scope) ?? refuseAgain(at.stimulus.actor, open);
}

/** Whether they are a reviewer of the gate at all, and have no other part in the case. */
export function refuseOutsider(
  { process, stimulus }: Case,
  body: { readonly roster: readonly string[] },
  { gate }: CompiledGate,
  excluded: ReadonlyMap<string, ExclusionReason>,
  scope: Scope,
): Refusal | null {
  const { actor } = stimulus;
  const who = explainAllow(gate.reviewers);
  // The roster holds persons; the account they act with must have the authority itself.
  if (!body.roster.includes(seatOf(actor)) || !permits(gate.reviewers, actor, scope, process)) {
    return refuse('not-allowed', `Only ${who} may decide here.`, `Ask ${who} to decide.`);
  }
  if (!isCleared(actor, process.definition.classification)) {
    return refuse(
      'not-allowed',
      `This process is classified ${process.definition.classification}, and you are cleared for ${actor.clearance}.`,
      `Ask another of the reviewers: ${who}.`,
    );
  }
  const why = excluded.get(actor.person) ?? excluded.get(actor.principal);
  if (why !== undefined) {
    return refuse(
      'own-proposal',
      `You may not decide here, because you are ${partInCase(why)}.`,
      `Ask another of the reviewers: ${who}.`,
    );
  }
  const lender = actor.onBehalfOf === undefined ? undefined : excluded.get(actor.onBehalfOf);
  if (lender !== undefined) {
    return refuse(
      'own-proposal',
      `Nobody may decide here on behalf of ${actor.onBehalfOf}, who is ${partInCase(lender)}.`,
      `Ask another of the reviewers: ${who}.`,
    );
  }
  return null;
}

function refuseAgain(actor: ActorSnapshot, open: OpenGate): Refusal | null {
  const earlier = open.decisions.find(({ person }) => person === actor.person);
  if (earlier?.verdict === 'recuse') {
    return refuse(
      'already-decided',
      'You stepped back from this gate, and that is not undone.',
      'Leave it to the other reviewers.',
    );
  }
  if (earlier !== undefined) {
    return refuse(
      'already-decided',
      'You have decided at this gate already; one person counts once.',
      'Wait for the other reviewers.',
    );
  }
  // A seat is used by whoever decided in it, and by whoever decided in another's instead.
  if (open.decisions.some((one) => seatOf(one) === seatOf(actor) || one.person === seatOf(actor))) {
    return refuse(
      'already-decided',
      `The seat of ${seatOf(actor)} was used at this gate already; one seat counts once.`,
      'Wait for the other reviewers.',
    );
  }
  return null;
}
