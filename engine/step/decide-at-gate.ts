/**
 * Takes one reviewer's decision at a gate: who may decide (P3), whether it is about what they saw, whether
 * the quorum is complete, and what that means for the proposal the gate binds (P2).
 */
import type { JsonObject } from '../../schemas/json.ts';
import type { CompiledGate, GateOutcome } from '../definition/compiled-process.ts';
import { memberOf, withoutMember } from '../evidence/member-of.ts';
import { isAssured, sufficientKinds } from '../oversight/assurance.ts';
import { candidatesFor } from '../oversight/candidates.ts';
import { demandedActs, isOnAPerson, mayApprove } from '../oversight/demanded-acts.ts';
import { decisionDigest, subjectDigest } from '../oversight/digests.ts';
import { seatOf } from '../oversight/directory.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { lacksView, viewOf } from '../oversight/independent-view.ts';
import { tallyGate } from '../oversight/quorum.ts';
import { claimInTheWay, refuseClaimed } from './attend-gate.ts';
import { refuseChoice, withChosen } from './choose-proposal.ts';
import { joinReasons } from './gate-remarks.ts';
import { withoutGateTimers } from './gate-timers.ts';
import { withPerson } from './note-drafters.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse, refuseAssurance } from './refuse.ts';
import { refuseReviewer } from './refuse-reviewer.ts';
import { outcomeFor, outcomesOf, refuseVerdict } from './refuse-verdict.ts';
import { machineEvent, scopeOf } from './scope.ts';
import { isSecretVote } from './seal-ballot.ts';
import type { Refusal } from './step.ts';
import type { RecordedVerdict, StimulusBody } from './stimulus.ts';
import type { GateDecision, HeldProposal, OpenGate, StoredState } from './stored-state.ts';
import { withoutTimeMarks } from './time-marks.ts';

type DecisionBody = StimulusBody & { readonly kind: 'decision' };

export function decideAtGate(at: Case, state: StoredState, body: DecisionBody): Prepared | Refusal {
  const { process, stimulus } = at;
  if (stimulus.actor.kind !== 'person') {
    return refuse('people-only', 'Only people decide at a gate.', 'Let one of the reviewers decide.');
  }
  const compiled = process.gates.get(body.gate);
  if (compiled === undefined) {
    return refuse(
      'not-possible-here',
      `The state ${body.gate} has no gate.`,
      'List your gates, and decide at one of them.',
    );
  }
  const open = memberOf(state.gates, body.gate);
  if (open === undefined || open.opened !== body.opened || open.subject !== body.subject) {
    return refuse(
      'stale',
      'The gate has closed, or what it decides on has changed since you read it.',
      'Read the gate again, and decide on what it shows now.',
    );
  }
  const scope = scopeOf(state, stimulus);
  const excluded = excludedPeople(process, compiled, state, scope, body.personBehind);
  const claim = claimInTheWay(compiled, open, stimulus.actor.person, stimulus.time);
  const refusal =
    refuseReviewer(at, body, compiled, open, excluded, scope) ??
    (claim === null ? null : refuseClaimed(claim)) ??
    refuseUnheard(at, body, compiled, open) ??
    refuseForm(at, body, compiled) ??
    refuseChoice(state, body, compiled);
  if (refusal !== null) return refusal;
  if (!isAssured(compiled.gate, body.factor, stimulus.authentication))
    return refuseAssurance(sufficientKinds(compiled.gate.assurance ?? 'session'));

  const decision = toDecision(at, state, body, compiled, open);
  const decisions = [...open.decisions, decision];
  const { outcome, chosen } = tallyGate(compiled.gate, decisions, {
    roster: body.roster,
    excluded: new Set(excluded.keys()),
    handles: outcomesOf(process, body.gate),
    ofAllMembers: isOnAPerson(process, compiled.gate),
  });
  // Whose seat it was had a part in it, too.
  const acted = withPerson(
    withPerson(state.acted, body.gate, stimulus.actor.person),
    body.gate,
    seatOf(stimulus.actor),
  );
  const what = `The decision at ${body.gate}`;
  const entry = {
    event: body.gate,
    gate: {
      ...gateInEntry(body, compiled, decision),
      ...(outcome === null ? {} : { outcome }),
      ...(chosen === null ? {} : { chosen }),
    },
  };
  if (outcome === null) {
    const waiting = {
      ...state,
      acted,
      gates: { ...state.gates, [body.gate]: withDecisions(open, decisions, stimulus.actor.person) },
    };
    return { kind: 'prepared', state: waiting, event: null, otherwise: null, decision, entry, what };
  }
  const decided = closeGate(at, { ...state, acted }, compiled, open, outcome, chosen);
  const outcomeScope = scopeOf(decided, stimulus, {}, gateInScope(outcome, decisions, chosen));
  const event = machineEvent(`countersign.outcome.${body.gate}.${outcome}`, outcomeScope, process, stimulus);
  return { kind: 'prepared', state: decided, event, otherwise: null, decision, entry, what };
}

/** Who has decided holds the gate no longer. */
function withDecisions(open: OpenGate, decisions: readonly GateDecision[], person: string): OpenGate {
  const { claim, ...free } = open;
  return claim === undefined || claim.person === person ? { ...free, decisions } : { ...open, decisions };
}

/** Where each gives a view of their own first, only who steps back goes without. */
function refuseUnheard(
  { stimulus }: Case,
  { verdict }: DecisionBody,
  { gate }: CompiledGate,
  open: OpenGate,
): Refusal | null {
  if (verdict === 'recuse' || !lacksView(gate, open, stimulus.actor.person)) return null;
  return refuse(
    'view-required',
    'At this gate you say what you think of the case before the proposal is shown to you, and decide then.',
    'Hand in your own view of the case, read the gate again, and decide.',
  );
}

/** Whether the verdict can be given here: openly at an open ballot, and sealed at a secret one. */
function refuseForm({ process, stimulus }: Case, body: DecisionBody, { gate }: CompiledGate): Refusal | null {
  const { verdict, reason, ballot } = body;
  if (isSecretVote(gate, verdict) !== (verdict === 'sealed')) {
    return gate.ballot === 'secret'
      ? refuse('not-possible-here', 'The ballot here is secret.', 'Hand the vote in sealed.')
      : refuse('not-possible-here', 'The ballot here is open.', 'Give one of the verdicts.');
  }
  if (verdict !== 'sealed')
    return refuseVerdict(process, body.gate, { verdict, reason }, stimulus.actor.onBehalfOf);
  if (reason === null && /^[0-9a-f]{64}$/.test(ballot ?? '')) return null;
  return refuse('bad-input', 'A sealed vote says nothing but what it is committed to.', 'Seal it again.');
}

function toDecision(
  at: Case,
  state: StoredState,
  body: DecisionBody,
  { gate }: CompiledGate,
  open: OpenGate,
): GateDecision {
  const { process, instance, seq, stimulus } = at;
  const { principal, person, onBehalfOf } = stimulus.actor;
  const view = viewOf(open, person)?.seq;
  const digest = decisionDigest({
    instance,
    definition: process.hash,
    gate: body.gate,
    opened: open.opened,
    meaning: gate.meaning,
    subject: open.subject,
    decision: gate.binds ?? null,
    verdict: body.verdict,
    ...(body.choice === undefined ? {} : { choice: body.choice }),
    actor: stimulus.actor,
    roster: body.roster,
    context: state.context,
    time: stimulus.time,
    ...(view === undefined ? {} : { view }),
    ...(body.ballot === undefined ? {} : { ballot: body.ballot }),
  });
  return {
    principal,
    person,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    verdict: body.verdict,
    // Where there is one proposal every approval is for it, named or not.
    ...(body.choice === undefined || candidatesFor(state, gate).length === 0 ? {} : { choice: body.choice }),
    reason: body.reason,
    digest,
    ...(view === undefined ? {} : { view }),
    seq,
    time: stimulus.time,
  };
}

function gateInEntry(
  { gate: state, opened, subject, verdict, choice, ballot }: DecisionBody,
  { gate }: CompiledGate,
  { digest }: GateDecision,
) {
  const named = choice === undefined ? {} : { choice };
  const sealed = ballot === undefined ? {} : { ballot };
  return { state, opened, meaning: gate.meaning, subject, verdict, ...named, ...sealed, decision: digest };
}

/**
 * What expressions read of the gate: the reasons that speak for the outcome, of them as many as fit into so many
 * characters, and how many approved.
 */
export function gateInScope(
  outcome: GateOutcome,
  votes: readonly {
    readonly verdict: RecordedVerdict;
    readonly choice?: string | null;
    readonly reason: string | null;
  }[],
  chosen: string | null,
  most = Number.POSITIVE_INFINITY,
): JsonObject {
  const counted = votes.filter(
    ({ choice = null }) => chosen === null || choice === null || choice === chosen,
  );
  const remarks = counted
    .filter(({ verdict }) => outcomeFor(verdict) === outcome)
    .flatMap(({ reason }) => reason ?? []);
  const approvals = counted.filter(({ verdict }) => verdict === 'approve').length;
  return { outcome, remarks: joinReasons(remarks, most), approvals };
}

/** The gate closes with its outcome even where the transition stays in the state: one opening, one outcome. */
export function closeGate(
  at: Case,
  state: StoredState,
  compiled: CompiledGate,
  open: OpenGate,
  outcome: GateOutcome,
  chosen: string | null,
): StoredState {
  const { state: gate } = compiled;
  return {
    ...(outcome === 'approved' ? recordAct(at, state, compiled, open, chosen) : state),
    gates: withoutMember(state.gates, gate),
    timers: withoutGateTimers(state.timers, gate),
  };
}

/**
 * Records the act on the proposal the gate binds, or on the one of several that was chosen, and clears it once the
 * last act demanded is there.
 */
function recordAct(
  { process, instance }: Case,
  state: StoredState,
  compiled: CompiledGate,
  open: OpenGate,
  chosen: string | null,
): StoredState {
  const { gate } = compiled;
  const shown = withoutTimeMarks(process, state.context);
  const subject = subjectDigest(instance, gate, state, shown, open.edited ?? null);
  if (gate.binds === undefined || subject !== open.subject) return state;
  const settled = withChosen(state, compiled, chosen);
  const held = memberOf(settled.proposals, gate.binds);
  if (held === undefined) return state;
  const kind = process.decisions.get(gate.binds);
  const acts = held.acts.includes(gate.meaning) ? held.acts : [...held.acts, gate.meaning];
  const complete = mayApprove(kind, gate) && demandedActs(kind).every((act) => acts.includes(act));
  const decided: HeldProposal = { ...held, acts, status: complete ? 'approved' : held.status };
  return { ...settled, proposals: { ...settled.proposals, [gate.binds]: decided } };
}
