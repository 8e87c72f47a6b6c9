/** Roles, as an identity provider sees them: groups of people. Those with power over Countersign itself it only reads. */
import type { Principal } from './directory.ts';
import { administrativeRoles } from './engine-roles.ts';
import {
  type Applied,
  type DirectoryLists,
  isSeen,
  type ProvisioningRefusal,
  refuseProvisioning,
} from './provisioning-rules.ts';

/** As many as a directory file takes; with more of them no administrator could edit another entry. */
const mostRoles = 100;

export function createGroup(
  lists: DirectoryLists,
  name: string,
  members: readonly string[],
): Applied | ProvisioningRefusal {
  if (lists.roles.has(name)) return refuseProvisioning('taken', `The role ${name} is there already.`);
  if (administrativeRoles.has(name)) return refuseAdministrative(name);
  const roles = new Map([...lists.roles, [name, { vi: name, en: name }] as const]);
  return replaceGroup({ ...lists, roles }, name, members);
}

export function replaceGroup(
  lists: DirectoryLists,
  role: string,
  members: readonly string[],
): Applied | ProvisioningRefusal {
  if (!lists.roles.has(role)) return refuseUnknown(role);
  const wanted = new Set(members.map((id) => `person:${id}`));
  const seen = new Set(lists.principals.filter(isSeen).map(({ id }) => id));
  const unknown = [...wanted].find((id) => !seen.has(id));
  if (unknown !== undefined) {
    const id = unknown.slice('person:'.length);
    return refuseProvisioning('bad-value', `There is no user ${JSON.stringify(id)} to be a member.`);
  }
  let isChanged = false;
  const principals = lists.principals.map((one): Principal => {
    const has = one.roles.includes(role);
    if (!seen.has(one.id) || has === wanted.has(one.id)) return one;
    isChanged = true;
    return { ...one, roles: has ? one.roles.filter((held) => held !== role) : [...one.roles, role] };
  });
  if (isChanged && administrativeRoles.has(role)) return refuseAdministrative(role);
  const full = principals.find((one) => wanted.has(one.id) && countRoles(one) > mostRoles);
  if (isChanged && full !== undefined) {
    return refuseProvisioning('bad-value', `${full.id} would hold more than ${mostRoles} roles.`);
  }
  return { kind: 'applied', lists: { ...lists, principals }, id: role };
}

export function removeGroup(lists: DirectoryLists, role: string): Applied | ProvisioningRefusal {
  if (!lists.roles.has(role)) return refuseUnknown(role);
  if (administrativeRoles.has(role)) return refuseAdministrative(role);
  const emptied = replaceGroup(lists, role, []);
  if (emptied.kind !== 'applied') return emptied;
  if (isHeldOtherwise(emptied.lists, role)) {
    return refuseProvisioning(
      'forbidden',
      `The role ${role} is held by services or agents, in a unit, for a time or by delegation; an administrator of the directory removes it.`,
    );
  }
  const roles = new Map([...lists.roles].filter(([name]) => name !== role));
  return { ...emptied, lists: { ...emptied.lists, roles } };
}

const countRoles = ({ roles, appointments = [] }: Principal) =>
  roles.length + appointments.filter(({ kind }) => kind === 'role').length;

function isHeldOtherwise({ principals, delegations }: DirectoryLists, role: string): boolean {
  return (
    delegations.some(({ roles }) => roles?.includes(role) === true) ||
    principals.some(
      ({ roles, appointments = [] }) =>
        roles.includes(role) || appointments.some(({ kind, name }) => kind === 'role' && name === role),
    )
  );
}

const refuseUnknown = (role: string) => refuseProvisioning('unknown', `There is no group ${role}.`);

const refuseAdministrative = (role: string) =>
  refuseProvisioning(
    'forbidden',
    `The role ${role} has power over Countersign itself; an administrator of the directory gives and takes it.`,
  );
