/** SCIM 2.0 over HTTP, over the real engine and a real database, as Entra ID and Okta speak it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRecord } from '../../../engine/index.ts';
import type { Principal } from '../../../engine/oversight/directory.ts';
import { proposalDefinition } from '../../support/definitions.ts';
import { people, units } from '../../support/test-people.ts';
import { openTestSession } from '../../support/test-sessions.ts';
import { type HttpHouse, openHttpHouse } from '../support/house-client.ts';

interface ScimAnswer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests read answers of many shapes.
  readonly body: any;
}

type Scim = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<ScimAnswer>;

let http: HttpHouse;
let scim: Scim;

const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const titles = { vi: 'x', en: 'x' };
const sync: Principal = {
  ...{ id: 'service:sync', kind: 'service', name: 'Sync', person: 'service:sync', unit: null },
  ...{ roles: ['provisioner'], positions: [], active: true },
};
const board = { id: 'body:board', title: titles, members: [member('head')] };

function member(name: string) {
  return { person: `person:${name}`, from: null, until: null };
}

beforeAll(async () => {
  http = await openHttpHouse();
  await http.house.ledger.replaceDirectory([...people, sync], units, 'test', {
    roles: new Map(
      [...new Set(people.flatMap(({ roles }) => roles)), 'provisioner'].map((role) => [role, titles]),
    ),
    bodies: new Map([[board.id, board]]),
    delegations: [],
  });
  await http.house.deploy(proposalDefinition);
  scim = withKey(await keyOf('service:sync', ['directory']));
});
afterAll(() => http?.close());

async function keyOf(principal: string, scopes: readonly string[]): Promise<string> {
  const designer = await http.client('designer');
  const issued = await designer('POST', '/v1/keys', { body: { principal, scopes } });
  expect(issued.status).toBe(201);
  return issued.body.secret;
}

function withKey(secret: string | null): Scim {
  return async (method, path, body, headers = {}) => {
    const response = await fetch(`${http.url}/scim/v2${path}`, {
      method,
      headers: {
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { status: response.status, headers: response.headers };
    return { ...answer, body: text === '' ? null : JSON.parse(text) };
  };
}

const user = (userName: string, more: object = {}) => ({ schemas: [userSchema], userName, ...more });
const patch = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

async function principal(id: string) {
  const keeper = await http.client('keeper');
  return (await keeper('GET', `/v1/directory/principals/${id}`)).body.entry;
}

async function acts() {
  const auditor = await http.client('auditor');
  const { body } = await auditor('GET', '/v1/acts?limit=200');
  return body.items.map((one: { act: object }) => one.act);
}

test('it says what it is, in the forms of the standard', async () => {
  const config = await scim('GET', '/ServiceProviderConfig');
  expect(config.headers.get('content-type')).toBe('application/scim+json');
  expect(config.body).toMatchObject({ patch: { supported: true }, bulk: { supported: false } });
  expect((await scim('GET', '/ResourceTypes/Group')).body.endpoint).toBe('/Groups');
  const schemas = await scim('GET', '/Schemas');
  expect(schemas.body.Resources.map((one: { id: string }) => one.id)).toEqual([
    userSchema,
    enterprise,
    groupSchema,
  ]);
  expect((await scim('GET', `/Schemas/${userSchema}`)).body.attributes[0].name).toBe('userName');
  expect((await scim('GET', '/Schemas/%ff')).status).toBe(404);
  expect((await scim('DELETE', '/Schemas')).status).toBe(405);
});

test('a user comes, is found, renamed, deactivated, brought back and removed; each is one act of the service', async () => {
  const before = (await acts()).length;
  const made = await scim(
    'POST',
    '/Users',
    user('Mau.Nguyen@office.example', {
      externalId: 'f-1',
      name: { familyName: 'Nguyễn', givenName: 'Mẫu' },
      emails: [{ value: 'mau@office.example', primary: true }],
      [enterprise]: { employeeNumber: '17', department: 'unit:office', costCenter: 'x' },
    }),
  );
  expect(made).toMatchObject({
    status: 201,
    body: {
      ...{ id: 'mau.nguyen-office.example', userName: 'Mau.Nguyen@office.example', active: true },
      ...{ externalId: 'f-1', displayName: 'Nguyễn Mẫu', groups: [] },
      [enterprise]: { employeeNumber: '17', department: 'unit:office' },
    },
  });
  expect(made.headers.get('location')).toBe(made.body.meta.location);
  const path = `/Users/${made.body.id}`;
  for (const filter of [
    'userName eq "mau.nguyen@OFFICE.example"',
    'externalId eq "f-1" and active eq "True"',
    `${userSchema}:userName sw "mau." and displayName co "nguyễn"`,
  ]) {
    const found = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}&attributes=userName`);
    expect(found.body.Resources).toEqual([
      { schemas: expect.any(Array), id: made.body.id, userName: made.body.userName },
    ]);
  }
  expect((await scim('POST', '/Users', user('MAU.nguyen@office.example'))).body).toMatchObject({
    ...{ status: '409', scimType: 'uniqueness' },
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  });

  const renamed = await scim(
    'PATCH',
    path,
    patch(
      { op: 'Replace', path: 'displayName', value: 'Nguyễn Văn Mẫu' },
      { op: 'Add', path: 'emails[type eq "work"].value', value: 'x@office.example' },
    ),
  );
  expect(renamed.body.displayName).toBe('Nguyễn Văn Mẫu');
  // Okta sends no path, Entra ID a text.
  const left = await scim('PATCH', path, patch({ op: 'replace', value: { active: false } }));
  expect(left.body.active).toBe(false);
  expect(await principal('person:mau.nguyen-office.example')).toMatchObject({
    active: false,
    clearance: 'normal',
  });
  const back = await scim('PATCH', path, patch({ op: 'Replace', path: 'active', value: 'True' }));
  expect(back.body.active).toBe(true);
  expect((await scim('DELETE', path)).status).toBe(204);
  expect((await scim('GET', path)).status).toBe(404);
  expect((await scim('DELETE', path)).body.status).toBe('404');
  const made2 = (await acts())
    .slice(before)
    .filter((one: { act: string }) => one.act === 'directory-replaced');
  expect(made2).toHaveLength(5);
  for (const act of made2) expect(act).toMatchObject({ by: 'service:sync', via: 'scim' });
});

test('P3: whoever was removed and comes again is the same natural person, and holds nothing', async () => {
  const number = { [enterprise]: { employeeNumber: '99' } };
  const { body: first } = await scim('POST', '/Users', user('again@x.example', number));
  const add = patch({ op: 'add', path: 'members', value: [{ value: first.id }] });
  expect((await scim('PATCH', '/Groups/officer', add)).status).toBe(200);
  await scim('DELETE', `/Users/${first.id}`);
  const { body: again } = await scim('POST', '/Users', user('other@x.example', number));
  expect(again).toMatchObject({ id: first.id, userName: 'other@x.example', groups: [] });
  const { body: second } = await scim('POST', '/Users', user('second@x.example', number));
  expect(await principal(`person:${second.id}`)).toMatchObject({ person: `person:${first.id}` });
  const split = patch({ op: 'replace', path: `${enterprise}:employeeNumber`, value: '100' });
  expect((await scim('PATCH', `/Users/${second.id}`, split)).body.scimType).toBe('mutability');
});

describe('groups are roles', () => {
  test('members come and go by each way that providers say it', async () => {
    const { body: one } = await scim('POST', '/Users', user('one@g.example'));
    const { body: two } = await scim('POST', '/Users', user('two@g.example'));
    const made = await scim('POST', '/Groups', {
      ...{ schemas: [groupSchema], displayName: 'Nhóm Thẩm định', externalId: 'g-1' },
      members: [{ value: one.id }],
    });
    expect(made).toMatchObject({
      status: 201,
      body: { id: 'nhom-tham-dinh', displayName: 'nhom-tham-dinh' },
    });
    const path = '/Groups/nhom-tham-dinh';
    const members = async (...operations: object[]) => {
      const { status, body } = await scim('PATCH', path, patch(...operations));
      expect(status).toBe(200);
      return body.members.map(({ value }: { value: string }) => value);
    };
    expect(
      await members({ op: 'Add', path: 'members', value: [{ value: two.id }, { value: one.id }] }),
    ).toEqual([one.id, two.id]);
    expect(await members({ op: 'Remove', path: `members[value eq "${one.id}"]` })).toEqual([two.id]);
    expect(await members({ op: 'Remove', path: 'members', value: [{ value: two.id }] })).toEqual([]);
    expect(await members({ op: 'replace', value: { id: 'x', members: [{ value: one.id }] } })).toEqual([
      one.id,
    ]);
    expect(await members({ op: 'remove', path: 'members' })).toEqual([]);
    const put = { schemas: [groupSchema], displayName: 'nhom-tham-dinh', members: [{ value: two.id }] };
    expect((await scim('PUT', path, put)).body.members).toHaveLength(1);
    expect((await scim('GET', `/Users/${two.id}`)).body.groups[0].value).toBe('nhom-tham-dinh');
    const found = await scim(
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "Nhóm thẩm định"')}`,
    );
    expect(found.body).toMatchObject({ totalResults: 1, Resources: [{ id: 'nhom-tham-dinh' }] });
    expect(found.body.Resources[0].members).toBeUndefined();
    expect((await scim('PUT', path, { ...put, displayName: 'other' })).body.scimType).toBe('mutability');
    expect((await scim('DELETE', path)).status).toBe(204);
    expect((await scim('GET', path)).status).toBe(404);
    expect((await scim('GET', `/Users/${two.id}`)).body.groups).toEqual([]);
  });

  test('P3: services and agents are not seen, named as members, or made', async () => {
    const { body } = await scim('GET', '/Groups/officer');
    const names = body.members.map(({ value }: { value: string }) => value);
    expect(names).toContain('officer');
    expect(names.join()).not.toMatch(/intake|drafter/);
    for (const value of ['agent:drafter', 'drafter', 'service:sync']) {
      const add = patch({ op: 'add', path: 'members', value: [{ value }] });
      expect((await scim('PATCH', '/Groups/officer', add)).body.scimType).toBe('invalidValue');
    }
    expect((await scim('GET', '/Users/service:sync')).status).toBe(404);
    expect((await scim('DELETE', '/Users/drafter')).status).toBe(404);
    const { body: made } = await scim('POST', '/Users', user('agent:new'));
    expect(await principal(`person:${made.id}`)).toMatchObject({ id: 'person:agent-new' });
    // What they hold is not taken by a replacement that names only people.
    const put = { schemas: [groupSchema], displayName: 'officer', members: [{ value: 'officer' }] };
    expect((await scim('PUT', '/Groups/officer', put)).status).toBe(200);
    expect((await principal('service:intake')).roles).toContain('officer');
  });
});

describe('P9: a key that provisions is no administrator', () => {
  test('roles with power over Countersign itself are neither given, taken nor made', async () => {
    const give = patch({ op: 'add', path: 'members', value: [{ value: 'stranger' }] });
    for (const role of [
      'directory-administrator',
      'key-administrator',
      'provisioner',
      'auditor',
      'controller',
    ]) {
      expect((await scim('PATCH', `/Groups/${role}`, give)).status).toBe(403);
      expect((await scim('PATCH', `/Groups/${role}`, patch({ op: 'remove', path: 'members' }))).status).toBe(
        role === 'provisioner' ? 200 : 403,
      );
      expect((await scim('DELETE', `/Groups/${role}`)).status).toBe(403);
    }
    const migrators = { schemas: [groupSchema], displayName: 'Process Designer' };
    expect((await scim('POST', '/Groups', migrators)).status).toBe(409);
  });

  test('seats, clearances, accounts and kinds cannot be said, and the directory itself is closed to it', async () => {
    for (const name of ['roles', 'clearance', 'delegations', 'bodies', 'accounts', 'kind', 'person']) {
      expect([name, (await scim('POST', '/Users', user('p@x.example', { [name]: ['x'] }))).status]).toEqual([
        name,
        403,
      ]);
      const op = patch({ op: 'add', path: name, value: 'x' });
      expect((await scim('PATCH', '/Users/stranger', op)).status).toBe(403);
    }
    // A further account of somebody with a seat would have the seat.
    const number = { op: 'add', path: `${enterprise}:employeeNumber`, value: '1000' };
    expect((await scim('PATCH', '/Users/head', patch(number))).status).toBe(200);
    const more = user('head-too@x.example', { [enterprise]: { employeeNumber: '1000' } });
    expect((await scim('POST', '/Users', more)).status).toBe(403);
    const client = http.clientWithSecret(await keyOf('service:sync', ['directory']));
    expect((await client('GET', '/v1/directory')).status).toBe(403);
  });

  test('an account is not created under the id of somebody who was taken out of the directory and left a key or a session', async () => {
    const keeper = await http.client('keeper');
    await scim('POST', '/Users', user('ghost'));
    const ghost = http.clientWithSecret(await keyOf('person:ghost', ['read']));
    const { ledger } = http.house;
    await openTestSession(ledger, 'of-the-ghost', 'person:ghost');
    const { etag } = await keeper('GET', '/v1/directory/principals/person:ghost');
    await keeper('DELETE', '/v1/directory/principals/person:ghost', { headers: { 'if-match': etag } });
    expect((await scim('POST', '/Users', user('ghost'))).body.scimType).toBe('uniqueness');
    expect((await ghost('GET', '/v1/me')).status).toBe(401);
    const designer = await http.client('designer');
    const { body } = await designer('GET', '/v1/keys');
    const left = body.items.find((one: { principal: string }) => one.principal === 'person:ghost');
    await designer('DELETE', `/v1/keys/${left.id}`);
    expect((await scim('POST', '/Users', user('ghost'))).body.detail).toContain(
      'a session that has not ended',
    );
    await ledger.endSessions('person:ghost', null, 'person:designer');
    expect((await scim('POST', '/Users', user('ghost'))).status).toBe(201);
  });

  test('others than a provisioner, and a key without the scope, are refused in the form of the standard', async () => {
    expect((await withKey(null)('GET', '/Users')).status).toBe(401);
    expect((await withKey('wrong')('GET', '/Users')).status).toBe(401);
    const keeper = withKey(await http.secretOf('keeper'));
    expect((await keeper('GET', '/Users')).body).toMatchObject({ status: '403' });
    const reading = withKey(await keyOf('service:sync', ['read']));
    expect((await reading('POST', '/Users', user('x@x.example'))).status).toBe(403);
  });

  test('whom an administrator made inactive stays so', async () => {
    const keeper = await http.client('keeper');
    const { body, etag } = await keeper('GET', '/v1/directory/principals/person:second-officer');
    await keeper('PUT', '/v1/directory/principals/person:second-officer', {
      body: { ...body.entry, active: false },
      headers: { 'if-match': etag },
    });
    const back = patch({ op: 'replace', path: 'active', value: true });
    expect((await scim('PATCH', '/Users/second-officer', back)).status).toBe(403);
    expect((await scim('DELETE', '/Users/second-officer')).status).toBe(204);
    expect((await scim('GET', '/Users/second-officer')).status).toBe(404);
    expect((await scim('POST', '/Users', user('second-officer'))).status).toBe(403);
  });

  test('nor is what the provider said in the past a leave to bring back whom an administrator sends away later', async () => {
    const keeper = await http.client('keeper');
    const { body: made } = await scim('POST', '/Users', user('away@x.example', { active: false }));
    const path = `/v1/directory/principals/person:${made.id}`;
    for (const active of [true, false]) {
      const { body, etag } = await keeper('GET', path);
      const put = await keeper('PUT', path, {
        body: { ...body.entry, active },
        headers: { 'if-match': etag },
      });
      expect(put.body.applied).toBe(true);
    }
    const back = patch({ op: 'replace', path: 'active', value: true });
    expect((await scim('PATCH', `/Users/${made.id}`, back)).status).toBe(403);
  });
});

test('whoever has left loses access at once, whatever it leaves undecidable and whatever else is said; the act says so', async () => {
  const leader = await http.client('leader');
  expect((await leader('GET', '/v1/me')).status).toBe(200);
  const now = await scim('GET', '/Users/leader');
  const put = { ...now.body, active: 'False', [enterprise]: { department: 'no such unit' } };
  expect((await scim('PUT', '/Users/leader', put)).body.active).toBe(false);
  expect((await leader('GET', '/v1/me')).status).toBe(401);
  await scim('PATCH', '/Users/head', patch({ op: 'replace', path: 'active', value: false }));
  const last = (await acts()).findLast((one: { act: string }) => one.act === 'directory-replaced');
  expect(last.warnings.join(' ')).toMatch(/proposal/);
});

test('whoever has left loses access even where the rest cannot be read; the next such write is told what is wrong', async () => {
  for (const [name, body, status] of [
    ['put', user('gone-put', { active: false, shoeSize: 42 }), 400],
    ['patch', patch({ op: 'Replace', path: 'active', value: 'False' }, { op: 'add', path: 'x y' }), 400],
  ] as const) {
    const { body: made } = await scim('POST', '/Users', user(`gone-${name}`));
    const path = `/Users/${made.id}`;
    expect((await scim(name.toUpperCase(), path, body)).body.active).toBe(false);
    expect((await scim(name.toUpperCase(), path, body)).status).toBe(status);
  }
  const both = patch(
    { op: 'replace', value: { active: false } },
    { op: 'replace', path: 'active', value: 'x' },
  );
  expect((await scim('PATCH', '/Users/stranger', both)).status).toBe(400);
  expect((await scim('GET', '/Users/stranger')).body.active).toBe(true);
});

test('what providers send beside it is passed over: no roles, no first name, parts of what is not kept', async () => {
  const made = await scim(
    'POST',
    '/Users',
    user('plain@x.example', { roles: [], name: { familyName: 'Mẫu', givenName: '', formatted: 'Mẫu' } }),
  );
  expect(made).toMatchObject({ status: 201, body: { displayName: 'Mẫu' } });
  const sent = patch(
    { op: 'Replace', path: `${enterprise}:manager.value`, value: 'x' },
    { op: 'Replace', path: 'emails.value', value: 'x@x.example' },
    { op: 'Replace', path: null, value: { displayName: 'Mẫu Hai' } },
  );
  expect((await scim('PATCH', `/Users/${made.body.id}`, sent)).body.displayName).toBe('Mẫu Hai');
  const remove = patch({ op: 'remove', path: 'roles' });
  expect((await scim('PATCH', `/Users/${made.body.id}`, remove)).status).toBe(403);
});

test('a change is held to what was seen, where that is said', async () => {
  const { body, headers } = await scim('POST', '/Users', user('seen@x.example'));
  const path = `/Users/${body.id}`;
  const rename = (name: string) => patch({ op: 'replace', path: 'displayName', value: name });
  const tag = headers.get('etag') ?? '';
  expect(tag).toMatch(/^W\//);
  expect((await scim('PATCH', path, rename('A'), { 'if-match': tag })).status).toBe(200);
  expect((await scim('PATCH', path, rename('B'), { 'if-match': tag })).status).toBe(412);
  expect((await scim('DELETE', path, undefined, { 'if-match': tag })).status).toBe(412);
});

test('twenty at once: each comes, none is lost, and the record verifies', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => scim('POST', '/Users', user(`many-${index}@x.example`))),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
  const filter = encodeURIComponent('userName sw "many-"');
  const page = await scim('GET', `/Users?filter=${filter}&startIndex=19&count=5`);
  expect(page.body).toMatchObject({ totalResults: 20, startIndex: 19, itemsPerPage: 2 });
  expect((await scim('GET', '/Users?count=0')).body.Resources).toEqual([]);
  const report = await verifyRecord(http.house.ledger);
  expect(report.problems).toEqual([]);
});

describe('hostile input', () => {
  test.each([
    'or',
    'userName eq',
    'userName eq "a" or active eq true',
    '(userName eq "a")',
    'userName eq "a" userName eq "b"',
    '__proto__.polluted eq "x"',
    'nickName eq "x"',
    'userName gt "a"',
    `userName eq "${'a'.repeat(3000)}"`,
    Array(20).fill('active eq true').join(' and '),
  ])('the filter %s is refused', async (filter) => {
    const answer = await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`);
    expect(answer.body).toMatchObject({ status: '400', scimType: 'invalidFilter' });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test.each([
    ['no JSON', '{', 'invalidSyntax'],
    ['a deep body', '['.repeat(1000), 'invalidSyntax'],
    ['a list', '[]', 'invalidSyntax'],
    ['no schema', { userName: 'x' }, 'invalidSyntax'],
    ['no name', { schemas: [userSchema] }, 'invalidValue'],
    ['an unknown field', user('x', { shoeSize: 42 }), 'invalidPath'],
    ['a prototype', '{"__proto__": {}}', 'invalidSyntax'],
    ['a control character', user('a\u0001b'), 'invalidValue'],
    ['a name too long', user('a'.repeat(300)), 'invalidValue'],
    ['an active that is neither', user('x', { active: 'perhaps' }), 'invalidValue'],
    ['an unknown unit', user('x', { [enterprise]: { department: 'nowhere' } }), 'invalidValue'],
  ])('%s is refused', async (_, body, scimType) => {
    expect((await scim('POST', '/Users', body)).body).toMatchObject({ status: '400', scimType });
  });

  test.each([
    [{ op: 'move', path: 'active', value: true }, 'invalidSyntax'],
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'replace', path: 'active' }, 'invalidValue'],
    [{ op: 'replace', path: 'name..x', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', path: 'userName', value: null }, 'invalidValue'],
    [{ op: 'replace', path: 'active[__proto__ eq "x"]', value: false }, 'invalidPath'],
    [{ op: 'replace', path: 'displayName[value eq "x"].y', value: 'x' }, 'invalidPath'],
    [{ op: 'replace', value: 'x' }, 'invalidValue'],
    [{ op: 'add', path: 'displayName', value: 'x', from: 'y' }, 'invalidSyntax'],
  ])('the operation %j is refused', async (operation, scimType) => {
    const answer = await scim('PATCH', '/Users/stranger', patch(operation));
    expect(answer.body).toMatchObject({ status: '400', scimType });
  });

  test('so are too many operations, another media type and another address', async () => {
    const many = Array(1001).fill({ op: 'add', path: 'displayName', value: 'x' });
    expect((await scim('PATCH', '/Users/stranger', patch(...many))).body.status).toBe('400');
    const type = { 'content-type': 'text/plain' };
    expect((await scim('POST', '/Users', '{}', type)).status).toBe(415);
    for (const path of ['/Bulk', '/Users/a/b', '/Users/%00', '/Me']) {
      expect((await scim('GET', path)).status).toBe(404);
    }
    expect((await scim('GET', '/Users?count=1&count=2')).status).toBe(400);
    expect((await scim('GET', '/Users?count=many')).status).toBe(400);
    const refused = await scim('PUT', '/Users');
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, POST']);
  });
});
