/** What a change does to the manner of deciding at one gate: by when, how secretly, how surely known, with how many present. */

import type { Delay, Gate } from '../../schemas/process-definition.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { describeAllow } from './compare-allow.ts';
import { tellDuration } from './compare-transitions.ts';
import type { Places } from './comparison.ts';
import type { DifferenceList } from './difference.ts';

type Assurance = NonNullable<Gate['assurance']>;

/** From the least to the most. */
const assurances: readonly Assurance[] = ['session', 'otp', 'passkey', 'certificate'];

/** `name` is the gate's, in a sentence. */
export function compareGateRules(
  before: Gate,
  after: Gate,
  name: string,
  places: (member: keyof Gate) => Places,
  list: DifferenceList,
): void {
  compareAssurance(
    before.assurance ?? 'session',
    after.assurance ?? 'session',
    name,
    places('assurance'),
    list,
  );
  const heard = [before.independentView === true, after.independentView === true] as const;
  if (heard[0] !== heard[1]) {
    const at = places('independentView');
    const message = heard[1]
      ? `The reviewers of ${name} now say what they think before they are shown the proposal.`
      : `The reviewers of ${name} no longer say what they think before they are shown the proposal.`;
    list.add(heard[1] ? 'independent-view-asked' : 'independent-view-dropped', message, at.a, at.b);
  }
  const ballots = [before.ballot ?? 'open', after.ballot ?? 'open'] as const;
  if (ballots[0] !== ballots[1]) {
    const at = places('ballot');
    list.add(
      'ballot-changed',
      `The ballot at ${name} was ${ballots[0]} and is now ${ballots[1]}.`,
      at.a,
      at.b,
    );
  }
  comparePresence(before, after, name, places('quorum'), list);
  compareDelay(`The time that the reviewers of ${name} have`, before.due, after.due, places('due'), list);
  compareOverdue(before, after, name, places('onOverdue'), list);
}

function compareAssurance(
  from: Assurance,
  to: Assurance,
  name: string,
  at: Places,
  list: DifferenceList,
): void {
  if (from === to) return;
  const lowered = assurances.indexOf(to) < assurances.indexOf(from);
  const message = `How surely reviewers are known at ${name} is ${lowered ? 'lowered' : 'raised'} from ${from} to ${to}.`;
  list.add(lowered ? 'assurance-lowered' : 'assurance-raised', message, at.a, at.b);
}

/** What a share is of, and how many must have voted: either may let fewer people decide. */
function comparePresence(before: Gate, after: Gate, name: string, at: Places, list: DifferenceList): void {
  const share = ({ quorum }: Gate) =>
    typeof quorum?.approve === 'string' ? (quorum.of ?? 'members') : undefined;
  if (share(before) === share(after) && before.quorum?.of !== after.quorum?.of) {
    list.add('spelling-changed', `The quorum of ${name} says the same in other words.`, at.a, at.b);
  } else if (share(before) !== share(after) && share(before) !== undefined && share(after) !== undefined) {
    const lowered = share(after) === 'votes-cast';
    const words = lowered
      ? 'the votes cast, no longer of all members'
      : 'all members, no longer of the votes cast';
    const message = `The quorum of ${name} is now of ${words}.`;
    list.add(lowered ? 'quorum-lowered' : 'quorum-raised', message, at.a, at.b);
  }
  const [from, to] = [before.quorum?.present, after.quorum?.present];
  if (from === to) return;
  const said = (present: typeof from) =>
    present === undefined ? 'nobody' : `${present}`.replaceAll('-', ' ');
  const message = `How many must have voted at ${name} was ${said(from)} and is now ${said(to)}.`;
  list.add('presence-changed', message, at.a, at.b);
}

/** By the clock it is shorter or longer; against working days nobody can tell from the file. */
export function compareDelay(
  what: string,
  before: Delay | undefined,
  after: Delay | undefined,
  at: Places,
  list: DifferenceList,
): void {
  if (before === undefined && after === undefined) return;
  if (before === undefined) list.add('due-added', `${what} is now limited to ${inWords(after)}.`, at.a, at.b);
  else if (after === undefined)
    list.add('due-removed', `${what} is no longer limited; it was ${inWords(before)}.`, at.a, at.b);
  else if (typeof before === 'string' && typeof after === 'string')
    tellDuration(list, what, before, after, at);
  else if (typeof before === 'object' && typeof after === 'object') {
    if (before.workingDays === after.workingDays) return;
    const shorter = after.workingDays < before.workingDays;
    const message = `${what} is ${shorter ? 'shortened' : 'lengthened'} from ${inWords(before)} to ${inWords(after)}.`;
    list.add(shorter ? 'deadline-shortened' : 'deadline-lengthened', message, at.a, at.b);
  } else {
    list.add('due-changed', `${what} was ${inWords(before)} and is now ${inWords(after)}.`, at.a, at.b);
  }
}

export function inWords(delay: Delay | undefined): string {
  if (delay === undefined) return 'nothing';
  return typeof delay === 'string' ? delay : `${delay.workingDays} working days`;
}

/** Where an overdue gate leads is a transition and told as one; here is who is told, and how often. */
function compareOverdue(before: Gate, after: Gate, name: string, at: Places, list: DifferenceList): void {
  const [from, to] = [before.onOverdue, after.onOverdue];
  if (canonicalJson(from?.escalate ?? null) !== canonicalJson(to?.escalate ?? null)) {
    const message = `Who is told when ${name} is overdue was ${describeAllow(from?.escalate)} and is now ${describeAllow(to?.escalate)}.`;
    list.add('escalation-changed', message, at.a, at.b);
  }
  if (canonicalJson(from?.remind ?? null) !== canonicalJson(to?.remind ?? null)) {
    const message = `How often the reviewers of ${name} are reminded was ${inWords(from?.remind)} and is now ${inWords(to?.remind)}.`;
    list.add('escalation-changed', message, at.a, at.b);
  }
}
