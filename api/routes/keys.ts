/** Bearer keys, and who the caller is. */
import { IssuedKey, IssueKeyBody, Key, KeyList, Me } from '../../schemas/api/keys.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Keys';

export const keyRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/me',
    operation: 'readMe',
    tag,
    summary: 'Who am I?',
    description: 'The principal your key, token or session stands for, and what it may be used for.',
    scope: null,
    success: { status: 200, schema: Me, description: 'You.' },
    refuses: [],
    async handle({ caller }) {
      const { id, kind, name, person, unit, roles, positions } = caller.principal;
      const { scopes, authentication, session = null } = caller;
      return reply({
        principal: id,
        kind,
        name,
        person,
        unit,
        roles,
        positions,
        scopes,
        authentication,
        session,
      });
    },
  }),
  route({
    method: 'POST',
    path: '/v1/keys',
    operation: 'issueKey',
    tag,
    summary: 'Issue a key',
    description: 'The secret is shown in this answer and never again; only its hash is stored.',
    scope: 'keys',
    body: { kind: 'json', schema: IssueKeyBody },
    success: { status: 201, schema: IssuedKey, description: 'Issued.' },
    refuses: ['not-allowed', 'not-found', 'bad-input'],
    async handle({ engine, caller, body }) {
      const answer = await engine.issueKey(caller, {
        principal: body.principal,
        scopes: body.scopes,
        expiresAt: body.expiresAt ?? null,
      });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'GET',
    path: '/v1/keys',
    operation: 'listKeys',
    tag,
    summary: 'List keys',
    description: 'Without their secrets, which nobody can read again.',
    scope: 'keys',
    success: { status: 200, schema: KeyList, description: 'The keys.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller }) {
      const answer = await engine.listKeys(caller);
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/keys/{key}',
    operation: 'revokeKey',
    tag,
    summary: 'Revoke a key',
    description: 'From the next request on it stands for nobody.',
    scope: 'keys',
    success: { status: 200, schema: Key, description: 'Revoked.' },
    refuses: ['not-allowed', 'not-found'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.revokeKey(caller, parameters.key);
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
];
