/** Signing out, and sessions to see and to end. Signing in is no request of a caller: see `api/sign-in`. */
import {
  EndedSessions,
  EndSessionsBody,
  SessionList,
  SessionsQuery,
  SignedOut,
  SignOutBody,
} from '../../schemas/api/sessions.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Sign-in';

export const sessionRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/v1/sign-out',
    operation: 'signOut',
    tag,
    summary: 'Sign out',
    description: 'Your session ends, here or everywhere: from the next request on it stands for nobody.',
    scope: null,
    body: { kind: 'json', schema: SignOutBody, mayBeEmpty: true },
    success: { status: 200, schema: SignedOut, description: 'Signed out.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, body, signIn }) {
      const everywhere = (body as { everywhere?: boolean } | undefined)?.everywhere === true;
      const answer = await engine.endSessions(caller, { kind: everywhere ? 'own' : 'current' });
      if (answer.kind === 'refusal') return answer;
      const { ended } = answer.value;
      if (signIn === null) return reply({ ended, provider: null });
      const provider = await signIn.provider.signOutAddress();
      return reply({ ended, provider }, { 'set-cookie': signIn.session.clear() });
    },
  }),
  route({
    method: 'GET',
    path: '/v1/sessions',
    operation: 'listSessions',
    tag,
    summary: 'List sessions',
    description: 'Where you are signed in; or where somebody else is, for a key administrator.',
    scope: 'read',
    query: SessionsQuery,
    success: { status: 200, schema: SessionList, description: 'The live sessions.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, query }) {
      const answer = await engine.listSessions(caller, query.principal ?? null);
      return answer.kind === 'refusal' ? answer : reply({ items: answer.value, next: null });
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/sessions/{session}',
    operation: 'endSession',
    tag,
    summary: 'End one of your sessions',
    description: 'One that was left open on another device, say.',
    scope: null,
    success: { status: 200, schema: EndedSessions, description: 'Ended.' },
    refuses: ['not-found'],
    async handle({ engine, caller, parameters }) {
      const answer = await engine.endSessions(caller, { kind: 'one', session: parameters.session });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
  route({
    method: 'POST',
    path: '/v1/sessions/end',
    operation: 'endSessions',
    tag,
    summary: "End all of somebody's sessions",
    description:
      'For a key administrator: on every device at once. They may sign in again while the directory lets them.',
    scope: 'keys',
    body: { kind: 'json', schema: EndSessionsBody },
    success: { status: 200, schema: EndedSessions, description: 'Ended.' },
    refuses: ['not-allowed'],
    async handle({ engine, caller, body }) {
      const answer = await engine.endSessions(caller, { kind: 'of', principal: body.principal });
      return answer.kind === 'refusal' ? answer : reply(answer.value);
    },
  }),
];
