/** The directory over HTTP, over the real engine and a real database. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DirectoryFile } from '../../../schemas/directory.ts';
import { proposalDefinition } from '../../support/definitions.ts';
import { type Client, type HttpHouse, openHttpHouse } from '../support/house-client.ts';

let http: HttpHouse;
let keeper: Client;

beforeAll(async () => {
  http = await openHttpHouse();
  keeper = await http.client('keeper');
  const designer = await http.client('designer');
  expect((await designer('POST', '/v1/definitions', { yaml: proposalDefinition })).status).toBe(201);
});
afterAll(() => http?.close());

type Principals = DirectoryFile['principals'];

const titles = { vi: 'x', en: 'x' };

/** As it is, with every role declared, and its tag. */
async function read(): Promise<{ directory: DirectoryFile; tag: string }> {
  const answer = await keeper('GET', '/v1/directory');
  expect(answer.status).toBe(200);
  const directory: DirectoryFile = answer.body.directory;
  const held = directory.principals.flatMap(({ roles = [] }) =>
    roles.filter((one) => typeof one === 'string'),
  );
  const roles = Object.fromEntries(held.map((role) => [role, { title: titles }]));
  return { directory: { ...directory, roles }, tag: `"${answer.body.version}"` };
}

const put = (directory: unknown, tag: string | null, query = '') =>
  keeper('PUT', `/v1/directory${query}`, {
    yaml: JSON.stringify(directory),
    ...(tag === null ? {} : { headers: { 'if-match': tag } }),
  });

const changed = (
  directory: DirectoryFile,
  change: (principals: Principals) => Principals,
): DirectoryFile => ({
  ...directory,
  principals: change(directory.principals),
});

test('it is read with its version, looked at dry, and changed only from the version that was read', async () => {
  const { directory, tag } = await read();
  const bodies = [{ id: 'body:board', title: titles, members: ['person:head', 'person:leader'] }];
  const absences = [
    { person: 'person:head', standIn: 'person:leader', from: '2026-11-01', until: '2026-11-30' },
  ];
  const dry = await put({ ...directory, bodies, absences }, tag, '?dryRun=true');
  expect(dry.body).toMatchObject({ applied: false, version: Number(JSON.parse(tag)), warnings: [] });
  expect(dry.body.changes).toEqual(
    expect.arrayContaining([
      'The body body:board is added: members person:head, person:leader.',
      expect.stringContaining('The absence {"from":"2026-10-31T17:00:00.000Z"'),
    ]),
  );
  expect((await read()).tag).toBe(tag);

  const made = await put({ ...directory, bodies, absences }, tag);
  expect(made.body).toMatchObject({ applied: true, changes: dry.body.changes });
  expect(made.etag).toBe(`"${made.body.version}"`);
  const now = await read();
  expect(now.directory).toMatchObject({ bodies, absences: [{ person: 'person:head' }] });
  expect((await put(directory, tag)).body.code).toBe('stale');
  expect((await put(now.directory, now.tag)).body).toMatchObject({ applied: false, changes: [] });
});

test('P9: without If-Match, by others, and with errors it is refused, each with its place', async () => {
  const { directory, tag } = await read();
  expect((await put(directory, null)).body.code).toBe('precondition-required');
  expect((await put(directory, '*')).body.code).toBe('precondition-required');
  const officer = await http.client('officer');
  expect((await officer('GET', '/v1/directory')).body.code).toBe('not-allowed');
  const agent = await http.client('agent:drafter');
  expect((await agent('GET', '/v1/directory')).body.code).toBe('not-allowed');
  const twice = await put(
    changed(directory, (all) => [...all, ...all.slice(0, 1)]),
    tag,
  );
  expect(twice.body).toMatchObject({
    code: 'directory-refused',
    findings: [{ code: 'duplicate-id', line: 1 }],
  });
  expect((await put('roles: [', tag)).body.code).toBe('directory-refused');
  expect((await put(directory, tag, '?dryRun=yes')).status).toBe(400);
});

test('who leaves a gate undecidable is warned before anything changes, and may accept it', async () => {
  const { directory, tag } = await read();
  const withoutLeaders = changed(directory, (all) =>
    all.map((one) => ({ ...one, roles: (one.roles ?? []).filter((role) => role !== 'leader') })),
  );
  const dry = await put(withoutLeaders, tag, '?dryRun=true');
  expect(dry.body.warnings.map((one: { code: string }) => one.code)).toContain('gate-unsatisfiable');
  const refused = await put(withoutLeaders, tag);
  expect(refused).toMatchObject({ status: 422, body: { code: 'directory-refused' } });
  expect((await read()).tag).toBe(tag);
  expect((await put(withoutLeaders, tag, '?acceptWarnings=true')).body.applied).toBe(true);
});
