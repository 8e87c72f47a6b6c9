/** Is it alive, is it ready, and what does it offer? Anybody may ask; nothing here tells of any case. */
import Type from 'typebox';
import { refuse } from '../problems.ts';
import { type OpenRoute, reply } from '../route.ts';

const tag = 'Service';
const Status = Type.Object({ status: Type.String() });

export const serviceRoutes: readonly OpenRoute[] = [
  {
    method: 'GET',
    path: '/healthz',
    operation: 'readHealth',
    tag,
    summary: 'Is the process alive?',
    success: { status: 200, schema: Status, description: 'It answers.' },
    refuses: [],
    handle: async () => reply({ status: 'ok' }),
  },
  {
    method: 'GET',
    path: '/readyz',
    operation: 'readReadiness',
    tag,
    summary: 'Is it ready for requests?',
    description: 'It is when the database answers.',
    success: { status: 200, schema: Status, description: 'It is ready.' },
    refuses: ['unavailable'],
    handle: async (engine) =>
      (await engine.ready())
        ? reply({ status: 'ready' })
        : refuse('unavailable', 'The database does not answer.', 'Wait a moment and ask again.'),
  },
];
