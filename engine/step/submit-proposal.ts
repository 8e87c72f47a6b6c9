/** Takes an agent's proposal: checked, bound by its digest, stored, and inert (P2). */
import type { JsonObject } from '../../schemas/json.ts';
import { memberOf, withoutMember } from '../evidence/member-of.ts';
import { proposalDigest } from '../oversight/digests.ts';
import { explainAllow } from '../oversight/explain-allow.ts';
import { permits } from '../oversight/permits.ts';
import { checkSubmission } from './check-submission.ts';
import { candidatesInEntry, closeRequest, keepWaiting, refuseSecond } from './collect-proposals.ts';
import type { Case, Prepared } from './prepared.ts';
import { refuse, refuseInput } from './refuse.ts';
import { machineEvent, scopeOf } from './scope.ts';
import type { Refusal } from './step.ts';
import type { ProposalSubmission, StimulusBody } from './stimulus.ts';
import type { HeldProposal, StoredState } from './stored-state.ts';

export function submitProposal(
  at: Case,
  state: StoredState,
  body: StimulusBody & { kind: 'proposal' },
): Prepared | Refusal {
  const { process, stimulus } = at;
  if (stimulus.actor.kind !== 'agent') {
    return refuse(
      'not-allowed',
      'Proposals are handed in by agents.',
      'Send one of the events that the instance lists.',
    );
  }
  const compiled = process.proposes.get(body.state);
  if (compiled === undefined) {
    return refuse(
      'not-possible-here',
      `The state ${body.state} asks for no proposal.`,
      'Claim a request first, and answer that.',
    );
  }
  const { agent, decision } = compiled.propose;
  const scope = scopeOf(state, stimulus);
  if (!permits(agent, stimulus.actor, scope, process)) {
    const who = explainAllow(agent);
    return refuse('not-allowed', `Only ${who} may propose here.`, `Let ${who} answer this request.`);
  }
  const request = memberOf(state.requests, body.state);
  if (request?.opened !== body.opened) {
    return refuse(
      'stale',
      'This request was answered, timed out, or was asked anew.',
      'Claim a request that is open now.',
    );
  }
  const about = checkSubmission(body.proposal);
  if (about.length > 0) return refuseInput('What is said of the proposal', about);
  const issues = compiled.output(body.proposal.payload);
  if (issues.length > 0) return refuseInput('The proposal', issues);
  const held = hold(at, decision, body.proposal);
  const second = refuseSecond(request, held);
  if (second !== null) return second;
  const { several } = compiled.propose;
  const handedIn = [...(request.candidates ?? []), held];
  const proposal = { decision, digest: held.digest };
  if (several !== undefined && handedIn.length < several.atMost) {
    return {
      kind: 'prepared',
      state: keepWaiting(state, body.state, held),
      event: null,
      otherwise: null,
      decision: null,
      entry: { event: body.state, proposal: { ...proposal, opened: body.opened } },
      what: 'The proposal',
    };
  }
  return {
    kind: 'prepared',
    state: closeRequest(state, body.state, decision, handedIn),
    event: machineEvent(
      `countersign.proposed.${body.state}`,
      withoutProposal(scope, decision),
      process,
      stimulus,
    ),
    otherwise: null,
    decision: null,
    entry:
      several === undefined
        ? { event: body.state, proposal }
        : {
            event: body.state,
            proposal: { ...proposal, opened: body.opened },
            ...candidatesInEntry(body.state, request, handedIn),
          },
    what: 'The proposal',
  };
}

/** What an earlier proposal of the kind was approved for ends where a new one begins. */
function withoutProposal(scope: ReturnType<typeof scopeOf>, decision: string) {
  return { ...scope, proposal: withoutMember(scope.proposal, decision) };
}

function hold(
  { process, instance, seq, stimulus }: Case,
  decision: string,
  submission: ProposalSubmission,
): HeldProposal {
  const { payload, operator, ...rest } = submission;
  const proposer = stimulus.actor.principal;
  const provenance: JsonObject = { ...rest };
  const digest = proposalDigest({
    instance,
    definition: process.hash,
    decision,
    payload,
    proposer,
    operator,
    provenance,
  });
  return { digest, payload, proposer, operator, provenance, seq, status: 'live', acts: [] };
}
