import { expect, test } from 'vitest';
import {
  type Directory,
  fromDirectory,
  type Principal,
  toDirectory,
} from '../../../engine/oversight/directory.ts';
import type { WantedUser } from '../../../engine/oversight/provision-users.ts';
import {
  applyProvisioning,
  type ProvisioningChange,
  viewProvisioned,
} from '../../../engine/oversight/provisioning.ts';
import { roleNameOf } from '../../../engine/oversight/provisioning-rules.ts';
import { people, units } from '../../support/test-people.ts';

const issuer = 'https://id.example';
const start = toDirectory({ principals: people, units }, 1);
const wanted = (userName: string, more: Partial<WantedUser> = {}): WantedUser => ({
  ...{ userName, name: userName, active: true, externalId: null, employeeNumber: null, department: null },
  ...more,
});

function after(directory: Directory, change: ProvisioningChange): Directory {
  const applied = applyProvisioning(fromDirectory(directory), change);
  if (applied.kind !== 'applied') throw new Error(applied.message);
  return toDirectory(applied.lists, directory.version + 1);
}

function reasonOf(directory: Directory, change: ProvisioningChange): string {
  const applied = applyProvisioning(fromDirectory(directory), change);
  return applied.kind === 'applied' ? 'applied' : applied.reason;
}

const create = (user: WantedUser, at: string | null = issuer): ProvisioningChange => ({
  kind: 'create-user',
  user,
  issuer: at,
});

test('an account is linked when a user is created, where people sign in, and to nobody a second time', () => {
  const made = after(start, create(wanted('an', { externalId: 'sub-1' })));
  expect(made.principals.get('person:an')?.accounts).toEqual([{ issuer, subject: 'sub-1' }]);
  const unlinked = after(start, create(wanted('an', { externalId: 'sub-1' }), null));
  expect(unlinked.principals.get('person:an')?.accounts).toBeUndefined();
  const linkedByHand = people.map(
    (one): Principal =>
      one.id === 'person:head' ? { ...one, accounts: [{ issuer, subject: 'sub-1' }] } : one,
  );
  const other = toDirectory({ principals: linkedByHand, units }, 1);
  expect(reasonOf(other, create(wanted('an', { externalId: 'sub-1' })))).toBe('taken');
});

test('P3: nobody comes to sign in as somebody who was there already', () => {
  const user = wanted('head', { externalId: 'sub-of-a-thief' });
  const labelled = after(start, { kind: 'replace-user', id: 'head', user });
  expect(labelled.principals.get('person:head')?.accounts).toBeUndefined();
  const made = after(start, create(wanted('an', { externalId: 'sub-1' })));
  const moved = wanted('an', { externalId: 'sub-2' });
  expect(reasonOf(made, { kind: 'replace-user', id: 'an', user: moved })).toBe('immutable');
  expect(reasonOf(made, { kind: 'replace-user', id: 'an', user: wanted('head') })).toBe('taken');
});

test('P3: removing somebody and creating them again links no account to them, and takes nobody else theirs', () => {
  const linked = people.map(
    (one): Principal =>
      one.id === 'person:keeper' ? { ...one, accounts: [{ issuer, subject: 'sub-keeper' }] } : one,
  );
  const gone = after(toDirectory({ principals: linked, units }, 1), { kind: 'remove-user', id: 'stranger' });
  for (const externalId of ['sub-of-a-thief', 'sub-keeper']) {
    const back = after(gone, create(wanted('stranger', { externalId })));
    expect(back.principals.get('person:stranger')).toMatchObject({
      active: true,
      provisioned: { externalId },
    });
    expect(back.principals.get('person:stranger')?.accounts).toBeUndefined();
  }
});

test('P9: whom an administrator made inactive does not come back by being removed and created again', () => {
  const barred = people.map(
    (one): Principal => (one.id === 'person:stranger' ? { ...one, active: false } : one),
  );
  const before = toDirectory({ principals: barred, units }, 1);
  const numbered = after(before, {
    ...{ kind: 'replace-user', id: 'stranger' },
    user: wanted('stranger', { active: false, employeeNumber: '7' }),
  });
  expect(reasonOf(numbered, create(wanted('other', { employeeNumber: '7' })))).toBe('forbidden');
  const gone = after(numbered, { kind: 'remove-user', id: 'stranger' });
  expect(viewProvisioned(gone).users.has('stranger')).toBe(false);
  expect(reasonOf(gone, create(wanted('stranger')))).toBe('forbidden');
  expect(reasonOf(gone, create(wanted('other', { employeeNumber: '7' })))).toBe('forbidden');
});

test('P3: nobody votes in the place of somebody with a role by a further account that is said to be theirs', () => {
  const numbered = after(start, {
    ...{ kind: 'replace-user', id: 'officer' },
    user: wanted('officer', { employeeNumber: '9' }),
  });
  expect(reasonOf(numbered, create(wanted('other', { employeeNumber: '9' })))).toBe('forbidden');
  expect(
    after(numbered, create(wanted('other', { employeeNumber: '10' }))).principals.has('person:other'),
  ).toBe(true);
});

test('P3: whoever comes back is who they were, with the number that says so', () => {
  const made = after(start, create(wanted('an', { employeeNumber: '17' })));
  const gone = after(made, { kind: 'remove-user', id: 'an' });
  // A name that is used again, for somebody else, or for somebody who is here already.
  expect(reasonOf(gone, create(wanted('an', { employeeNumber: '18' })))).toBe('taken');
  const unnumbered = after(after(start, create(wanted('an'))), { kind: 'remove-user', id: 'an' });
  const other = after(unnumbered, create(wanted('binh', { employeeNumber: '18' })));
  expect(reasonOf(other, create(wanted('an', { employeeNumber: '18' })))).toBe('taken');
  // Left out, the number is still theirs, and so is a further account with it.
  const back = after(gone, create(wanted('an')));
  expect(back.principals.get('person:an')?.provisioned?.employeeNumber).toBe('17');
  const further = after(back, create(wanted('an-too', { employeeNumber: '17' })));
  expect(further.principals.get('person:an-too')?.person).toBe('person:an');
  // Both were removed: the one of that name comes back.
  const none = after(after(further, { kind: 'remove-user', id: 'an' }), {
    kind: 'remove-user',
    id: 'an-too',
  });
  const again = after(none, create(wanted('an-too', { employeeNumber: '17' })));
  expect(again.principals.get('person:an-too')).toMatchObject({ active: true, person: 'person:an' });
});

test('whoever is removed keeps the account, the clearance and the unit, and nothing that lets them act', () => {
  const secret = people.map(
    (one): Principal =>
      one.id === 'person:head'
        ? {
            ...one,
            clearance: 'secret',
            positions: ['chief'],
            appointments: [{ kind: 'role', name: 'leader', unit: 'unit:other', from: null, until: null }],
          }
        : one,
  );
  const before = toDirectory({ principals: secret, units }, 1);
  const gone = after(before, { kind: 'remove-user', id: 'head' });
  const person = gone.principals.get('person:head');
  expect(person).toMatchObject({
    active: false,
    roles: [],
    positions: [],
    clearance: 'secret',
    unit: 'unit:office',
  });
  expect(person?.appointments).toBeUndefined();
  expect(viewProvisioned(gone).users.has('head')).toBe(false);
  // Left out, a clearance would not be asked for at all.
  expect(after(gone, create(wanted('HEAD'))).principals.get('person:head')?.clearance).toBe('secret');
});

test('P9: nobody is given so many roles that administrators could edit the directory no more', () => {
  const held = Array.from({ length: 100 }, (_, index) => `role-${index}`);
  const full = people.map((one): Principal => (one.id === 'person:stranger' ? { ...one, roles: held } : one));
  const roles = new Map(held.map((role) => [role, { vi: role, en: role }]));
  const before = toDirectory({ principals: full, units, roles }, 1);
  const group = (members: readonly string[]): ProvisioningChange => ({
    kind: 'create-group',
    name: 'more',
    members,
  });
  expect(reasonOf(before, group(['stranger']))).toBe('bad-value');
  expect(reasonOf(before, group(['head']))).toBe('applied');
});

test('two whose names are made alike are two', () => {
  const both = after(after(start, create(wanted('a b'))), create(wanted('a-b')));
  expect([both.principals.has('person:a-b'), both.principals.has('person:a-b-2')]).toEqual([true, true]);
});

test.each([
  ['Lãnh đạo có thẩm quyền', 'lanh-dao-co-tham-quyen'],
  ['competent-leader', 'competent-leader'],
  ['Đội 1', 'doi-1'],
  ['42', null],
  ['—', null],
])('the group %s is the role %s', (displayName, role) => {
  expect(roleNameOf(displayName)).toBe(role);
});
