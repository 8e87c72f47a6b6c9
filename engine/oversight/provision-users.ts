/**
 * People, as an identity provider sees them come and go. Who has acted stays on the record, so nobody is erased:
 * whoever is removed is inactive, holds nothing, and is the same natural person when they come back.
 */
import type { Account, Principal, Provisioned } from './directory.ts';
import {
  type Applied,
  type DirectoryLists,
  isBarred,
  isSeen,
  type ProvisioningRefusal,
  plainName,
  refuseProvisioning,
  userNameOf,
} from './provisioning-rules.ts';

export interface WantedUser {
  readonly userName: string;
  readonly name: string;
  readonly active: boolean;
  readonly externalId: string | null;
  /** Names the natural person: two users with the same one are one person. */
  readonly employeeNumber: string | null;
  /** Id or title of a unit; null: in none. */
  readonly department: string | null;
}

export function createUser(
  lists: DirectoryLists,
  user: WantedUser,
  issuer: string | null,
): Applied | ProvisioningRefusal {
  const people = lists.principals.filter(({ kind }) => kind === 'person');
  const back = people.filter((one) => !isSeen(one) && isSame(one, user));
  if (new Set(back.map(({ person }) => person)).size > 1) {
    return refuseProvisioning(
      'taken',
      'Several people who were removed have this userName, externalId or employeeNumber.',
    );
  }
  const again = back.find((one) => isNamed(one, user)) ?? back[0];
  // What says which person it is stays as it was first said, also for whoever was away.
  const employeeNumber = user.employeeNumber ?? numberOf(again) ?? null;
  const taken = findTaken(people, user, null);
  if (taken !== null) return taken;
  const unit = findUnit(lists, user.department);
  if (unit !== null && typeof unit !== 'string') return unit;
  const numbered = employeeNumber === null ? [] : people.filter((one) => numberOf(one) === employeeNumber);
  const [known] = numbered;
  const split = again === undefined ? null : refuseSplit(again, employeeNumber, known);
  if (split !== null) return split;
  if ([...back, ...numbered].some(isBarred)) return refuseBarred;
  const natural = again?.person ?? known?.person;
  if (natural !== undefined && hasSeat(lists, natural)) {
    return refuseProvisioning(
      'forbidden',
      `This is ${natural}, who sits in a body or in whose name somebody acts; an administrator of the directory brings them in.`,
    );
  }
  // A number can be said of somebody later: a further account must not come to vote in their place by it.
  if (
    again === undefined &&
    natural !== undefined &&
    people.some((one) => one.person === natural && hasRole(one))
  ) {
    return refuseProvisioning(
      'forbidden',
      `This is ${natural}, who holds a role already; an administrator of the directory gives them a further account.`,
    );
  }
  // Whoever was there before keeps the account that they had, or none: else a creation would give them to somebody else.
  const accounts = again === undefined ? accountsOf(user.externalId, issuer) : (again.accounts ?? []);
  const [account] = accounts;
  if (again === undefined && account !== undefined && isLinked(lists.principals, account)) {
    return refuseProvisioning('taken', 'The account that externalId names is that of another principal.');
  }
  const id = again?.id ?? newId(people, user.userName);
  const principal: Principal = {
    ...{ id, kind: 'person', name: user.name, person: natural ?? id, unit },
    ...{ roles: [], positions: [], active: user.active },
    // Without one none would be asked for; a higher one an administrator gives.
    clearance: again?.clearance ?? 'normal',
    ...(accounts.length === 0 ? {} : { accounts }),
    provisioned: labelsOf({ ...user, employeeNumber }, user.active ? null : 'deactivated'),
  };
  return applied(lists, principal);
}

export function replaceUser(
  lists: DirectoryLists,
  id: string,
  user: WantedUser,
): Applied | ProvisioningRefusal {
  const now = findUser(lists, id);
  if (now === null) return refuseUnknown(id);
  const changed = changeUser(lists, now, user);
  if (changed.kind === 'applied' || user.active || !now.active) return changed;
  // Whoever has left loses access at once, whatever else is wrong with what the provider says of them.
  return applied(lists, deactivated(now, 'deactivated'));
}

export function removeUser(lists: DirectoryLists, id: string): Applied | ProvisioningRefusal {
  const now = findUser(lists, id);
  if (now === null) return refuseUnknown(id);
  const { appointments: _appointments, ...rest } = now;
  const status = isBarred(now) ? 'barred' : 'removed';
  return applied(lists, deactivated({ ...rest, roles: [], positions: [] }, status));
}

/** Whoever comes back is who they were: a name that is used again makes nobody somebody else. */
function refuseSplit(
  again: Principal,
  employeeNumber: string | null,
  known: Principal | undefined,
): ProvisioningRefusal | null {
  const before = numberOf(again);
  if (before !== undefined && before !== employeeNumber) {
    return refuseProvisioning(
      'taken',
      `${again.id}, who was removed, has this userName or externalId and another employeeNumber. An administrator of the directory says who it is.`,
    );
  }
  if (known === undefined || known.person === again.person) return null;
  return refuseProvisioning(
    'taken',
    `${again.id}, who was removed, has this userName or externalId, and ${known.id} this employeeNumber. An administrator of the directory says that both are one person.`,
  );
}

function changeUser(lists: DirectoryLists, now: Principal, user: WantedUser): Applied | ProvisioningRefusal {
  const people = lists.principals.filter(({ kind }) => kind === 'person');
  const taken = findTaken(people, user, now.id);
  if (taken !== null) return taken;
  const { externalId, employeeNumber, status } = now.provisioned ?? { userName: '' };
  const isLinkedByIt = (now.accounts ?? []).some(({ subject }) => subject === externalId);
  if (user.externalId !== (externalId ?? null) && isLinkedByIt) {
    return refuseProvisioning(
      'immutable',
      'They sign in with the account that externalId names, so it stays.',
    );
  }
  if (user.employeeNumber !== (employeeNumber ?? null)) {
    if (employeeNumber !== undefined)
      return refuseProvisioning('immutable', 'employeeNumber says which natural person it is, so it stays.');
    if (people.some((one) => one.id !== now.id && numberOf(one) === user.employeeNumber)) {
      return refuseProvisioning(
        'forbidden',
        'This employeeNumber is that of another account; an administrator of the directory says that both are one person.',
      );
    }
  }
  if (user.active && isBarred(now)) return refuseBarred;
  const unit = findUnit(lists, user.department);
  if (unit !== null && typeof unit !== 'string') return unit;
  const left = user.active ? null : now.active ? 'deactivated' : (status ?? null);
  const provisioned = labelsOf(user, left);
  return applied(lists, { ...now, name: user.name, unit, active: user.active, provisioned });
}

function deactivated(person: Principal, status: NonNullable<Provisioned['status']>): Principal {
  const provisioned = { ...(person.provisioned ?? { userName: userNameOf(person) }), status };
  return { ...person, active: false, provisioned };
}

function labelsOf(user: WantedUser, status: Provisioned['status'] | null): Provisioned {
  const { userName, externalId, employeeNumber } = user;
  return {
    userName,
    ...(externalId === null ? {} : { externalId }),
    ...(employeeNumber === null ? {} : { employeeNumber }),
    ...(status == null ? {} : { status }),
  };
}

/** Somebody else whom the provider could not tell from this one. */
function findTaken(
  people: readonly Principal[],
  { userName, externalId }: WantedUser,
  except: string | null,
): ProvisioningRefusal | null {
  for (const one of people) {
    // Whoever was removed is brought back by a creation, and is in the way of a renaming.
    if (one.id === except || (except === null && !isSeen(one))) continue;
    if (userNameOf(one).toLowerCase() === userName.toLowerCase())
      return refuseProvisioning('taken', `The userName ${userName} is another user's.`);
    if (externalId !== null && one.provisioned?.externalId === externalId)
      return refuseProvisioning('taken', `The externalId ${externalId} is another user's.`);
  }
  return null;
}

function isNamed(one: Principal, { userName }: WantedUser): boolean {
  return userNameOf(one).toLowerCase() === userName.toLowerCase();
}

function isSame(one: Principal, user: WantedUser): boolean {
  const { externalId, employeeNumber } = user;
  return (
    isNamed(one, user) ||
    (externalId !== null && one.provisioned?.externalId === externalId) ||
    (employeeNumber !== null && numberOf(one) === employeeNumber)
  );
}

const hasRole = ({ roles, appointments = [] }: Principal) => roles.length + appointments.length > 0;

const numberOf = (one: Principal | undefined) => one?.provisioned?.employeeNumber;

/** A seat in a body, or authority passed on, is by natural person: a further account of theirs would have it, too. */
function hasSeat({ bodies, delegations }: DirectoryLists, person: string): boolean {
  return (
    [...bodies.values()].some(({ members }) => members.some((one) => one.person === person)) ||
    delegations.some(({ of, to }) => of === person || to === person)
  );
}

function accountsOf(externalId: string | null, issuer: string | null): readonly Account[] {
  return externalId === null || issuer === null ? [] : [{ issuer, subject: externalId }];
}

function isLinked(principals: readonly Principal[], { issuer, subject }: Account): boolean {
  return principals.some(({ accounts = [] }) =>
    accounts.some((one) => one.issuer === issuer && one.subject === subject),
  );
}

function findUnit({ units }: DirectoryLists, wanted: string | null): string | null | ProvisioningRefusal {
  if (wanted === null) return null;
  const found =
    units.find(({ id }) => id === wanted) ??
    units.find(({ title }) => title.vi === wanted || title.en === wanted);
  if (found !== undefined) return found.id;
  return refuseProvisioning('bad-value', `There is no unit ${JSON.stringify(wanted)} in the directory.`);
}

function newId(people: readonly Principal[], userName: string): string {
  const ids = new Set(people.map(({ id }) => id));
  const name = `person:${plainName(userName, '.').slice(0, 90) || 'somebody'}`;
  let id = name;
  for (let number = 2; ids.has(id); number += 1) id = `${name}-${number}`;
  return id;
}

function findUser({ principals }: DirectoryLists, id: string): Principal | null {
  return principals.find((one) => one.id === `person:${id}` && isSeen(one)) ?? null;
}

const refuseBarred = refuseProvisioning(
  'forbidden',
  'An administrator of the directory made them inactive, and makes them active again.',
);

const refuseUnknown = (id: string) => refuseProvisioning('unknown', `There is no user ${id}.`);

function applied(lists: DirectoryLists, person: Principal): Applied {
  const isNew = lists.principals.every(({ id }) => id !== person.id);
  const principals = isNew
    ? [...lists.principals, person]
    : lists.principals.map((one) => (one.id === person.id ? person : one));
  return { kind: 'applied', lists: { ...lists, principals }, id: person.id.slice('person:'.length) };
}
