/** Gates as reviewers see them: their inbox, and the one in front of them. No reading ever decides. */
import { ExpressionError, type GateOutcome } from '../definition/compiled-process.ts';
import { asIfShown } from '../oversight/assurance.ts';
import { candidatesFor } from '../oversight/candidates.ts';
import { isOnAPerson } from '../oversight/demanded-acts.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { tallyGate } from '../oversight/quorum.ts';
import { unclearedMembers } from '../oversight/roster.ts';
import { claimAt } from '../step/attend-gate.ts';
import { blankBallots } from '../step/count-ballots.ts';
import { noticesOf } from '../step/notices.ts';
import { refuseExpression } from '../step/refuse.ts';
import { rosterScope } from '../step/scope.ts';
import { anyEnvelope, isSecretVote } from '../step/seal-ballot.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { PersonBehind } from '../step/stimulus.ts';
import { authorityAtGate, seatsLentAt } from './acting-authority.ts';
import { changedSince } from './changed-since.ts';
import { checkReader } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import { electorateOf } from './electorate.ts';
import type { Engine, GateView } from './engine-contract.ts';
import { fieldsFromAi, showAlternatives, showProposal } from './label-ai.ts';
import { loadReadable, type Readable, toReadable } from './load-readable.ts';
import { placesFor } from './places-for.ts';
import { isInstanceId, pageSize, refuseCursor, stateTitle } from './read-instance.ts';
import { refuse } from './refuse.ts';
import { tryStep } from './try-step.ts';
import { ownViewFirst, withheldFrom } from './withhold-proposals.ts';

export function gateReadingDoors(world: BatchWorld): Pick<Engine, 'listGates' | 'readGate'> {
  return {
    async listGates(caller, cursor, wantedLimit) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      if (cursor !== null && !isCursor(cursor)) return refuseCursor();
      const places = reader.kind === 'person' ? await placesFor(world, 'gates', reader) : [];
      if (reader.kind !== 'person') return { kind: 'done', value: { items: [], next: null } };
      const limit = pageSize(wantedLimit);
      const rows = await world.ledger.listOpenGates(places, reader.person, cursor, limit + 1);
      const page = rows.slice(0, limit);
      const instances = await world.ledger.loadInstances([...new Set(page.map(({ instance }) => instance))]);
      const items: GateView[] = [];
      for (const row of page) {
        const stored = instances.get(row.instance);
        const readable = stored === undefined ? null : await toReadable(world, reader, stored);
        if (readable !== null && readable.state.gates[row.state] !== undefined) {
          items.push(gateViewOf(readable, row.state));
        }
      }
      const last = page.at(-1);
      const next = rows.length > limit && last !== undefined ? `${last.instance} ${last.state}` : null;
      return { kind: 'done', value: { items, next } };
    },

    async readGate(caller, instance, state) {
      const readable = await loadReadable(world, caller, instance);
      if (isRefusal(readable)) return readable;
      if (readable.state.gates[state] === undefined) {
        return refuse(
          readable.process.gates.has(state) ? 'stale' : 'not-found',
          readable.process.gates.has(state)
            ? `The gate ${state} is not open now.`
            : `This process has no gate ${state}.`,
          'Read the instance to see which gates are open.',
        );
      }
      const view = gateViewOf(readable, state);
      const changed = view.withheld === null ? await changedSince(world, readable, state) : null;
      return { kind: 'done', value: { ...view, changed } };
    },
  };
}

/** The gate must be open. Whether the reader may decide is found by trying an approval, which changes nothing. */
export function gateViewOf(readable: Readable, gate: string): GateView {
  const { stored, state, process, actor, time } = readable;
  const open = state.gates[gate];
  const compiled = process.gates.get(gate);
  if (open === undefined || compiled === undefined) throw new Error(`The gate ${gate} is not open.`);
  const { opened, subject } = open;
  const { roster, personBehind, excluded, failure } = electorateIn(readable, gate);
  const tried = failure ?? tryApproval(readable, gate, roster, personBehind);
  const handles = new Set<GateOutcome>(['approved', 'rejected', 'returned']);
  const {
    outcome: _open,
    chosen: _none,
    byChoice,
    ...quorum
  } = tallyGate(compiled.gate, open.decisions, {
    roster,
    excluded,
    handles,
    ofAllMembers: isOnAPerson(process, compiled.gate),
  });
  const { binds } = compiled.gate;
  const held = binds === undefined ? undefined : state.proposals[binds];
  const candidates = candidatesFor(state, compiled.gate);
  const isWithheld = binds !== undefined && withheldFrom(readable).has(binds);
  return {
    instance: stored.id,
    process: stored.process,
    definition: stored.definition,
    state: gate,
    title: stateTitle(process, gate),
    meaning: compiled.gate.meaning,
    assurance: compiled.gate.assurance ?? 'session',
    opened,
    openedAt: open.openedAt,
    dueAt: open.dueAt ?? null,
    overdue: open.overdue ?? null,
    changed: null,
    claim: claimAt(open, time),
    opinions: isWithheld ? [] : (open.opinions ?? []),
    told: noticesOf(state)
      .filter(({ gate: at, person }) => at === gate && person === actor.person)
      .map(({ reason }) => reason),
    subject,
    // What people wrote stands before what machines did.
    views:
      compiled.gate.independentView === true
        ? (isWithheld ? [] : (open.views ?? [])).map(({ person, text, time }) => ({ person, text, time }))
        : null,
    proposal: held === undefined || isWithheld ? null : showProposal(held),
    alternatives:
      candidates.length === 0 || isWithheld
        ? null
        : showAlternatives(candidates, actor.person).map((one) => ({
            ...one,
            approvals: byChoice.get(one.digest) ?? 0,
          })),
    withheld: isWithheld ? ownViewFirst : null,
    context: state.context,
    fromAi: fieldsFromAi(process, state),
    decisions: open.decisions.map(
      ({ person, onBehalfOf = null, verdict, choice, reason, time: decidedAt }) => ({
        person,
        onBehalfOf,
        verdict,
        choice: isWithheld ? null : (choice ?? null),
        // A reason speaks of the proposal, and so would show it.
        reason: isWithheld ? null : reason,
        time: decidedAt,
      }),
    ),
    quorum,
    ballot: compiled.gate.ballot ?? 'open',
    count:
      compiled.gate.ballot !== 'secret'
        ? null
        : failure === null
          ? countIn(readable, gate, roster, personBehind)
          : { allowed: false, why: failure.message },
    mayActFor: failure === null ? seatsLentAt(readable, gate) : [],
    allowed: !isRefusal(tried),
    why: isRefusal(tried) ? tried.message : 'You are one of the reviewers here and have not decided yet.',
  };
}

/** Why somebody may not decide at the gate; null when they may. The gate must be open. Who its members are is found once. */
export function refusalsAtGate(readable: Readable, gate: string): (actor: ActorSnapshot) => Refusal | null {
  const { roster, personBehind, failure } = electorateIn(readable, gate);
  return (actor) => {
    const tried = failure ?? tryApproval({ ...readable, actor }, gate, roster, personBehind);
    return isRefusal(tried) ? tried : null;
  };
}

function tryApproval(
  readable: Readable,
  gate: string,
  roster: readonly string[],
  personBehind: PersonBehind,
): Step | Refusal {
  const { stored, state, process, controls, time } = readable;
  const { opened = -1, subject = '' } = state.gates[gate] ?? {};
  const actor = authorityToTry(readable, gate);
  const rule = process.gates.get(gate)?.gate ?? {};
  const [any] = candidatesFor(state, rule);
  const choice = any === undefined ? {} : { choice: any.digest };
  const openly = { verdict: 'approve', ...choice, reason: 'look' } as const;
  const vote = isSecretVote(rule, 'approve') ? anyEnvelope : openly;
  const body = { kind: 'decision', gate, opened, subject, ...vote } as const;
  // Whether they may decide is asked before they show anything for it.
  const { factor, authentication } = asIfShown(process.gates.get(gate)?.gate);
  const at = { process, instance: stored.id, seq: stored.seq, state, actor, authentication, time, controls };
  return tryStep(at, { ...body, ...factor, roster, personBehind });
}

/** Whether the reader may count the secret ballots now. */
function countIn(
  readable: Readable,
  gate: string,
  roster: readonly string[],
  personBehind: PersonBehind,
): NonNullable<GateView['count']> {
  const { stored, state, process, directory, controls, time } = readable;
  const open = state.gates[gate];
  if (open === undefined) throw new Error(`The gate ${gate} is not open.`);
  const { opened, subject } = open;
  const actor = authorityToTry(readable, gate);
  const uncleared = unclearedMembers(process, gate, directory, rosterScope(state, actor, time), roster);
  const members = { roster, personBehind, ...(uncleared.length === 0 ? {} : { uncleared }) };
  const at = { process, instance: stored.id, seq: stored.seq, state, actor, time, controls };
  const tried = tryStep(at, {
    kind: 'count',
    gate,
    opened,
    subject,
    ballots: blankBallots(open),
    ...members,
  });
  if (isRefusal(tried)) return { allowed: false, why: tried.message };
  return { allowed: true, why: 'Everybody has voted, or the time is over: you may count the ballots.' };
}

/** What they would decide with: where they have to choose whom they act for, any of them. */
function authorityToTry(readable: Readable, gate: string): ActorSnapshot {
  const authority = authorityAtGate(readable, gate, null);
  if (!isRefusal(authority)) return authority;
  const [seat = null] = seatsLentAt(readable, gate);
  const chosen = authorityAtGate(readable, gate, seat);
  return isRefusal(chosen) ? readable.actor : chosen;
}

/** Who may decide here. Where an expression of the definition fails nobody may, and the view says why. */
function electorateIn({ state, process, actor, directory, time }: Readable, gate: string) {
  const compiled = process.gates.get(gate);
  const scope = rosterScope(state, actor, time);
  try {
    const { roster, personBehind } = electorateOf(process, gate, directory, state, scope);
    const excluded =
      compiled === undefined ? [] : excludedPeople(process, compiled, state, scope, personBehind).keys();
    return { roster, personBehind, excluded: new Set(excluded), failure: null };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { roster: [], personBehind: {}, excluded: new Set<string>(), failure: refuseExpression(error) };
  }
}

/** Instance and state of the last gate on the page before. */
function isCursor(cursor: string): boolean {
  const [instance, state, ...rest] = cursor.split(' ');
  return rest.length === 0 && isInstanceId(instance ?? '') && /^[A-Za-z0-9_.-]{1,400}$/.test(state ?? '');
}
