/** Starting, driving, finding and reading instances. */

import { pageSize } from '../../schemas/api/common.ts';
import {
  EventBody,
  InstanceList,
  InstanceView,
  Moved,
  RecordList,
  RecordQuery,
  SearchQuery,
  StartBody,
} from '../../schemas/api/instances.ts';
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import { fromCursor, toCursor } from '../cursor.ts';
import { instanceTag, seqOfTag } from '../headers.ts';
import { refuse } from '../problems.ts';
import { replyMoved } from '../reply-moved.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Instances';

/** What the core may answer to anything that moves an instance. */
export const movingRefusals: readonly ProblemCode[] = [
  'not-allowed',
  'people-only',
  'bad-input',
  'guard-failed',
  'expression-failed',
  'not-countersigned',
  'paused',
  'stopped',
  'conflict',
];

export const instanceRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/instances',
    operation: 'startInstance',
    tag,
    summary: 'Start an instance',
    scope: 'start',
    body: { kind: 'json', schema: StartBody },
    idempotent: true,
    success: {
      status: 201,
      schema: Moved,
      description: 'Started, and on the record.',
      headers: { ETag: 'The seq.', Location: 'Where to read it.' },
    },
    refuses: [...movingRefusals, 'definition-unknown', 'nobody-responsible'],
    async handle({ engine, caller, body, idempotency }) {
      const answer = await engine.start(
        caller,
        { process: body.process, data: body.data ?? {} },
        idempotency,
      );
      if (answer.kind === 'refusal') return answer;
      const { instance, seq } = answer.value;
      return reply(answer.value, { etag: instanceTag(seq), location: `/v1/instances/${instance}` });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances',
    operation: 'searchInstances',
    tag,
    summary: 'Find instances',
    description: 'Those you may see, newest first. Conditions narrow each other.',
    scope: 'read',
    query: SearchQuery,
    success: { status: 200, schema: InstanceList, description: 'A page of instances.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const { process, status, state, limit = pageSize.usual } = query;
      const cursor = fromCursor(query.cursor);
      const fields = fieldsOf(query);
      const answer = await engine.search(caller, {
        ...(process === undefined ? {} : { process }),
        ...(status === undefined ? {} : { status }),
        ...(state === undefined ? {} : { state }),
        ...(fields === null ? {} : { fields }),
        ...(cursor === undefined ? {} : { cursor }),
        limit,
      });
      if (answer.kind === 'refusal') return answer;
      const items = answer.value.items.map(({ id, ...rest }) => ({ instance: id, ...rest }));
      return reply({ items, next: toCursor(answer.value.next) });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances/{instance}',
    operation: 'readInstance',
    tag,
    summary: 'Read an instance',
    description: 'With what you may do now, and why not where you may not.',
    scope: 'read',
    success: {
      status: 200,
      schema: InstanceView,
      description: 'The instance.',
      headers: { ETag: 'Its seq.' },
    },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.readInstance(caller, parameters.instance);
      return replyMoved(answer);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/instances/{instance}/events',
    operation: 'postEvent',
    tag,
    summary: 'Send an event',
    description:
      'Moves the instance by one step, or says why not. The answer comes when the step is durably on the record.',
    scope: 'event',
    body: { kind: 'json', schema: EventBody },
    ifMatch: 'optional',
    idempotent: true,
    success: {
      status: 200,
      schema: Moved,
      description: 'The step is on the record.',
      headers: { ETag: 'The new seq.' },
    },
    refuses: [...movingRefusals, 'not-found', 'not-possible-here', 'reserved-event', 'finished', 'stale'],
    async handle({ engine, caller, parameters, body, seen, idempotency }) {
      const { instance } = parameters;
      const seq = seen?.kind === 'tag' ? seqOfTag(seen.tag) : null;
      if (seen?.kind === 'tag' && seq === null) return refuseForeignTag(instance);
      const answer = await engine.postEvent(
        caller,
        { instance, type: body.type, data: body.data ?? {}, seen: seq, onBehalfOf: body.onBehalfOf ?? null },
        idempotency,
      );
      return replyMoved(answer);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/instances/{instance}/record',
    operation: 'readRecord',
    tag,
    summary: 'Read the record of an instance',
    description: 'Its evidence log, entry by entry, each with its hash.',
    scope: 'read',
    query: RecordQuery,
    success: { status: 200, schema: RecordList, description: 'A page of entries.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters, query }) {
      const { after = 0, limit = pageSize.usual } = query;
      const answer = await engine.readRecord(caller, parameters.instance, after, limit);
      if (answer.kind === 'refusal') return answer;
      const { items, next } = answer.value;
      return reply({ items, next: next === null ? null : Number(next) });
    },
  }),
];

export function refuseForeignTag(instance: string) {
  return refuse(
    'stale',
    'If-Match names a version that this instance never had.',
    `Read /v1/instances/${instance} and send its ETag.`,
  );
}

/** `field.NAME=VALUE` conditions, or null when there are none. */
function fieldsOf(query: object): { readonly [field: string]: string } | null {
  const prefix = 'field.';
  const fields = Object.entries(query)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length), String(value)] as const);
  return fields.length === 0 ? null : Object.fromEntries(fields);
}
