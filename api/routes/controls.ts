/** The stop switch over HTTP: one person stops, two restart. */

import {
  Control,
  ControlBody,
  ControlList,
  ControlsQuery,
  LiftBody,
  OverrideBody,
  SetControl,
} from '../../schemas/api/controls.ts';
import { Moved } from '../../schemas/api/instances.ts';
import { seqOfTag } from '../headers.ts';
import { replyMoved } from '../reply-moved.ts';
import { type Route, reply, route } from '../route.ts';
import { movingRefusals, refuseForeignTag } from './instances.ts';

const tag = 'Controls';

export const controlRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/controls',
    operation: 'listControls',
    tag,
    summary: 'What is paused or stopped',
    description:
      'The controls that stand, as far as they concern you; with `which=all` the latest others, too.',
    scope: 'read',
    query: ControlsQuery,
    success: { status: 200, schema: ControlList, description: 'The controls.' },
    refuses: ['not-allowed', 'people-only'],
    async handle({ engine, caller, query }) {
      const answer = await engine.listControls(caller, query.which === 'all');
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/controls',
    operation: 'setControl',
    tag,
    summary: 'Pause or stop',
    description:
      'One person does it, at once: the answer comes when no step that knew nothing of it can follow, on any node. ' +
      'The same control standing already is answered as it is, and a request to lift it is withdrawn.',
    scope: 'control',
    body: { kind: 'json', schema: ControlBody },
    success: { status: 201, schema: SetControl, description: 'It stands.' },
    refuses: ['not-allowed', 'people-only', 'reason-required', 'not-found', 'definition-unknown'],
    async handle({ engine, caller, body: { scope, mode, reason, drill } }) {
      const answer = await engine.setControl(caller, { scope, mode, reason, drill: drill === true });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/controls/{control}/lift',
    operation: 'askToLift',
    tag,
    summary: 'Ask to lift a control',
    description: 'The first of the two people who restart. Nothing goes on before another has confirmed.',
    scope: 'control',
    body: { kind: 'json', schema: LiftBody },
    success: { status: 200, schema: Control, description: 'Asked.' },
    refuses: [
      ...(['not-allowed', 'people-only', 'reason-required', 'not-found'] as const),
      ...(['not-possible-here', 'definition-unknown'] as const),
    ],
    async handle({ engine, caller, parameters, body }) {
      const answer = await engine.askToLift(caller, parameters.control, body.reason);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/controls/{control}/lift/confirm',
    operation: 'confirmLift',
    tag,
    summary: 'Confirm that a control is lifted',
    description:
      'The second person, and another natural person than the first. From here it goes on; what came due meanwhile ' +
      'comes due now, as silence.',
    scope: 'control',
    success: { status: 200, schema: Control, description: 'Lifted.' },
    refuses: [
      ...(['not-allowed', 'people-only', 'not-found', 'not-possible-here'] as const),
      ...(['already-decided', 'definition-unknown'] as const),
    ],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.confirmLift(caller, parameters.control);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/override',
    operation: 'overrideStep',
    tag,
    summary: 'Take an AI step out of the hands of the AI',
    description:
      'The instance goes on as if no proposal had come: by the `onError` of the state, to where people do the work. ' +
      'Nothing is approved by it.',
    scope: 'control',
    body: { kind: 'json', schema: OverrideBody },
    ifMatch: 'optional',
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'It is on the record, with who did it and why.',
      headers: { ETag: 'The new seq.' },
    },
    refuses: [
      ...movingRefusals,
      ...(['people-only', 'reason-required', 'not-found', 'not-possible-here', 'finished', 'stale'] as const),
    ],
    async handle({ engine, caller, parameters, body, seen, idempotency }) {
      const { instance } = parameters;
      const seq = seen?.kind === 'tag' ? seqOfTag(seen.tag) : null;
      if (seen?.kind === 'tag' && seq === null) return refuseForeignTag(instance);
      const answer = await engine.override(caller, { instance, ...body, seen: seq }, idempotency);
      return replyMoved(answer);
    },
  }),
];
