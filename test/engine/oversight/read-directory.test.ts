import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readDirectory } from '../../../engine/oversight/read-directory.ts';

const root = resolve(import.meta.dirname, '../../..');

const good = `roles:
  clerk: { title: { vi: Văn thư, en: Clerk } }
  drafting-officer: { title: { vi: Chuyên viên, en: Drafting officer } }
units:
  - id: unit:office
    title: { vi: Văn phòng, en: Office }
  - id: unit:records
    title: { vi: Văn thư, en: Records }
    parent: unit:office
principals:
  - id: person:mau
    name: Nguyễn Văn Mẫu
    unit: unit:records
    roles: [clerk]
    positions: [clerk]
  - id: person:mau-2
    name: Nguyễn Văn Mẫu (kiêm nhiệm)
    person: person:mau
    active: false
  - id: agent:helper
    name: Trợ lý
`;

function findingsOf(source: string) {
  const read = readDirectory(source, 'directory.yaml');
  return read.kind === 'refused' ? read.findings : [];
}
const changed = (from: string, to: string) => findingsOf(good.replace(from, to));

test('a directory file becomes principals, units and roles', () => {
  const read = readDirectory(good, 'directory.yaml');
  if (read.kind !== 'directory') throw new Error(JSON.stringify(read));
  expect(read.principals).toEqual([
    {
      id: 'person:mau',
      kind: 'person',
      name: 'Nguyễn Văn Mẫu',
      person: 'person:mau',
      unit: 'unit:records',
      roles: ['clerk'],
      positions: ['clerk'],
      active: true,
    },
    {
      id: 'person:mau-2',
      kind: 'person',
      name: 'Nguyễn Văn Mẫu (kiêm nhiệm)',
      person: 'person:mau',
      unit: null,
      roles: [],
      positions: [],
      active: false,
    },
    {
      id: 'agent:helper',
      kind: 'agent',
      name: 'Trợ lý',
      person: 'agent:helper',
      unit: null,
      roles: [],
      positions: [],
      active: true,
    },
  ]);
  expect(read.units).toEqual([
    { id: 'unit:office', title: { vi: 'Văn phòng', en: 'Office' }, parent: null },
    { id: 'unit:records', title: { vi: 'Văn thư', en: 'Records' }, parent: 'unit:office' },
  ]);
  expect([...read.roles.keys()]).toEqual(['clerk', 'drafting-officer']);
});

test('the demonstration directory has everyone the two processes need', () => {
  const read = readDirectory(readFileSync(resolve(root, 'demo/directory.yaml'), 'utf8'), 'directory.yaml');
  if (read.kind !== 'directory') throw new Error(JSON.stringify(read.findings));
  const withRole = (role: string) => read.principals.filter(({ roles }) => roles.includes(role));
  expect(withRole('standing-committee')).toHaveLength(7);
  for (const role of read.roles.keys()) expect(withRole(role), role).not.toHaveLength(0);
  for (const role of read.roles.keys()) {
    const kinds = { 'drafting-agent': 'agent', 'department-service': 'service' };
    const kind = (kinds as Record<string, string>)[role] ?? 'person';
    for (const principal of withRole(role)) expect(principal.kind, role).toBe(kind);
  }
});

test('an unknown role is found at its place, with the one that was probably meant', () => {
  expect(changed('roles: [clerk]', 'roles: [clerk, drafting-oficer]')).toEqual([
    {
      code: 'unknown-role',
      severity: 'error',
      message: 'There is no role "drafting-oficer" in this file. Did you mean "drafting-officer"?',
      file: 'directory.yaml',
      line: 14,
      column: 20,
    },
  ]);
});

test('an unknown unit is found for a parent and for a principal', () => {
  expect(changed('parent: unit:office', 'parent: unit:ofice')).toMatchObject([
    { code: 'unknown-unit', line: 9, column: 13, message: expect.stringContaining('"unit:office"?') },
  ]);
  expect(changed('unit: unit:records', 'unit: unit:recods')).toMatchObject([
    { code: 'unknown-unit', line: 13, column: 11 },
  ]);
});

test('a misspelt field is found at its name, with a suggestion', () => {
  expect(changed('    positions:', '    postions:')).toMatchObject([
    {
      code: 'unknown-field',
      line: 15,
      column: 5,
      message: 'There is no field "postions" here. Did you mean "positions"?',
    },
  ]);
});

test('a missing field and a value of the wrong form are found', () => {
  expect(changed('    name: Trợ lý\n', '')).toMatchObject([{ code: 'missing-field', line: 20 }]);
  expect(changed('agent:helper', 'robot:helper')).toMatchObject([{ code: 'bad-value', line: 20, column: 9 }]);
});

test('two entries with one id, and two members with one name, are found at the second', () => {
  expect(changed('person:mau-2', 'person:mau')).toMatchObject([
    { code: 'duplicate-id', line: 16, column: 9 },
  ]);
  expect(changed('    active: false', '    active: false\n    active: true')).toMatchObject([
    { code: 'duplicate-key', line: 20 },
  ]);
});

test('units that are above themselves are found', () => {
  const circle = good
    .replace('en: Office } }', 'en: Office } }\n    parent: unit:records')
    .replace(
      'title: { vi: Văn phòng, en: Office }',
      'title: { vi: Văn phòng, en: Office }\n    parent: unit:records',
    );
  expect(findingsOf(circle)).toMatchObject([{ code: 'unit-circle' }, { code: 'unit-circle' }]);
});

test('P3: a second account names a natural person, so that one person counts once', () => {
  expect(changed('person: person:mau', 'person: person:nobody')).toMatchObject([{ code: 'unknown-person' }]);
  expect(changed('  - id: agent:helper', '  - id: agent:helper\n    person: person:mau')).toMatchObject([
    { code: 'not-a-person' },
  ]);
  const chain = `${good}  - id: person:mau-3\n    name: Mẫu\n    person: person:mau-2\n`;
  expect(findingsOf(chain)).toMatchObject([{ code: 'person-of-person' }]);
});

test('an agent may be called: over https, or on this machine alone', () => {
  const at = (address: string) =>
    changed('  - id: agent:helper', `  - id: agent:helper\n    callback: '${address}'`);
  for (const fine of [
    'https://agent.example/asked?by=us',
    'http://127.0.0.1:8080/x',
    'http://localhost/',
    'http://[::1]:1/',
  ])
    expect([fine, at(fine)]).toEqual([fine, []]);
  for (const wrong of [
    ...[
      'http://agent.example/',
      'ftp://agent.example/',
      'https://user:word@agent.example/',
      'https://a.example/#x',
    ],
    ...['https://', 'http://127.0.0.1.example/', 'https://a.example/ x', 'https://[::/'],
  ])
    expect([wrong, at(wrong)]).toEqual([wrong, [expect.objectContaining({ code: 'bad-value' })]]);
  expect(changed('    positions: [clerk]', "    callback: 'https://agent.example/'")).toMatchObject([
    { code: 'not-an-agent' },
  ]);
});

test('P3: an agent has an operator, who is a person or a unit of the file', () => {
  const operated = (by: string) =>
    changed('  - id: agent:helper', `  - id: agent:helper\n    operator: ${by}`);
  expect(operated('person:mau')).toEqual([]);
  expect(operated('unit:office')).toEqual([]);
  expect(operated('person:nobody')).toMatchObject([{ code: 'unknown-person' }]);
  expect(operated('unit:nowhere')).toMatchObject([{ code: 'unknown-unit' }]);
  expect(operated('agent:helper')).toMatchObject([{ code: 'bad-value' }]);
  expect(changed('    positions: [clerk]', '    operator: unit:office')).toMatchObject([
    { code: 'not-an-agent' },
  ]);
});

test.each([
  ['not YAML at all', 'roles: [', 'not-yaml'],
  ['a second document', `${good}---\nroles: {}\n`, 'not-yaml'],
  ['an alias', 'roles: &a {}\nunits: *a\nprincipals: []', 'alias'],
  ['a tag', 'roles: !!js/function {}', 'unknown-tag'],
  ['__proto__', 'roles: {}\nunits: []\nprincipals: []\n__proto__: {}', 'unknown-field'],
  ['20,000 brackets', `roles: ${'['.repeat(20_000)}`, 'nested-too-deep'],
  ['20,000 dashes', `roles: ${'\n- '}${'- '.repeat(20_000)}`, 'nested-too-deep'],
  ['an empty file', '', 'bad-value'],
])('hostile or broken text is refused with a place: %s', (_name, source, code) => {
  const findings = findingsOf(source);
  expect(findings.map((finding) => finding.code)).toContain(code);
  expect(findings[0]?.line).toBeGreaterThan(0);
});
