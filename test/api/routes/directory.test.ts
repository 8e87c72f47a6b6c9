/** The directory over HTTP, over the real engine and a real database. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('single entries', () => {
  const entry = async (path: string) => {
    const { body, etag } = await keeper('GET', `/v1/directory/${path}`);
    return { ...body, tag: etag };
  };
  const tagNow = async () => (await read()).tag;
  const change = (method: string, path: string, tag: string | null, body?: object, query = '') =>
    keeper(method, `/v1/directory/${path}${query}`, {
      ...(body === undefined ? {} : { body }),
      ...(tag === null ? {} : { headers: { 'if-match': tag } }),
    });

  test('each kind is added, read, replaced and removed, and nothing else changes', async () => {
    const entries = {
      'roles/scribe': [{ title: titles }, { title: { vi: 'y', en: 'y' } }],
      'units/unit:annex': [{ title: titles }, { title: titles, parent: 'unit:office' }],
      'principals/person:new': [
        { name: 'New' },
        {
          ...{ name: 'New', unit: 'unit:office', roles: ['auditor'], positions: ['clerk'] },
          accounts: [{ issuer: 'https://id.example', subject: '1' }],
        },
      ],
      'bodies/body:jury': [
        { title: titles, members: [] },
        { title: titles, members: ['person:head'] },
      ],
    } as const;
    for (const [path, [first, second]] of Object.entries(entries)) {
      const before = await read();
      const added = await change('PUT', path, before.tag, first);
      expect([path, added.status, added.body.applied]).toEqual([path, 200, true]);
      expect(added.body.changes).toEqual([expect.stringContaining('is added')]);
      expect((await change('PUT', path, added.etag, second)).body.applied).toBe(true);
      const now = await entry(path);
      expect(now.entry).toMatchObject(second);
      const removed = await change('DELETE', path, now.tag);
      expect(removed.body.changes).toEqual([expect.stringContaining('is removed')]);
      const { directory } = await read();
      expect({ bodies: [], ...directory }).toEqual({ bodies: [], ...before.directory });
      expect((await keeper('GET', `/v1/directory/${path}`)).status).toBe(404);
    }
  });

  test('delegations and absences have no name, and are called by what they say', async () => {
    const days = { from: '2026-11-01', until: '2026-11-30' };
    const given = { of: 'person:head', to: 'person:leader', roles: ['head'], ...days };
    const added = await change('POST', 'delegations', await tagNow(), given);
    expect(added.body.applied).toBe(true);
    const { body } = await keeper('GET', '/v1/directory/delegations');
    const [only] = body.items;
    const moved = { ...given, until: '2026-12-31' };
    expect((await change('PUT', `delegations/${only.id}`, added.etag, moved)).body.changes).toHaveLength(2);
    expect((await keeper('GET', `/v1/directory/delegations/${only.id}`)).status).toBe(404);
    const [next] = (await keeper('GET', '/v1/directory/delegations')).body.items;
    expect((await change('DELETE', `delegations/${next.id}`, await tagNow())).body.applied).toBe(true);
    expect((await change('DELETE', `delegations/${next.id}`, await tagNow())).status).toBe(404);
  });

  test('P9: held to the version, checked as the whole, dry where that is asked, and for administrators alone', async () => {
    const tag = await tagNow();
    const unit = { title: titles };
    expect((await change('PUT', 'units/unit:x', null, unit)).status).toBe(428);
    expect((await change('PUT', 'units/unit:x', '"1"', unit)).status).toBe(412);
    expect((await change('PUT', 'units/unit:x', tag, unit, '?dryRun=true')).body.applied).toBe(false);
    expect(await tagNow()).toBe(tag);
    const refusals = [
      ['PUT', 'units/unit:x', { ...unit, parent: 'unit:none' }, 'directory-refused'],
      ['PUT', 'units/office', unit, 'directory-refused'],
      ['PUT', 'units/unit:x', { ...unit, id: 'unit:y' }, 'bad-input'],
      ['PUT', 'units/unit:x', { ...unit, more: 1 }, 'bad-request'],
      ['PUT', 'principals/agent:x', { name: 'x', person: 'person:head' }, 'directory-refused'],
      [
        'PUT',
        'absences/none',
        { person: 'person:a', standIn: 'person:b', from: '2026-01-01', until: '2026-02-01' },
        'not-found',
      ],
      ['DELETE', 'roles/officer', undefined, 'directory-refused'],
      ['DELETE', 'units/unit:none', undefined, 'not-found'],
    ] as const;
    for (const [method, path, body, code] of refusals) {
      const refused = await change(method, path, tag, body);
      expect([path, refused.body.code]).toEqual([path, code]);
    }
    const officer = await http.client('officer');
    expect((await officer('GET', '/v1/directory/units/unit:office')).status).toBe(403);
    const sent = { body: unit, headers: { 'if-match': tag } };
    expect((await officer('PUT', '/v1/directory/units/unit:x', sent)).status).toBe(403);
  });
});
