/** Counts the decisions at a gate: has it come to an outcome, and to which? It knows nobody's authority. */
import type { Gate, Quorum } from '../../schemas/process-definition.ts';
import type { GateOutcome } from '../definition/compiled-process.ts';
import type { RecordedVerdict } from '../step/stimulus.ts';
import { seatOf } from './directory.ts';

export interface Vote {
  readonly person: string;
  /** The member in whose seat the person voted; left out: their own. */
  readonly onBehalfOf?: string;
  readonly verdict: RecordedVerdict;
  /** Of an approval, where several proposals are decided on: digest of the one that it is for. */
  readonly choice?: string;
}

export interface Tally {
  /** Approvals that are needed, as the votes stand. */
  readonly needed: number;
  /** Of several proposals: those for the one that has the most. */
  readonly approved: number;
  readonly rejected: number;
  readonly returned: number;
  readonly abstained: number;
  readonly recused: number;
  /** Members who voted; who stepped back did not. */
  readonly present: number;
  /** How many of them there must be before anything comes of it; 0 where the gate says nothing. */
  readonly presentNeeded: number;
  /** All whom a share is of, whether they may decide this case or not. */
  readonly members: number;
  /** Whether those who have not voted could still bring it to an approval. */
  readonly reachable: boolean;
  /** Null while the gate is still open. */
  readonly outcome: GateOutcome | null;
  /** Digest of the one of several proposals that was approved; null for any other outcome, and where there is one. */
  readonly chosen: string | null;
  /** Approvals by the digest that they are for; empty where there is nothing to choose. */
  readonly byChoice: ReadonlyMap<string, number>;
}

export interface Electorate {
  /** Person ids of all members. */
  readonly roster: readonly string[];
  /** Members who may not decide this case. They still count as members. */
  readonly excluded: ReadonlySet<string>;
  /** The outcomes the gate's state has a transition for. */
  readonly handles: ReadonlySet<GateOutcome>;
  /** Whether a share stays one of all members, whoever of them stepped back: so for a decision on a person. */
  readonly ofAllMembers: boolean;
  /** Whether no vote can come any more: so when a secret ballot is counted. */
  readonly isFinal?: boolean;
}

/**
 * A number of approvals: the first rejection rejects and the first return returns, since any reviewer may
 * stop what needs only a few. A share of all members: everyone's vote counts, and the gate closes as soon
 * as approval is reached or can no longer be reached. A share of the votes cast: these are counted once,
 * when as many have voted as must be present, so that nobody can close the vote at a moment that suits them.
 *
 * Who abstains is present and does not approve. Who recuses themself is no member here any more.
 *
 * Of several proposals each approval is for one, and only that one's count: split votes do not add up. Where the votes
 * are so split that none can have enough any more, the gate closes, whatever its quorum is.
 *
 * A secret ballot comes to nothing before it is counted, and at the count it comes to an outcome in any case.
 */
export function tallyGate(gate: Gate, votes: readonly Vote[], electorate: Electorate): Tally {
  const counted = countVotes(votes, electorate);
  const { present, members } = counted;
  const presentNeeded = presenceNeeded(gate, members);
  const needed = approvalsNeeded(gate, isOfVotesCast(gate) ? Math.max(present, presentNeeded) : members);
  const standing = { ...counted, needed, presentNeeded };
  const reachable = isReachable(gate, standing);
  const { waiting: _waiting, inAll: _inAll, sealed: _sealed, leading, ...told } = standing;
  const isFinal = electorate.isFinal === true;
  if (gate.ballot === 'secret' && !isFinal) return { ...told, reachable, outcome: null, chosen: null };
  const closes = isFinal ? unapproved(standing, electorate) : null;
  const outcome = outcomeOf(gate, standing, reachable, electorate) ?? closes;
  return { ...told, reachable, outcome, chosen: outcome === 'approved' && leading !== '' ? leading : null };
}

/** How many must approve: for a share, of so many who count. Absence never helps. */
export function approvalsNeeded(gate: Gate, of: number): number {
  return shareOf(gate.quorum?.approve ?? 1, of);
}

/** How many must have voted before anything comes of it. */
export function presenceNeeded(gate: Gate, members: number): number {
  const present = gate.quorum?.present;
  return present === undefined ? 0 : shareOf(present, members);
}

function shareOf(share: Quorum['approve'], of: number): number {
  if (typeof share === 'number') return share;
  if (share === 'more-than-half') return Math.floor(of / 2) + 1;
  // Nobody at all is not everybody: an empty roster approves nothing.
  return Math.max(1, share === 'two-thirds' ? Math.ceil((of * 2) / 3) : of);
}

/** Whether the gate takes a collective vote: a share rather than a number. */
export function isCollective(gate: Gate): boolean {
  return typeof gate.quorum?.approve === 'string';
}

export function isOfVotesCast(gate: Gate): boolean {
  return isCollective(gate) && gate.quorum?.of === 'votes-cast';
}

interface Counted {
  /** For the choice that has the most. */
  readonly approved: number;
  /** For any choice. */
  readonly inAll: number;
  /** The choice that has the most: empty where there is nothing to choose, null where several have as many. */
  readonly leading: string | null;
  readonly byChoice: ReadonlyMap<string, number>;
  readonly rejected: number;
  readonly returned: number;
  readonly abstained: number;
  readonly recused: number;
  readonly present: number;
  readonly members: number;
  /** Votes in a secret ballot that is not counted yet. */
  readonly sealed: number;
  /** Members who may still vote. */
  readonly waiting: number;
}

type Standing = Counted & Pick<Tally, 'needed' | 'presentNeeded'>;

/** One person counts once, one seat counts once, and only while it is a member's who may decide. */
function countVotes(
  votes: readonly Vote[],
  { roster, excluded, ofAllMembers, isFinal = false }: Electorate,
): Counted {
  const members = new Set(roster);
  const verdicts = new Map<string, RecordedVerdict>();
  const choices = new Map<string, number>();
  const counted = new Set<string>();
  for (const vote of votes) {
    const { person, verdict } = vote;
    const seat = seatOf(vote);
    if (!members.has(seat) || excluded.has(seat) || excluded.has(person)) continue;
    if (verdicts.has(seat) || counted.has(person)) continue;
    verdicts.set(seat, verdict);
    counted.add(person);
    if (verdict === 'approve') choices.set(vote.choice ?? '', (choices.get(vote.choice ?? '') ?? 0) + 1);
  }
  const approved = Math.max(0, ...choices.values());
  const first = [...choices.keys()].filter((choice) => choices.get(choice) === approved);
  // Whoever voted in another's seat has no second vote for their own.
  const voted = new Set(votes.flatMap((vote) => [vote.person, seatOf(vote)]));
  const mayVote = isFinal ? [] : [...members].filter((person) => !voted.has(person) && !excluded.has(person));
  const count = (wanted: RecordedVerdict) =>
    [...verdicts.values()].filter((verdict) => verdict === wanted).length;
  const recused = count('recuse');
  return {
    approved,
    inAll: count('approve'),
    leading: first.length > 1 ? null : (first[0] ?? ''),
    byChoice: new Map([...choices].filter(([choice]) => choice !== '')),
    rejected: count('reject'),
    returned: count('return'),
    abstained: count('abstain'),
    recused,
    present: verdicts.size - recused,
    members: members.size - (ofAllMembers ? 0 : recused),
    sealed: count('sealed'),
    waiting: mayVote.length,
  };
}

/** Whether it could come to an approval if all who have not voted approve, as far as that is known. */
function isReachable(gate: Gate, standing: Standing): boolean {
  const { leading, rejected, returned, present, presentNeeded, waiting, needed } = standing;
  // Every one that is sealed may be an approval.
  const approved = standing.approved + standing.sealed;
  if (present + waiting < presentNeeded) return false;
  // Where several have as many, another vote has to come before one of them can be approved.
  if (leading === null && waiting === 0) return false;
  if (!isCollective(gate)) return rejected + returned === 0 && approved + waiting >= needed;
  if (!isOfVotesCast(gate)) return approved + waiting >= needed;
  // The votes are counted when the last one that is needed has come.
  return approved + Math.max(0, presentNeeded - present) >= needed;
}

function outcomeOf(
  gate: Gate,
  standing: Standing,
  reachable: boolean,
  { handles }: Electorate,
): GateOutcome | null {
  const { approved, inAll, leading, rejected, returned, needed, present, presentNeeded, waiting } = standing;
  const isEnough = approved >= needed && leading !== null;
  const attended = present >= presentNeeded;
  const mayBeAttended = present + waiting >= presentNeeded;
  if (!isCollective(gate)) {
    // A number closes by what somebody said. Where nobody may say anything any more, others have to be found.
    if (!attended && mayBeAttended) return null;
    if (rejected > 0) return 'rejected';
    if (returned > 0) return 'returned';
    if (attended && isEnough) return 'approved';
    return inAll > approved && !reachable ? sentBack(handles) : null;
  }
  if (attended && isEnough) return 'approved';
  const isCounted = isOfVotesCast(gate) && attended && present > 0;
  if (!isCounted && (reachable || (!attended && mayBeAttended))) return null;
  // They want one of the proposals, and could not agree on which: that is no rejection.
  if (inAll > approved && inAll >= needed && handles.has('returned')) return 'returned';
  return unapproved(standing, { handles });
}

/** What it comes to that is no approval. */
function unapproved(
  { rejected, returned }: Pick<Standing, 'rejected' | 'returned'>,
  { handles }: Pick<Electorate, 'handles'>,
): GateOutcome {
  if (!handles.has('rejected')) return 'returned';
  return handles.has('returned') && returned > 0 && returned >= rejected ? 'returned' : 'rejected';
}

/** Where the approvals are split for good; null where the gate has no way back, and stays open. */
function sentBack(handles: ReadonlySet<GateOutcome>): GateOutcome | null {
  if (handles.has('returned')) return 'returned';
  return handles.has('rejected') ? 'rejected' : null;
}
