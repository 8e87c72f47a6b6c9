/** Whoever changes who is who, or goes on by what they were. */
import type { ServerAnswer, ServerRequest } from '../cli/server-client.ts';
import type { JsonObject } from '../schemas/json.ts';
import { decideBySession, ownPage, signIn } from './at-the-door.ts';
import type { Attack } from './attack.ts';
import { answerOf, type Range } from './range.ts';

export const inTheDirectory: readonly Attack[] = [
  {
    name: 'A reviewer votes in a session of before their role was taken away',
    stated: '403 not-allowed',
    async play(range) {
      const browser = await signIn(range);
      const before = await read(range);
      await put(range, withRoles(before.directory, 'person:two', []), '&acceptWarnings=true');
      try {
        return await decideBySession(range, browser, ownPage(range), 'person:three');
      } finally {
        await put(range, before.directory, '&acceptWarnings=true');
      }
    },
  },
  {
    name: 'The roles of all who vote are taken away but one, so that a gate could never be approved',
    stated: '422 directory-refused',
    async play(range) {
      const { directory, etag } = await read(range);
      const members = (directory.principals as { id: string; roles?: string[] }[]).filter(({ roles }) =>
        roles?.includes('member'),
      );
      const changed = members
        .filter(({ id }) => id !== 'person:two')
        .reduce((all, { id }) => withRoles(all, id, ['officer']), directory);
      const answer = await range.ask('person:keys', '/v1/directory', toPut(changed, etag));
      if ((await read(range)).etag !== etag) throw new Error(`${answer.status}, and the directory changed.`);
      return answerOf(answer);
    },
  },
  {
    name: 'Somebody who does not keep the directory gives themselves a role',
    stated: '403 not-allowed',
    async play(range) {
      const { directory, etag } = await read(range);
      const changed = withRoles(directory, 'person:clerk', ['clerk', 'member', 'leader']);
      return answerOf(await range.ask('person:clerk', '/v1/directory', toPut(changed, etag)));
    },
  },
  {
    name: 'A directory is put in force over one that was not read',
    stated: '412 stale',
    async play(range) {
      const { directory } = await read(range);
      return answerOf(await range.ask('person:keys', '/v1/directory', toPut(directory, '"1"')));
    },
  },
  {
    name: 'The database is told that an agent is a person',
    stated: '422 directory-refused',
    async play(range) {
      const { directory, etag } = await read(range);
      const principals = (directory.principals as JsonObject[]).map((one) =>
        one.id === 'agent:writer' ? { ...one, kind: 'person' } : one,
      );
      return answerOf(
        await range.ask('person:keys', '/v1/directory', toPut({ ...directory, principals }, etag)),
      );
    },
  },
];

interface ReadDirectory {
  readonly directory: JsonObject;
  readonly etag: string;
}

async function read(range: Range): Promise<ReadDirectory> {
  const answer: ServerAnswer = await range.ask('person:keys', '/v1/directory');
  if (answer.status !== 200) throw new Error(`The directory cannot be read: ${answer.text}`);
  return { directory: answer.body.directory as JsonObject, etag: answer.etag ?? '' };
}

async function put(range: Range, directory: JsonObject, query: string): Promise<void> {
  const { etag } = await read(range);
  await range.must('person:keys', `/v1/directory?${query.slice(1)}`, toPut(directory, etag));
}

function toPut(directory: JsonObject, etag: string): ServerRequest {
  const text = { content: JSON.stringify(directory), type: 'application/yaml' };
  return { method: 'PUT', text, ifMatch: etag };
}

function withRoles(directory: JsonObject, id: string, roles: readonly string[]): JsonObject {
  const principals = (directory.principals as JsonObject[]).map((one) =>
    one.id === id ? { ...one, roles: [...roles] } : one,
  );
  return { ...directory, principals };
}
