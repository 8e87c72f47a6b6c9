/**
 * Reading and changing single entries of the directory: roles, units, principals (with their accounts, roles and
 * positions), bodies, delegations and absences. Each change is one of the whole directory, and checked as that is.
 */
import Type from 'typebox';
import { type EntryKind, isNameless } from '../../engine/index.ts';
import { DirectoryChanged, directoryEntries, PutDirectoryQuery } from '../../schemas/api/directory.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { instanceTag, seqOfTag } from '../headers.ts';
import { type AnyRefusal, refuse } from '../problems.ts';
import { type Call, type Reply, type Route, reply, route } from '../route.ts';

const tag = 'Directory';
const headers = { ETag: 'The version of the directory. Send it as If-Match with a change.' };
const words: { readonly [kind in EntryKind]: { readonly one: string; readonly name: string } } = {
  roles: { one: 'a role', name: 'Role' },
  units: { one: 'a unit', name: 'Unit' },
  principals: { one: 'a principal', name: 'Principal' },
  bodies: { one: 'a body', name: 'Body' },
  delegations: { one: 'a delegation', name: 'Delegation' },
  absences: { one: 'an absence', name: 'Absence' },
};

export const directoryEntryRoutes: readonly Route[] = [
  ...routesOf('roles', directoryEntries.roles),
  ...routesOf('units', directoryEntries.units),
  ...routesOf('principals', directoryEntries.principals),
  ...routesOf('bodies', directoryEntries.bodies),
  ...routesOf('delegations', directoryEntries.delegations),
  ...routesOf('absences', directoryEntries.absences),
];

type EntrySchema = (typeof directoryEntries)[EntryKind];

function routesOf(kind: EntryKind, entry: EntrySchema): readonly Route[] {
  const { one, name } = words[kind];
  const path = `/v1/directory/${kind}/{entry}`;
  const change = {
    tag,
    scope: 'directory',
    query: PutDirectoryQuery,
    ifMatch: 'required',
    success: {
      status: 200,
      schema: DirectoryChanged,
      description: 'What changed, or (`dryRun`) would change.',
      headers,
    },
    refuses: ['not-allowed', 'directory-refused', 'stale', 'bad-input'],
  } as const;
  const item = Type.Object({ id: Type.String(), entry });
  return [
    route({
      method: 'GET',
      path,
      operation: `read${name}`,
      tag,
      summary: `Read ${one}`,
      scope: 'directory',
      success: {
        status: 200,
        schema: Type.Object({ version: Type.Integer(), id: Type.String(), entry }),
        description: 'As a directory file would say it.',
        headers,
      },
      refuses: ['not-allowed', 'not-found'],
      async handle({ engine, caller, parameters }) {
        const answer = await engine.readDirectoryEntries(caller, kind);
        if (answer.kind === 'refusal') return answer;
        const { version, items } = answer.value;
        const found = items.find(({ id }) => id === parameters.entry);
        if (found === undefined) return refuseUnknown(one);
        return reply({ version, ...found } as never, { etag: instanceTag(version) });
      },
    }),
    route({
      ...change,
      method: 'PUT',
      path,
      operation: `put${name}`,
      summary: isNameless(kind) ? `Replace ${one}` : `Add or replace ${one}`,
      description: `Everything else stays as it is. If-Match must carry the ETag of the directory that was read.${isNameless(kind) ? ' What it is called changes with what it says.' : ''}`,
      body: { kind: 'json', schema: entry },
      async handle(call) {
        const { entry: id } = call.parameters;
        const body = call.body as JsonObject;
        if (kind !== 'roles' && body.id !== undefined && body.id !== id) {
          return refuse('bad-input', 'The body and the address name different entries.', 'Leave `id` out.');
        }
        return edit(call, kind, id, body);
      },
    }),
    route({
      ...change,
      method: 'DELETE',
      path,
      operation: `remove${name}`,
      summary: `Remove ${one}`,
      description:
        kind === 'principals'
          ? 'Whoever has acted stays on the record. To let somebody act no more, `active: false` does.'
          : 'What still names it must be changed first.',
      handle: (call) => edit(call, kind, call.parameters.entry, null),
    }),
    ...(isNameless(kind)
      ? [
          route({
            method: 'GET',
            path: `/v1/directory/${kind}`,
            operation: `list${name}s`,
            tag,
            summary: `List all ${kind}`,
            description: 'They have no name; `id` stands for one as long as it says what it says.',
            scope: 'directory',
            success: {
              status: 200,
              schema: Type.Object({ version: Type.Integer(), items: Type.Array(item) }),
              description: 'All of them.',
              headers,
            },
            refuses: ['not-allowed'],
            async handle({ engine, caller }) {
              const answer = await engine.readDirectoryEntries(caller, kind);
              if (answer.kind === 'refusal') return answer;
              return reply(answer.value as never, { etag: instanceTag(answer.value.version) });
            },
          }),
          route({
            ...change,
            method: 'POST',
            path: `/v1/directory/${kind}`,
            operation: `add${name}`,
            summary: `Add ${one}`,
            description: 'If-Match must carry the ETag of the directory that was read.',
            body: { kind: 'json', schema: entry },
            handle: (call) => edit(call, kind, null, call.body as JsonObject),
          }),
        ]
      : []),
  ];
}

type EditCall = Pick<
  Call<unknown, { dryRun?: 'true'; acceptWarnings?: 'true' }>,
  'engine' | 'caller' | 'query' | 'seen'
>;

async function edit(
  { engine, caller, query, seen }: EditCall,
  kind: EntryKind,
  id: string | null,
  entry: JsonObject | null,
): Promise<Reply<never> | AnyRefusal> {
  const version = seen?.kind === 'tag' ? seqOfTag(seen.tag) : null;
  if (version === null) {
    return refuse(
      'precondition-required',
      'A change of the directory must say in If-Match which version it changes.',
      'Read the entry, or /v1/directory, and send its ETag.',
    );
  }
  const answer = await engine.editDirectory(caller, {
    edit: { kind, id, entry },
    version,
    dryRun: query.dryRun === 'true',
    acceptWarnings: query.acceptWarnings === 'true',
  });
  if (answer.kind === 'refusal') return answer;
  return reply(answer.value as never, { etag: instanceTag(answer.value.version) });
}

const refuseUnknown = (one: string) =>
  refuse('not-found', `The directory has not ${one} of this name.`, 'Read /v1/directory.');
