/** What an agent may do: take a request for a proposal, and hand one in. Nothing else. */
import { Moved } from '../../schemas/api/instances.ts';
import { ClaimBody, ClaimedProposal, leaseSeconds, ProposalBody } from '../../schemas/api/proposals.ts';
import { instanceTag } from '../headers.ts';
import { noContent, type Route, reply, route } from '../route.ts';
import { movingRefusals } from './instances.ts';

const tag = 'Proposals';

export const proposalRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/proposal-requests/claim',
    operation: 'claimProposalRequest',
    tag,
    summary: 'Take a request for a proposal',
    description: 'Leases you the oldest request that you may answer. The body may be left out.',
    scope: 'propose',
    body: { kind: 'json', schema: ClaimBody, mayBeEmpty: true },
    success: {
      status: 200,
      schema: ClaimedProposal,
      description: 'The request.',
      orNoContent: 'No proposal is wanted from you now.',
    },
    refuses: ['not-allowed', 'paused', 'stopped'],
    async handle({ engine, caller, body }) {
      const answer = await engine.claimProposal(caller, (body?.leaseSeconds ?? leaseSeconds.usual) * 1000);
      if (answer.kind === 'refusal') return answer;
      return answer.value === null ? noContent : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/proposals',
    operation: 'submitProposal',
    tag,
    summary: 'Hand in a proposal',
    description:
      'Stored immutable and inert: it takes effect only after authorised people approve exactly it.',
    scope: 'propose',
    body: { kind: 'json', schema: ProposalBody },
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The proposal is on the record.',
      headers: { ETag: 'The new seq of the instance.' },
    },
    refuses: [...movingRefusals, 'not-found', 'not-possible-here', 'finished', 'stale'],
    async handle({ engine, caller, parameters, body, idempotency }) {
      const { payload, model, modelVersion, promptHash, rationale } = body.proposal;
      const { confidence = null, inputs = [], evidence = [], operator = null } = body.proposal;
      const answer = await engine.submitProposal(
        caller,
        {
          instance: parameters.instance,
          state: body.state,
          opened: body.opened,
          claim: body.claim,
          proposal: {
            payload,
            model,
            modelVersion,
            promptHash,
            rationale,
            confidence,
            inputs,
            evidence,
            operator,
          },
        },
        idempotency,
      );
      return answer.kind === 'refusal'
        ? answer
        : reply(answer.value, { etag: instanceTag(answer.value.seq) });
    },
  }),
];
