/**
 * The second look at several proposals for one step: each comes from an agent, live, and is the one that was handed
 * in; all of them come before the people together; and only a choice that people made ends their being side by side.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { HeldProposal, StoredState } from '../step/stored-state.ts';
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
    const isKnown = (one: HeldProposal) => handedIn(before, kind).some((known) => isSame(known, one));
    const isSound = candidates.every((one) => isUntouched(one) && (isKnown(one) || isArrival(at, kind, one)));
    const proposers = new Set(candidates.map(({ proposer }) => proposer));
    if (!isSound || candidates.length < 2 || proposers.size < candidates.length)
      return `proposals of ${kind} would be chosen among that agents did not hand in`;
    if (memberOf(after.proposals, kind) !== undefined)
      return `a proposal of ${kind} would stand beside those among which people choose`;
  }
  const gone = Object.keys(were).find((kind) => memberOf(are, kind) === undefined);
  if (gone === undefined || memberOf(after.proposals, gone) !== undefined) return null;
  return `the proposals of ${gone} would vanish`;
}

/** All that agents have handed in for requests of the kind that still wait. */
export function handedIn(before: StoredState | null, kind: string): readonly HeldProposal[] {
  return Object.values(before?.requests ?? {}).flatMap(({ decision, candidates }) =>
    decision === kind ? (candidates ?? []) : [],
  );
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
