/**
 * What people do at a gate besides deciding: claim it for a while and give it back, hand it to another reviewer,
 * ask somebody for an opinion and give one. None of it decides anything or changes who may decide; while a gate
 * that takes one decision is claimed, the other reviewers' decisions wait.
 */

import type { CompiledGate } from '../definition/compiled-process.ts';
import { parseDurationMs } from '../definition/duration.ts';
import { memberOf } from '../evidence/member-of.ts';
import { excludedPeople, partInCase } from '../oversight/excluded-people.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { permits } from '../oversight/permits.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse } from './refuse.ts';
import { refuseReviewer } from './refuse-reviewer.ts';
import { scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { StimulusBody } from './stimulus.ts';
import type { Claim, OpenGate, Opinion, StoredState } from './stored-state.ts';
import { timerDue } from './timer-due.ts';

type AttendBody = StimulusBody & { readonly kind: 'attend' };

export function attendGate(at: Case, state: StoredState, body: AttendBody): Prepared | Refusal {
  const { actor } = at.stimulus;
  if (actor.kind !== 'person') {
    return refuse('people-only', 'Only people attend to a gate.', 'Let one of its people do it.');
  }
  const compiled = at.process.gates.get(body.gate);
  const open = memberOf(state.gates, body.gate);
  if (compiled === undefined || open === undefined || open.opened !== body.opened) {
    return refuse('stale', `The gate ${body.gate} is not open now.`, 'Read the instance to see which are.');
  }
  const change = changeOf({ at, state, body, compiled, open });
  if ('code' in change) return change;
  return {
    kind: 'prepared',
    state: { ...state, gates: { ...state.gates, [body.gate]: change } },
    event: null,
    otherwise: null,
    decision: null,
    entry: { event: body.gate, attended: { gate: body.gate, opened: open.opened, act: body.act } },
    what: `What was done at ${body.gate}`,
  };
}

/** The claim that keeps others' decisions waiting; null where none does, or it is the actor's own. */
export function claimInTheWay(
  { gate }: CompiledGate,
  open: OpenGate,
  actor: string,
  time: string,
): Claim | null {
  const claim = claimAt(open, time);
  const takesOne = (gate.quorum?.approve ?? 1) === 1;
  return takesOne && claim !== null && claim.person !== actor ? claim : null;
}

export function claimAt({ claim }: OpenGate, time: string): Claim | null {
  return claim !== undefined && time < claim.until ? claim : null;
}

interface Attending {
  readonly at: Case;
  readonly state: StoredState;
  readonly body: AttendBody;
  readonly compiled: CompiledGate;
  readonly open: OpenGate;
}

function changeOf(attending: Attending): OpenGate | Refusal {
  switch (attending.body.act) {
    case 'claim':
      return claimGate(attending);
    case 'release':
      return releaseGate(attending);
    case 'reassign':
      return reassignGate(attending);
    case 'ask':
      return askOpinion(attending);
    case 'answer':
      return giveOpinion(attending);
  }
}

const usualClaim = 'PT4H';

function claimFor({ at, compiled }: Attending, person: string): Claim {
  const { dueAt } = timerDue(at, parseDurationMs(compiled.gate.claim ?? usualClaim) ?? 0);
  return { person, until: dueAt };
}

function claimGate(attending: Attending): OpenGate | Refusal {
  const { at, open } = attending;
  const { actor, time } = at.stimulus;
  const refusal = refuseOwn(attending);
  if (refusal !== null) return refusal;
  const held = claimAt(open, time);
  if (held !== null && held.person !== actor.person) return refuseClaimed(held);
  return { ...open, claim: claimFor(attending, actor.person) };
}

function releaseGate({ at, open }: Attending): OpenGate | Refusal {
  const { actor, time } = at.stimulus;
  if (claimAt(open, time)?.person !== actor.person) {
    return refuse(
      'not-allowed',
      'You hold no claim on this gate.',
      'Claim it first, or leave it to its holder.',
    );
  }
  const { claim: _released, ...free } = open;
  return free;
}

/** By whoever holds it, by those whom the gate names, and else by those who answer for the case or were told that it is overdue. */
function reassignGate(attending: Attending): OpenGate | Refusal {
  const { at, state, body, compiled, open } = attending;
  const { actor, time } = at.stimulus;
  const { gate } = compiled;
  const scope = scopeOf(state, at.stimulus);
  const named =
    gate.reassign === undefined
      ? state.responsible.includes(actor.person) || open.overdue?.escalatedTo.includes(actor.person) === true
      : permits(gate.reassign, actor, scope, at.process);
  if (!named && claimAt(open, time)?.person !== actor.person) {
    const who = gate.reassign === undefined ? 'whoever answers for the case' : explainAllow(gate.reassign);
    return refuse('not-allowed', `Only ${who} may hand this gate to somebody.`, `Ask ${who}.`);
  }
  if (isBlank(body.text)) return refuseWithoutWords('Handing a gate to somebody needs a reason.');
  const to = body.person ?? '';
  const why = excludedPeople(at.process, compiled, state, scope, body.personBehind).get(to);
  const decided = open.decisions.some(({ person }) => person === to);
  if (!body.roster.includes(to) || why !== undefined || decided) {
    const because =
      why !== undefined
        ? `they are ${partInCase(why)}`
        : decided
          ? 'they have decided already'
          : 'they do not review here';
    return refuse('bad-input', `${to} cannot decide here: ${because}.`, 'Name another of the reviewers.');
  }
  return { ...open, claim: claimFor(attending, to) };
}

const mostOpinions = 20;

function askOpinion(attending: Attending): OpenGate | Refusal {
  const { at, body, open } = attending;
  const refusal = refuseOwn(attending);
  if (refusal !== null) return refusal;
  const { actor, time } = at.stimulus;
  const asked = body.person ?? '';
  const opinions = open.opinions ?? [];
  if (body.known !== true || asked === actor.person) {
    return refuse(
      'bad-input',
      `${asked} is nobody else who could be asked.`,
      'Name another person of the directory.',
    );
  }
  if (isBlank(body.text)) return refuseWithoutWords('Say what you want an opinion on.');
  if (
    opinions.length >= mostOpinions ||
    opinions.some((one) => one.person === asked && one.opinion === null)
  ) {
    return refuse('bad-input', `${asked} is asked already, or too many were.`, 'Wait for their opinions.');
  }
  const question: Opinion = {
    askedBy: actor.person,
    person: asked,
    question: body.text ?? '',
    askedAt: time,
    opinion: null,
    givenAt: null,
  };
  return { ...open, opinions: [...opinions, question] };
}

function giveOpinion({ at, body, open }: Attending): OpenGate | Refusal {
  const { actor, time } = at.stimulus;
  const opinions = open.opinions ?? [];
  const asked = opinions.find(({ person, opinion }) => person === actor.person && opinion === null);
  if (asked === undefined) {
    return refuse('not-allowed', 'Nobody asked for your opinion here.', 'Leave it to those who were asked.');
  }
  if (isBlank(body.text)) return refuseWithoutWords('An opinion needs words.');
  const given: Opinion = { ...asked, opinion: body.text, givenAt: time };
  return { ...open, opinions: opinions.map((one) => (one === asked ? given : one)) };
}

/** Whether the actor is a reviewer who may still decide here. */
function refuseOwn({ at, state, body, compiled, open }: Attending): Refusal | null {
  const scope = scopeOf(state, at.stimulus);
  const excluded = excludedPeople(at.process, compiled, state, scope, body.personBehind);
  return refuseReviewer(at, body, compiled, open, excluded, scope);
}

const isBlank = (text: string | null) => (text ?? '').trim() === '';

const refuseWithoutWords = (why: string) => refuse('reason-required', why, 'Write it, and try again.');

export const refuseClaimed = ({ person, until }: Claim) =>
  refuse(
    'already-claimed',
    `${person} has claimed this gate until ${until}.`,
    'Wait until then, or ask them to release it.',
  );
