/** Reading the directory, and replacing it as a whole. */
import { DirectoryChanged, DirectoryView, PutDirectoryQuery } from '../../schemas/api/directory.ts';
import { instanceTag, seqOfTag } from '../headers.ts';
import { refuse } from '../problems.ts';
import { type Route, reply, route } from '../route.ts';

const tag = 'Directory';
const etag = { ETag: 'The version. Send it as If-Match with a change.' };

export const directoryRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/directory',
    operation: 'readDirectory',
    tag,
    summary: 'Read the directory',
    description: 'Everybody in it, as a directory file would say it. For directory administrators.',
    scope: 'directory',
    success: { status: 200, schema: DirectoryView, description: 'The directory.', headers: etag },
    refuses: ['not-allowed'],
    async handle({ engine, caller }) {
      const answer = await engine.readDirectory(caller);
      if (answer.kind === 'refusal') return answer;
      return reply(answer.value, { etag: instanceTag(answer.value.version) });
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/directory',
    operation: 'putDirectory',
    tag,
    summary: 'Replace the directory',
    description:
      'Checks the whole of it, says what changes and what processes would lack, and puts it in force at once, whole or not at all. If-Match must carry the ETag of the directory that was read. Where a gate could no longer be approved nothing changes, unless that is accepted.',
    scope: 'directory',
    query: PutDirectoryQuery,
    body: { kind: 'yaml', description: 'The directory file: YAML, or JSON, which is YAML.' },
    ifMatch: 'required',
    success: {
      status: 200,
      schema: DirectoryChanged,
      description: 'What changed, or (`dryRun`) would change.',
      headers: etag,
    },
    refuses: ['not-allowed', 'directory-refused', 'stale'],
    async handle({ engine, caller, query, body, seen }) {
      const version = seen?.kind === 'tag' ? seqOfTag(seen.tag) : null;
      if (version === null) {
        return refuse(
          'precondition-required',
          'A change of the directory must say in If-Match which version it changes.',
          'Read /v1/directory and send its ETag.',
        );
      }
      const answer = await engine.putDirectory(caller, {
        source: body,
        version,
        dryRun: query.dryRun === 'true',
        acceptWarnings: query.acceptWarnings === 'true',
      });
      if (answer.kind === 'refusal') return answer;
      return reply(answer.value, { etag: instanceTag(answer.value.version) });
    },
  }),
];
