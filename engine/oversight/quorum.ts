/** Counts the decisions at a gate: has it come to an outcome, and to which? It knows nobody's authority. */
import type { Gate } from '../../schemas/process-definition.ts';
import type { GateOutcome } from '../definition/compiled-process.ts';
import type { Verdict } from '../step/stimulus.ts';

export interface Vote {
  readonly person: string;
  readonly verdict: Verdict;
}

export interface Tally {
  /** Approvals that are needed. */
  readonly needed: number;
  readonly approved: number;
  readonly rejected: number;
  readonly returned: number;
  /** All who may review by the roster, whether they may decide this case or not. */
  readonly members: number;
  /** Null while the gate is still open. */
  readonly outcome: GateOutcome | null;
}

export interface Electorate {
  /** Person ids of all members. */
  readonly roster: readonly string[];
  /** Members who may not decide this case. They still count as members. */
  readonly excluded: ReadonlySet<string>;
  /** The outcomes the gate's state has a transition for. */
  readonly handles: ReadonlySet<GateOutcome>;
}

/**
 * A number of approvals: the first rejection rejects and the first return returns, since any reviewer may
 * stop what needs only a few. A share of all members: everyone's vote counts, and the gate closes as soon
 * as approval is reached or can no longer be reached.
 */
export function tallyGate(gate: Gate, votes: readonly Vote[], electorate: Electorate): Tally {
  const counted = countVotes(votes, electorate);
  const members = electorate.roster.length;
  const needed = approvalsNeeded(gate, members);
  return { ...counted, members, needed, outcome: outcomeOf(gate, counted, needed, electorate) };
}

/** How many must approve: over the whole roster for a share, so that absence never helps. */
export function approvalsNeeded(gate: Gate, members: number): number {
  const approve = gate.quorum?.approve ?? 1;
  if (typeof approve === 'number') return approve;
  if (approve === 'more-than-half') return Math.floor(members / 2) + 1;
  // Nobody at all is not everybody: an empty roster approves nothing.
  return Math.max(1, approve === 'two-thirds' ? Math.ceil((members * 2) / 3) : members);
}

/** Whether the gate takes a collective vote: a share of all members rather than a number. */
export function isCollective(gate: Gate): boolean {
  return typeof gate.quorum?.approve === 'string';
}

interface Counted {
  readonly approved: number;
  readonly rejected: number;
  readonly returned: number;
  /** Members who may still vote. */
  readonly waiting: number;
}

/** One person counts once, and only while they are a member who may decide. */
function countVotes(votes: readonly Vote[], { roster, excluded }: Electorate): Counted {
  const members = new Set(roster);
  const verdicts = new Map<string, Verdict>();
  for (const { person, verdict } of votes) {
    if (members.has(person) && !excluded.has(person) && !verdicts.has(person)) verdicts.set(person, verdict);
  }
  const voted = new Set(votes.map(({ person }) => person));
  const waiting = [...members].filter((person) => !voted.has(person) && !excluded.has(person)).length;
  const count = (wanted: Verdict) => [...verdicts.values()].filter((verdict) => verdict === wanted).length;
  return { approved: count('approve'), rejected: count('reject'), returned: count('return'), waiting };
}

function outcomeOf(
  gate: Gate,
  counted: Counted,
  needed: number,
  { handles }: Electorate,
): GateOutcome | null {
  const { approved, rejected, returned, waiting } = counted;
  if (approved >= needed) return 'approved';
  if (!isCollective(gate)) {
    if (rejected > 0) return 'rejected';
    return returned > 0 ? 'returned' : null;
  }
  if (approved + waiting >= needed) return null;
  if (!handles.has('rejected')) return 'returned';
  return handles.has('returned') && returned >= rejected ? 'returned' : 'rejected';
}
