/** A reviewer's gates: the inbox, one gate, and the decision. Reading never decides. */

import type { Static, TObject } from 'typebox';
import type { Engine } from '../../engine/index.ts';
import { pageSize } from '../../schemas/api/common.ts';
import { Challenge } from '../../schemas/api/factors.ts';
import {
  AskBody,
  ClaimBody,
  CountBody,
  DecisionBody,
  DecisionList,
  GateChallengeBody,
  GateList,
  GatesQuery,
  GateView,
  OpinionBody,
  ReassignBody,
  ViewBody,
} from '../../schemas/api/gates.ts';
import { Moved, RecordQuery } from '../../schemas/api/instances.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { gateTag } from '../headers.ts';
import { openingSeen } from '../opening-seen.ts';
import { replyMoved } from '../reply-moved.ts';
import { type Route, reply, route } from '../route.ts';
import { movingRefusals } from './instances.ts';

const tag = 'Gates';

export const gateRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/gates',
    operation: 'listGates',
    tag,
    summary: 'List my gates',
    description: 'Open gates that you review; where you may not decide, `why` says the reason.',
    scope: 'read',
    query: GatesQuery,
    success: { status: 200, schema: GateList, description: 'A page of gates.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const cursor = fromCursor(query.cursor) ?? null;
      const answer = await engine.listGates(caller, cursor, query.limit ?? pageSize.usual);
      if (answer.kind === 'refusal') return answer;
      return reply({ items: answer.value.items, next: toCursor(answer.value.next) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances/{instance}/gates/{state}',
    operation: 'readGate',
    tag,
    summary: 'Read a gate',
    description: 'What is decided, by whom so far, and whether you may. Keep the ETag: a decision needs it.',
    scope: 'read',
    success: {
      status: 200,
      schema: GateView,
      description: 'The gate.',
      headers: { ETag: 'Binds the opening and the subject. Send it as If-Match with the decision.' },
    },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.readGate(caller, parameters.instance, parameters.state);
      // Whoever only reads has seen nothing that could have changed: a gate that is not open is not there.
      if (answer.kind === 'refusal')
        return answer.code === 'stale' ? { ...answer, code: 'not-found' } : answer;
      return reply(answer.value, { etag: gateTag(answer.value.opened, answer.value.subject) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances/{instance}/gates/{state}/openings/{opened}',
    operation: 'readOpening',
    tag,
    summary: 'Follow a link to a gate',
    description:
      'What a message to a reviewer links to: one opening of a gate. It never decides; once the gate has closed, or you have decided, it is gone.',
    scope: 'read',
    success: {
      status: 200,
      schema: GateView,
      description: 'The gate.',
      headers: { ETag: 'Binds the opening and the subject. Send it as If-Match with the decision.' },
    },
    refuses: ['not-found', 'gone'],
    async handle({ engine, caller, parameters }) {
      const { instance, state, opened } = parameters;
      const answer = await engine.readOpening(caller, instance, state, Number(opened));
      if (answer.kind === 'refusal') return answer;
      return reply(answer.value, { etag: gateTag(answer.value.opened, answer.value.subject) });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/gates/{state}/view',
    operation: 'giveView',
    tag,
    summary: 'Give a view of your own',
    description:
      'Where the gate asks for it: what you think of the case before the proposal is shown to you. Once, and it stays. If-Match carries the ETag of the gate as read.',
    scope: 'decide',
    body: { kind: 'json', schema: ViewBody },
    ifMatch: 'required',
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The view is on the record; read the gate again.',
      headers: { ETag: 'The new seq of the instance.' },
    },
    refuses: [
      ...movingRefusals,
      'not-found',
      'own-proposal',
      'already-decided',
      'not-possible-here',
      'finished',
      'stale',
    ],
    async handle({ engine, caller, parameters, body, seen, idempotency }) {
      const { instance, state } = parameters;
      const opening = openingSeen({ seen, parameters });
      if ('kind' in opening) return opening;
      const { opened } = opening;
      const { text, onBehalfOf = null } = body;
      const answer = await engine.giveView(
        caller,
        { instance, state, opened, text, onBehalfOf },
        idempotency,
      );
      return replyMoved(answer);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/gates/{state}/challenge',
    operation: 'challengeDecision',
    tag,
    summary: 'Ask what to sign',
    description:
      'For a gate that demands a passkey or a certificate: the statement of this decision, to be signed. It decides nothing.',
    scope: 'decide',
    body: { kind: 'json', schema: GateChallengeBody },
    ifMatch: 'required',
    success: { status: 200, schema: Challenge, description: 'What to sign.' },
    refuses: [
      'not-allowed',
      'people-only',
      'not-found',
      'definition-unknown',
      'own-proposal',
      'already-decided',
      'not-possible-here',
      'finished',
      'reason-required',
      'stale',
      'expression-failed',
      'not-countersigned',
      'guard-failed',
      'bad-input',
    ],
    async handle({ engine, caller, parameters, body, seen }) {
      const { instance, state } = parameters;
      const opening = openingSeen({ seen, parameters });
      if ('kind' in opening) return opening;
      const answer = await engine.challengeDecision(caller, {
        instance,
        state,
        ...opening,
        verdict: body.verdict,
        choice: body.choice ?? null,
        reason: body.reason ?? null,
      });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/gates/{state}/decisions',
    operation: 'decide',
    tag,
    summary: 'Decide at a gate',
    description:
      'Only people decide, and only on what they saw: If-Match must carry the ETag of the gate as read.',
    scope: 'decide',
    body: { kind: 'json', schema: DecisionBody },
    ifMatch: 'required',
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The decision is on the record.',
      headers: { ETag: 'The new seq of the instance.' },
    },
    refuses: [
      ...movingRefusals,
      'not-found',
      'own-proposal',
      'already-decided',
      'already-claimed',
      'not-possible-here',
      'finished',
      'reason-required',
      'assurance-required',
      'factor-refused',
      'too-many-attempts',
      'sign-in-stale',
      'view-required',
      'stale',
    ],
    async handle({ engine, caller, parameters, body, seen, idempotency }) {
      const { instance, state } = parameters;
      const opening = openingSeen({ seen, parameters });
      if ('kind' in opening) return opening;
      const answer = await engine.decide(
        caller,
        {
          instance,
          state,
          ...opening,
          verdict: body.verdict,
          choice: body.choice ?? null,
          reason: body.reason ?? null,
          mark: body.mark ?? null,
          factor: body.factor ?? null,
          onBehalfOf: body.onBehalfOf ?? null,
        },
        idempotency,
      );
      return replyMoved(answer);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/gates/{state}/count',
    operation: 'countBallots',
    tag,
    summary: 'Count the secret ballots of a gate',
    description:
      'By one of its reviewers, once every member has voted or stepped back, or the gate is overdue. The gate closes with what the ballots come to, and the box is empty then. If-Match carries the ETag of the gate as read.',
    scope: 'decide',
    body: { kind: 'json', schema: CountBody },
    ifMatch: 'required',
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The count is on the record, and the gate closed.',
      headers: { ETag: 'The new seq of the instance.' },
    },
    refuses: [
      ...movingRefusals,
      'not-found',
      'own-proposal',
      'not-possible-here',
      'finished',
      'sign-in-stale',
      'stale',
    ],
    async handle({ engine, caller, parameters, body, seen, idempotency }) {
      const { instance, state } = parameters;
      const opening = openingSeen({ seen, parameters });
      if ('kind' in opening) return opening;
      const { onBehalfOf = null } = body;
      const answer = await engine.countBallots(
        caller,
        { instance, state, ...opening, onBehalfOf },
        idempotency,
      );
      return replyMoved(answer);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances/{instance}/decisions',
    operation: 'readDecisions',
    tag,
    summary: 'Read all decisions of an instance',
    description:
      'As they are on the record: also of gates that have closed, of votes that lost, and void ones. A page is of entries, so it may hold fewer.',
    scope: 'read',
    query: RecordQuery,
    success: { status: 200, schema: DecisionList, description: 'Decisions in their order.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters, query }) {
      const { after = 0, limit = pageSize.usual } = query;
      const answer = await engine.readDecisions(caller, parameters.instance, after, limit);
      if (answer.kind === 'refusal') return answer;
      const { items, counts, next } = answer.value;
      return reply({ items, counts, next: next === null ? null : Number(next) });
    },
  }),
  attending({
    path: 'claim',
    operation: 'claimGate',
    summary: 'Claim a gate for a while',
    description:
      'Where one decision is enough, those of the others wait until your claim ends. Claim again to go on.',
    schema: ClaimBody,
    toAct: () => ({ act: 'claim', person: null, text: null }),
  }),
  attending({
    path: 'release',
    operation: 'releaseGate',
    summary: 'Release a gate that you claimed',
    schema: ClaimBody,
    toAct: () => ({ act: 'release', person: null, text: null }),
  }),
  attending({
    path: 'reassign',
    operation: 'reassignGate',
    summary: 'Hand a gate to another of its reviewers',
    description:
      'By whoever holds it, by whom the process names, or who answers for it. They hold it for as long as a claim lasts.',
    schema: ReassignBody,
    toAct: ({ to, reason }) => ({ act: 'reassign', person: to, text: reason }),
  }),
  attending({
    path: 'opinions',
    operation: 'askOpinion',
    summary: 'Ask somebody for an opinion',
    description: 'Whoever is asked may read the case, and has no vote by it.',
    schema: AskBody,
    toAct: ({ from, question }) => ({ act: 'ask', person: from, text: question }),
  }),
  attending({
    path: 'opinion',
    operation: 'giveOpinion',
    summary: 'Give the opinion that you were asked for',
    schema: OpinionBody,
    toAct: ({ opinion }) => ({ act: 'answer', person: null, text: opinion }),
  }),
];

/** What is done at a gate besides deciding: each is one entry, and decides nothing. */
function attending<Body extends TObject>(one: {
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly description?: string;
  readonly schema: Body;
  readonly toAct: (
    body: Static<Body>,
  ) => Pick<Parameters<Engine['attendGate']>[1], 'act' | 'person' | 'text'>;
}): Route {
  const { path, operation, summary, description, schema, toAct } = one;
  return route({
    method: 'POST',
    path: `/v1/instances/{instance}/gates/{state}/${path}`,
    operation,
    tag,
    summary,
    ...(description === undefined ? {} : { description }),
    scope: 'decide',
    body: { kind: 'json', schema },
    idempotent: true,
    success: { status: 200, schema: Moved, description: 'On the record.', headers: { ETag: 'The new seq.' } },
    refuses: [
      ...movingRefusals,
      'not-found',
      'own-proposal',
      'already-decided',
      'already-claimed',
      'finished',
      'reason-required',
      'stale',
    ],
    async handle({ engine, caller, parameters: { instance, state }, body, idempotency }) {
      const answer = await engine.attendGate(caller, { instance, state, ...toAct(body) }, idempotency);
      return replyMoved(answer);
    },
  });
}
