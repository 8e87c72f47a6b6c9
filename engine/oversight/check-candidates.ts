/**
 * The second look at several proposals for one step: each comes from an agent, live, and is the one that was handed
 * in; all that came for one request, and nothing else, comes before the people together, when as many have come as may
 * or the request's own time is over; and only a choice that people made ends their being side by side.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';
import { waitingOf } from '../step/timeout-of.ts';
import type { Questioned } from './check-oversight.ts';
import { proposalDigest } from './digests.ts';

/** What would be wrong, to go on after "because"; null when nothing is. */
export function problemOfCandidates(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
): string | null {
  return problemOfRequests(at, before, after) ?? problemOfChoice(at, before, after);
}

/** One at a time may come, from the agent whose step it is; what came before stays as it is. */
function problemOfRequests(at: Questioned, before: StoredState | null, after: StoredState): string | null {
  if (before?.requests === after.requests) return null;
  for (const [state, { opened, decision, candidates = [] }] of Object.entries(after.requests)) {
    const was = before === null ? undefined : memberOf(before.requests, state);
    const known = was?.opened === opened ? (was.candidates ?? []) : [];
    if (candidates.length < known.length || !known.every((one, place) => isSame(one, candidates[place])))
      return `what agents handed in for ${state} would be another`;
    const added = candidates.slice(known.length);
    const isAnswer = at.stimulus.body.kind === 'proposal' && at.stimulus.body.state === state;
    if (added.length > (isAnswer ? 1 : 0)) return `more would be handed in for ${state} than the agent did`;
    if (!added.every((one) => isArrival(at, decision, one)))
      return `a proposal of ${decision} would appear other than live and from an agent`;
  }
  return null;
}

function problemOfChoice(at: Questioned, before: StoredState | null, after: StoredState): string | null {
  if (before?.candidates === after.candidates) return null;
  const [were, are] = [before?.candidates ?? {}, after.candidates ?? {}];
  for (const [kind, candidates] of Object.entries(are)) {
    const was = memberOf(were, kind);
    if (was !== undefined && isSame(was, candidates)) continue;
    if (candidates.length < 2 || !isWhole(at, before, after, kind, candidates))
      return `proposals of ${kind} would be chosen among that are not those that agents handed in`;
    if (memberOf(after.proposals, kind) !== undefined)
      return `a proposal of ${kind} would stand beside those among which people choose`;
  }
  const gone = Object.keys(were).find((kind) => memberOf(are, kind) === undefined);
  if (gone === undefined || memberOf(after.proposals, gone) !== undefined) return null;
  return `the proposals of ${gone} would vanish`;
}

/** Whether they are all that came for the request of the kind that this very step closes, each of an agent of its own. */
export function isWhole(
  at: Questioned,
  before: StoredState | null,
  after: StoredState,
  kind: string,
  candidates: readonly HeldProposal[],
): boolean {
  const closed = before === null ? null : requestClosed(at, before, after);
  if (closed?.decision !== kind || !candidates.every(isUntouched)) return false;
  const { candidates: came = [], several, isByTime } = closed;
  const added = candidates.filter((one) => !came.some((known) => isSame(known, one)));
  // As many as came, and none twice: so they are all of them.
  const proposers = new Set(candidates.map(({ proposer }) => proposer));
  if (candidates.length !== came.length + added.length || proposers.size < candidates.length) return false;
  if (isByTime) return several !== undefined && added.length === 0 && came.length >= several.atLeast;
  const isFull = candidates.length === (several?.atMost ?? 1);
  return isFull && added.length === 1 && added.every((one) => isArrival(at, kind, one));
}

/** The request that this step answers, or whose own time is over by it, and that does not stand after it. */
function requestClosed(
  { process, stimulus: { body, time } }: Questioned,
  before: StoredState,
  after: StoredState,
) {
  const state = body.kind === 'proposal' ? body.state : body.kind === 'timer' ? waitingOf(body.timer) : null;
  const request = state === null ? undefined : memberOf(before.requests, state);
  if (state === null || request === undefined) return null;
  if (memberOf(after.requests, state)?.opened === request.opened) return null;
  if (body.kind === 'proposal' && body.opened !== request.opened) return null;
  if (body.kind === 'timer') {
    const timer = memberOf(before.timers, body.timer);
    if (timer === undefined || timer.set !== body.set || time < timer.dueAt) return null;
  }
  const several = process.proposes.get(state)?.propose.several;
  return { ...request, several, isByTime: body.kind === 'timer' };
}

function isArrival(at: Questioned, kind: string, one: HeldProposal): boolean {
  const { actor, body } = at.stimulus;
  return (
    body.kind === 'proposal' &&
    actor.kind === 'agent' &&
    isUntouched(one) &&
    one.proposer === actor.principal &&
    digestOf(at, kind, one) === one.digest
  );
}

/** What the proposal is bound by, worked out anew. */
export function digestOf({ instance, process }: Questioned, decision: string, held: HeldProposal): string {
  const { payload, proposer, operator, provenance, definition = process.hash } = held;
  return proposalDigest({
    instance,
    definition,
    decision,
    payload,
    proposer,
    operator,
    provenance,
  });
}

export const isUntouched = ({ status, acts, passedOver }: HeldProposal) =>
  status === 'live' && acts.length === 0 && passedOver === undefined;

const isSame = (one: unknown, other: unknown) =>
  other !== undefined && (one === other || canonicalJson(one as never) === canonicalJson(other as never));
