/**
 * Several agents answer one request, side by side: it stays open until as many have answered as may, or until its
 * time is over and as many have as must. Going on is no consent: what they handed in is inert as ever, and people
 * choose among it.
 */
import type { Several } from '../../schemas/definition/propose.ts';
import type { Entry } from '../../schemas/entry.ts';
import { memberOf, withoutMember } from '../evidence/member-of.ts';
import { inOrder, withCandidates } from '../oversight/candidates.ts';
import type { Directory } from '../oversight/directory.ts';
import { isSameOperator } from '../oversight/operator-of-agent.ts';
import { refuse } from './refuse.ts';
import type { Refusal } from './step.ts';
import type { HeldProposal, ProposalRequest, StoredState } from './stored-state.ts';
import { timeoutOf } from './timeout-of.ts';

/** The state with one more answer to the request, which goes on waiting. */
export function keepWaiting(state: StoredState, name: string, held: HeldProposal): StoredState {
  const request = memberOf(state.requests, name);
  if (request === undefined) return state;
  const candidates = [...(request.candidates ?? []), held];
  return { ...state, requests: { ...state.requests, [name]: { ...request, candidates } } };
}

/** The state without the request, and with what was handed in before the people who decide. */
export function closeRequest(
  state: StoredState,
  name: string,
  decision: string,
  handedIn: readonly HeldProposal[],
): StoredState {
  const [only, ...others] = handedIn;
  const proposals =
    only === undefined || others.length > 0
      ? withoutMember(state.proposals, decision)
      : { ...state.proposals, [decision]: only };
  const closed = {
    ...state,
    requests: withoutMember(state.requests, name),
    timers: withoutMember(state.timers, timeoutOf(name)),
    proposals,
  };
  return withCandidates(closed, decision, others.length > 0 ? handedIn : []);
}

/** What has come when the time is over, if it is enough; null where it is not, or only one agent was asked. */
export function enoughBy(
  several: Several | undefined,
  request: ProposalRequest | undefined,
): readonly HeldProposal[] | null {
  const handedIn = request?.candidates ?? [];
  return several !== undefined && handedIn.length >= several.atLeast ? handedIn : null;
}

/** How the entry that closes the request tells it. */
export function candidatesInEntry(
  state: string,
  { decision, opened }: ProposalRequest,
  handedIn: readonly HeldProposal[],
): Pick<Entry, 'candidates'> {
  return { candidates: { decision, digests: inOrder(handedIn).map(({ digest }) => digest), opened, state } };
}

/** Each agent is heard once, and so is each who operates agents: else one of them could be all the choice there is. */
export function refuseSecond(
  { candidates = [] }: ProposalRequest,
  { proposer, operator }: HeldProposal,
): Refusal | null {
  if (candidates.some((one) => one.proposer === proposer)) {
    return refuse(
      'already-proposed',
      'You have handed in a proposal for this request already, and it stays as it is.',
      'Take another request; what becomes of this one is for the others and then for people.',
    );
  }
  const isHeard = operator !== null && candidates.some((one) => one.operator === operator);
  return isHeard ? refuseOperator(operator) : null;
}

/** As the directory has it, who also tells of whom a unit is made that operates; for the door, before the step. */
export function refuseSecondOperator(
  directory: Pick<Directory, 'principals' | 'units'>,
  { candidates = [] }: ProposalRequest,
  operator: string | null,
): Refusal | null {
  if (operator === null) return null;
  const heard = candidates.find(
    (one) =>
      one.operator !== null && one.operator !== operator && isSameOperator(directory, one.operator, operator),
  );
  return heard?.operator === undefined || heard.operator === null ? null : refuseOperator(heard.operator);
}

/** Whether the agent, or another of its operator's, has answered the request. */
export function hasSpoken(
  directory: Pick<Directory, 'principals' | 'units'>,
  { candidates = [] }: ProposalRequest,
  agent: string,
  operator: string | null,
): boolean {
  return candidates.some(
    (one) =>
      one.proposer === agent ||
      (operator !== null && one.operator !== null && isSameOperator(directory, one.operator, operator)),
  );
}

const refuseOperator = (operator: string) =>
  refuse(
    'already-proposed',
    `Another agent of ${operator} has handed in a proposal for this request already.`,
    'Take another request: each operator is heard once.',
  );
