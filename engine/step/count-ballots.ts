/**
 * Opens the ballot box of a gate and counts what was in it: who may (P3), when, and what it comes to. Nobody's
 * silence counts for anything, and no timer counts (P4). Who cast which ballot it is not told.
 */
import type { CompiledGate } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import { isOnAPerson } from '../oversight/demanded-acts.ts';
import { seatOf } from '../oversight/directory.ts';
import { excludedPeople } from '../oversight/excluded-people.ts';
import { lacksView } from '../oversight/independent-view.ts';
import { tallyGate, type Vote } from '../oversight/quorum.ts';
import { closeGate, gateInScope } from './decide-at-gate.ts';
import { mostRemarks } from './gate-remarks.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse } from './refuse.ts';
import { refuseOutsider } from './refuse-reviewer.ts';
import { outcomesOf } from './refuse-verdict.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { Ballot, StimulusBody } from './stimulus.ts';
import type { GateDecision, OpenGate, StoredState } from './stored-state.ts';

export type CountBody = StimulusBody & { readonly kind: 'count' };

export function countBallots(at: Case, state: StoredState, body: CountBody): Prepared | Refusal {
  const { process, stimulus } = at;
  const standing = standingBox(at, state, body);
  if (standing.kind === 'refusal') return standing;
  const { compiled, open, excluded, sealed } = standing;
  if (!areCast(body.ballots, sealed.length)) return refuseChanged();

  const lost = new Set(sealed.filter((vote) => isLost(vote, standing, body.roster)));
  const counted = withoutLost(body.ballots, lost.size);
  // Which ballot is whose nobody knows: any pairing comes to the same tally.
  const voters = sealed.filter((vote) => !lost.has(vote));
  const votes = counted.map(
    ({ verdict, choice }, index): Vote => ({
      person: voters[index]?.person ?? '',
      ...(voters[index]?.onBehalfOf === undefined ? {} : { onBehalfOf: voters[index].onBehalfOf }),
      verdict,
      ...(choice === null ? {} : { choice }),
    }),
  );
  const tally = tallyGate(compiled.gate, [...votes, ...open.decisions.filter(isRecusal)], {
    roster: body.roster,
    excluded,
    handles: outcomesOf(process, body.gate),
    ofAllMembers: isOnAPerson(process, compiled.gate),
    isFinal: true,
  });
  const { outcome, chosen } = tally;
  if (outcome === null) throw new Error('A count comes to an outcome.');
  const decided = closeGate(at, state, compiled, open, outcome, chosen);
  // Reasons in an order of their own: that of the numbers is another one each time.
  const most = mostRemarks(process, body.gate, outcome);
  const scope = scopeOf(decided, stimulus, {}, gateInScope(outcome, inOrder(counted), chosen, most));
  return {
    kind: 'prepared',
    state: decided,
    event: machineEvent(`countersign.outcome.${body.gate}.${outcome}`, scope, process, stimulus),
    otherwise: null,
    decision: null,
    entry: {
      event: body.gate,
      counted: {
        gate: body.gate,
        opened: open.opened,
        meaning: compiled.gate.meaning,
        subject: open.subject,
        ballots: ballotsDigest(body.ballots),
        ...talliesOf(body.ballots),
        struck: lost.size,
        outcome,
        ...(chosen === null ? {} : { chosen }),
      },
    },
    what: `The count at ${body.gate}`,
  };
}

/** SHA-256 of the list as canonical JSON. Nobody can try it out: each number in it was drawn at random. */
export function ballotsDigest(ballots: readonly Ballot[]): string {
  return sha256Hex(canonicalJson(ballots));
}

export function talliesOf(ballots: readonly Ballot[]) {
  const count = (wanted: Ballot['verdict']) => ballots.filter(({ verdict }) => verdict === wanted).length;
  return {
    approved: count('approve'),
    rejected: count('reject'),
    returned: count('return'),
    abstained: count('abstain'),
  };
}

/**
 * What still counts when as many voters are no members any more. Any approval may be theirs, so of each proposal that
 * many are struck off; where that is more than there are such voters, the rest of them counts as abstaining. Where
 * there are fewer approvals, rather what stands in nobody's way goes.
 */
export function withoutLost(ballots: readonly Ballot[], lost: number): readonly Counting[] {
  if (lost === 0) return ballots;
  const struckFrom = new Map<string | null, number>();
  const kept: Counting[] = [];
  let struck = 0;
  for (const ballot of ballots) {
    const before = struckFrom.get(ballot.choice) ?? 0;
    if (ballot.verdict !== 'approve' || before >= lost) kept.push(ballot);
    else {
      struckFrom.set(ballot.choice, before + 1);
      struck += 1;
    }
  }
  const rest = Array.from({ length: Math.max(0, struck - lost) }, () => unsaid);
  const rank = ({ verdict }: Counting) => ['abstain', 'return', 'reject', 'approve'].indexOf(verdict);
  return [...kept, ...rest].sort((one, other) => rank(one) - rank(other)).slice(Math.max(0, lost - struck));
}

/** A ballot without its number. */
type Counting = Pick<Ballot, 'choice' | 'reason' | 'verdict'>;
const unsaid: Counting = { choice: null, reason: null, verdict: 'abstain' };

interface StandingBox {
  readonly kind: 'standing';
  readonly compiled: CompiledGate;
  readonly open: OpenGate;
  readonly excluded: ReadonlySet<string>;
  /** The secret votes on what the gate decides on now. */
  readonly sealed: readonly GateDecision[];
}

function standingBox(at: Case, state: StoredState, body: Omit<CountBody, 'ballots'>): StandingBox | Refusal {
  const { process, stimulus } = at;
  const { actor, time } = stimulus;
  if (actor.kind !== 'person') {
    return refuse(
      'people-only',
      'Only people count the ballots of a gate.',
      'Let one of its reviewers count.',
    );
  }
  const compiled = process.gates.get(body.gate);
  if (compiled?.gate.ballot !== 'secret') {
    return refuse(
      'not-possible-here',
      `At ${body.gate} there is no secret ballot to count.`,
      'Read the gate: an open ballot counts itself.',
    );
  }
  const open = memberOf(state.gates, body.gate);
  if (open === undefined || open.opened !== body.opened || open.subject !== body.subject) {
    return refuse(
      'stale',
      'The gate has closed, or what it decides on has changed since you read it.',
      'Read the gate again.',
    );
  }
  const scope = scopeOf(state, stimulus);
  const reasons = excludedPeople(process, compiled, state, scope, body.personBehind);
  const refusal = refuseOutsider(at, body, compiled, reasons, scope);
  if (refusal !== null) return refusal;
  const back = open.decisions.filter(isRecusal).map(({ person }) => person);
  const gone = [actor.person, seatOf(actor)].find((person) => back.includes(person));
  if (gone !== undefined) {
    return refuse(
      'not-allowed',
      gone === actor.person
        ? 'You stepped back from this gate, and that is not undone.'
        : `${gone} stepped back from this gate, so nobody acts in their seat here.`,
      'Leave the count to the other reviewers.',
    );
  }
  const excluded = new Set(reasons.keys());
  const missing = missingVoters(open, body, excluded);
  const isDue = open.dueAt !== undefined && open.dueAt <= time;
  if (missing > 0 && !isDue) return refuseEarly(missing, open.dueAt);
  const sealed = open.decisions.filter(({ verdict }) => verdict === 'sealed');
  return { kind: 'standing', compiled, open, excluded, sealed };
}

/** How many members could still vote. */
function missingVoters(
  { decisions }: OpenGate,
  { roster, uncleared = [] }: Pick<CountBody, 'roster' | 'uncleared'>,
  excluded: ReadonlySet<string>,
): number {
  const heard = new Set([...decisions.flatMap((vote) => [vote.person, seatOf(vote)]), ...uncleared]);
  return roster.filter((person) => !heard.has(person) && !excluded.has(person)).length;
}

/** Whether this voter, or whose seat it was, is no member any more who may decide. */
function isLost(
  vote: GateDecision,
  { compiled, open, excluded }: StandingBox,
  roster: readonly string[],
): boolean {
  const seat = seatOf(vote);
  const isMember = roster.includes(seat) && !excluded.has(seat) && !excluded.has(vote.person);
  return !isMember || lacksView(compiled.gate, open, vote.person);
}

/** Whether they are as many as the votes, in order, and no two the same. */
function areCast(ballots: readonly Ballot[], votes: number): boolean {
  const sorted = ballots.every(
    ({ number }, index) => index === 0 || (ballots[index - 1]?.number ?? '') < number,
  );
  return sorted && ballots.length === votes;
}

const isRecusal = ({ verdict }: GateDecision) => verdict === 'recuse';

function inOrder(ballots: readonly Counting[]): readonly Counting[] {
  const reason = ({ reason }: Counting) => reason ?? '';
  return [...ballots].sort((one, other) => (reason(one) < reason(other) ? -1 : 1));
}

/** Every one an abstention: for whoever asks whether they could be counted, which no ballot may tell. */
export function blankBallots({ decisions }: OpenGate): readonly Ballot[] {
  return decisions
    .filter(({ verdict }) => verdict === 'sealed')
    .map((_, index) => ({
      number: index.toString(16).padStart(32, '0'),
      verdict: 'abstain',
      choice: null,
      reason: null,
      mark: null,
    }));
}

function refuseEarly(missing: number, dueAt: string | undefined): Refusal {
  const who = missing === 1 ? 'One member has not voted yet' : `${missing} members have not voted yet`;
  return dueAt === undefined
    ? refuse('not-possible-here', `${who}.`, 'Count once all have voted or stepped back.')
    : refuse(
        'not-possible-here',
        `${who}, and they have until ${dueAt}.`,
        'Count once all have voted, or then.',
      );
}

const refuseChanged = () =>
  refuse(
    'stale',
    'The ballots that were taken out of the box are not those that were cast here.',
    'Somebody voted in between: read the gate again, and count then.',
  );
