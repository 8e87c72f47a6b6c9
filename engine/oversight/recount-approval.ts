/**
 * Counts once more whether a gate is approved, from the decisions and the roster alone (P3, P4). It shares
 * the thresholds with the quorum but not its counting, so that one mistake does not hide in both.
 */

import { memberOf } from '../evidence/member-of.ts';
import { scopeOf } from '../step/scope.ts';
import type { Ballot, RecordedVerdict, StimulusBody } from '../step/stimulus.ts';
import type { GateDecision, StoredState } from '../step/stored-state.ts';
import { candidatesFor } from './candidates.ts';
import type { Questioned } from './check-oversight.ts';
import { isOnAPerson } from './demanded-acts.ts';
import { seatOf } from './directory.ts';
import { excludedPeople } from './excluded-people.ts';
import { lacksView } from './independent-view.ts';
import { approvalsNeeded, isOfVotesCast, presenceNeeded } from './quorum.ts';

/**
 * True only for a person's approving decision at this very opening, or their count of its secret ballots, with enough
 * distinct people behind it. `chosen` is the digest of the proposal that would be approved; null where none is.
 */
export function recountApproval(
  { process, stimulus }: Questioned,
  before: StoredState | null,
  gateState: string,
  decision: GateDecision | null,
  chosen: string | null,
): boolean {
  const { body, actor } = stimulus;
  const compiled = process.gates.get(gateState);
  const open = before === null ? undefined : memberOf(before.gates, gateState);
  if (before === null || compiled === undefined || open === undefined) return false;
  if (body.kind === 'count')
    return decision === null && recountBallots({ process, stimulus }, body, before, gateState, chosen);
  if (decision === null || compiled.gate.ballot === 'secret') return false;
  if (body.kind !== 'decision' || body.gate !== gateState || actor.kind !== 'person') return false;
  if (body.opened !== open.opened || body.subject !== open.subject) return false;
  if (decision.person !== actor.person || decision.onBehalfOf !== actor.onBehalfOf) return false;
  if (decision.verdict !== body.verdict) return false;
  const candidates = candidatesFor(before, compiled.gate);
  if (candidates.length > 0 && !candidates.some(({ digest }) => digest === chosen)) return false;

  const excluded = excludedPeople(process, compiled, before, scopeOf(before, stimulus), body.personBehind);
  const mayDecide = new Set(body.roster.filter((person) => !excluded.has(person)));
  if (!mayDecide.has(seatOf(actor))) return false;
  if (excluded.has(actor.person) || excluded.has(actor.principal)) return false;
  const votes = [...open.decisions, decision].filter(
    (vote) => mayDecide.has(seatOf(vote)) && !excluded.has(vote.person),
  );
  const seatsWith = (...verdicts: readonly RecordedVerdict[]) =>
    new Set(votes.filter(({ verdict }) => verdicts.includes(verdict)).map(seatOf));
  const peopleWho = (...verdicts: readonly RecordedVerdict[]) =>
    new Set(votes.filter(({ verdict }) => verdicts.includes(verdict)).map(({ person }) => person));
  const steppedBack = peopleWho('recuse');
  // Split votes do not add up: of several proposals only the approvals of the chosen one count.
  const isFor = ({ verdict, choice }: GateDecision) =>
    verdict === 'approve' && (candidates.length === 0 || choice === chosen);
  const inFavour = votes.filter(isFor);
  const unheard = new Set(
    votes.map(({ person }) => person).filter((person) => lacksView(compiled.gate, open, person)),
  );
  const approving = Math.min(
    new Set(inFavour.map(({ person }) => person)).difference(steppedBack).difference(unheard).size,
    new Set(inFavour.map(seatOf)).difference(steppedBack).size,
  );
  const cast = seatsWith('approve', 'reject', 'return', 'abstain').difference(steppedBack);
  const { gate } = compiled;
  const all = new Set(body.roster);
  const members = isOnAPerson(process, gate) ? all.size : all.difference(steppedBack).size;
  if (cast.size < presenceNeeded(gate, members)) return false;
  return approving >= approvalsNeeded(gate, isOfVotesCast(gate) ? cast.size : members);
}

/** As many approvals are in the box, less one for each who voted and is no member any more, as are needed. */
function recountBallots(
  { process, stimulus }: Pick<Questioned, 'process' | 'stimulus'>,
  body: StimulusBody & { readonly kind: 'count' },
  before: StoredState,
  gateState: string,
  chosen: string | null,
): boolean {
  const compiled = process.gates.get(gateState);
  const open = memberOf(before.gates, gateState);
  if (compiled === undefined || open === undefined || body.gate !== gateState) return false;
  const { gate } = compiled;
  const { actor } = stimulus;
  if (gate.ballot !== 'secret' || actor.kind !== 'person') return false;
  if (body.opened !== open.opened || body.subject !== open.subject) return false;
  const excluded = excludedPeople(process, compiled, before, scopeOf(before, stimulus), body.personBehind);
  const mayDecide = new Set(body.roster.filter((person) => !excluded.has(person)));
  if (!mayDecide.has(seatOf(actor)) || excluded.has(actor.person)) return false;
  const votes = open.decisions.filter(({ verdict }) => verdict === 'sealed');
  const counting = votes.filter(
    (vote) =>
      mayDecide.has(seatOf(vote)) && !excluded.has(vote.person) && !lacksView(gate, open, vote.person),
  );
  const cast = Math.min(new Set(counting.map(seatOf)).size, new Set(counting.map((one) => one.person)).size);
  const numbers = new Set(body.ballots.map(({ number }) => number));
  if (numbers.size !== votes.length || body.ballots.length !== votes.length) return false;
  const candidates = candidatesFor(before, gate);
  if (candidates.length > 0 && !candidates.some(({ digest }) => digest === chosen)) return false;
  const isFor = ({ verdict, choice }: Ballot) =>
    verdict === 'approve' && (candidates.length === 0 || choice === chosen);
  const approvals = body.ballots.filter(isFor).length;
  const steppedBack = new Set(
    open.decisions.filter(({ verdict }) => verdict === 'recuse').map(({ person }) => person),
  );
  const all = new Set(body.roster);
  const members = isOnAPerson(process, gate) ? all.size : all.difference(steppedBack).size;
  if (cast < presenceNeeded(gate, members)) return false;
  const standing = approvals - (votes.length - cast);
  return standing >= approvalsNeeded(gate, isOfVotesCast(gate) ? cast : members);
}
