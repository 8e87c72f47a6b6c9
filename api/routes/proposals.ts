/** What an agent may do: find a request for a proposal, hold it for a while, and hand one in. Nothing else. */

import type { RequestName } from '../../engine/index.ts';
import { pageSize } from '../../schemas/api/common.ts';
import { Moved } from '../../schemas/api/instances.ts';
import {
  ClaimBody,
  ClaimedProposal,
  leaseSeconds,
  ProposalBody,
  ReleaseBody,
  Released,
  RenewBody,
  Renewed,
  RequestList,
  RequestsQuery,
} from '../../schemas/api/proposals.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { replyMoved } from '../reply-moved.ts';
import { noContent, type Route, reply, route } from '../route.ts';
import { movingRefusals } from './instances.ts';

const tag = 'Proposals';

export const proposalRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/proposal-requests',
    operation: 'listProposalRequests',
    tag,
    summary: 'List my requests for a proposal',
    description: 'Those you may answer, the oldest first, with what each asks for and whether it is held.',
    scope: 'propose',
    query: RequestsQuery,
    success: { status: 200, schema: RequestList, description: 'A page of requests.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const cursor = fromCursor(query.cursor) ?? null;
      const answer = await engine.listRequests(caller, cursor, query.limit ?? pageSize.usual);
      if (answer.kind === 'refusal') return answer;
      return reply({ items: answer.value.items, next: toCursor(answer.value.next) });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/proposal-requests/claim',
    operation: 'claimProposalRequest',
    tag,
    summary: 'Take the oldest request for a proposal',
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
    path: '/v1/proposal-requests/{request}/claim',
    operation: 'claimOneProposalRequest',
    tag,
    summary: 'Take this request for a proposal',
    description: 'Leases it to you, unless somebody holds it. The body may be left out.',
    scope: 'propose',
    body: { kind: 'json', schema: ClaimBody, mayBeEmpty: true },
    success: { status: 200, schema: ClaimedProposal, description: 'The request.' },
    refuses: ['not-allowed', 'not-found', 'already-claimed'],
    async handle({ engine, caller, parameters, body }) {
      const leaseMs = (body?.leaseSeconds ?? leaseSeconds.usual) * 1000;
      const answer = await engine.claimRequest(caller, toRequestName(parameters.request), leaseMs);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/proposal-requests/{request}/renew',
    operation: 'renewClaim',
    tag,
    summary: 'Keep a request for longer',
    description: 'The lease is counted anew from now. A lease that has ended is not renewed: claim again.',
    scope: 'propose',
    body: { kind: 'json', schema: RenewBody },
    success: { status: 200, schema: Renewed, description: 'It is yours for longer.' },
    refuses: ['not-allowed', 'stale'],
    async handle({ engine, caller, parameters, body }) {
      const claimed = { ...toRequestName(parameters.request), claim: body.claim };
      const answer = await engine.renewClaim(
        caller,
        claimed,
        (body.leaseSeconds ?? leaseSeconds.usual) * 1000,
      );
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/proposal-requests/{request}/release',
    operation: 'releaseClaim',
    tag,
    summary: 'Give a request back',
    description: 'For others to take at once. What is not held by this claim (any more) stays as it is.',
    scope: 'propose',
    body: { kind: 'json', schema: ReleaseBody },
    success: { status: 200, schema: Released, description: 'The claim has ended.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, parameters, body }) {
      const claimed = { ...toRequestName(parameters.request), claim: body.claim };
      const answer = await engine.releaseClaim(caller, claimed);
      return answer.kind === 'refusal' ? answer : reply({ request: parameters.request });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/proposals',
    operation: 'submitProposal',
    tag,
    summary: 'Hand in a proposal',
    description:
      'Stored immutable and inert: it takes effect only after authorised people approve exactly it. It needs no claim, unless somebody else holds the request.',
    scope: 'propose',
    body: { kind: 'json', schema: ProposalBody, misfit: 'bad-input' },
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The proposal is on the record.',
      headers: { ETag: 'The new seq of the instance.' },
    },
    refuses: [
      ...movingRefusals,
      'not-found',
      'already-claimed',
      'already-proposed',
      'not-possible-here',
      'finished',
      'stale',
    ],
    async handle({ engine, caller, parameters, body, idempotency }) {
      const { payload, model, modelVersion, promptHash, rationale } = body.proposal;
      const { confidence = null, inputs = [], evidence = [], operator = null } = body.proposal;
      const answer = await engine.submitProposal(
        caller,
        {
          instance: parameters.instance,
          state: body.state,
          opened: body.opened,
          claim: body.claim ?? null,
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
      return replyMoved(answer);
    },
  }),
];

/** The address has its form by now: an instance, which opening it is, and a state whose id may hold dots. */
function toRequestName(request: string): RequestName {
  const [instance = '', opened = '', ...state] = request.split('.');
  return { instance, opened: Number(opened), state: state.join('.') };
}
