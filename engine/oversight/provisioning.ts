/**
 * What an identity provider that provisions people may see of a directory, and what it may change: people come, are
 * renamed and go, and hold roles that processes name. It decides what comes of a change, and must not know the words
 * in which the provider says it. Nothing here gives power over Countersign itself, a seat, a clearance or a
 * delegation, and nothing here makes one natural person two.
 */
import type { Directory } from './directory.ts';
import { createGroup, removeGroup, replaceGroup } from './provision-roles.ts';
import { createUser, removeUser, replaceUser, type WantedUser } from './provision-users.ts';
import {
  type Applied,
  type DirectoryLists,
  isSeen,
  type ProvisioningRefusal,
  userNameOf,
} from './provisioning-rules.ts';

export type { ProvisioningRefusal } from './provisioning-rules.ts';

export interface ProvisionedUser {
  /** The name within the principal's id: `nguyen-van-mau` of `person:nguyen-van-mau`. */
  readonly id: string;
  readonly userName: string;
  readonly name: string;
  readonly active: boolean;
  readonly externalId: string | null;
  readonly employeeNumber: string | null;
  /** Id of a unit. */
  readonly unit: string | null;
  readonly groups: readonly string[];
}

/** A role. Its members hold it at all times and in their own unit; what is held otherwise is not seen here. */
export interface ProvisionedGroup {
  readonly id: string;
  readonly members: readonly { readonly id: string; readonly name: string }[];
}

export interface ProvisioningView {
  readonly users: ReadonlyMap<string, ProvisionedUser>;
  readonly groups: ReadonlyMap<string, ProvisionedGroup>;
}

export type ProvisioningChange =
  | {
      readonly kind: 'create-user';
      readonly user: WantedUser;
      /** Whose accounts `externalId` names; null: it is a label alone. */
      readonly issuer: string | null;
    }
  | { readonly kind: 'replace-user'; readonly id: string; readonly user: WantedUser }
  | { readonly kind: 'remove-user'; readonly id: string }
  | { readonly kind: 'create-group'; readonly name: string; readonly members: readonly string[] }
  | { readonly kind: 'replace-group'; readonly id: string; readonly members: readonly string[] }
  | { readonly kind: 'remove-group'; readonly id: string };

export function applyProvisioning(
  lists: DirectoryLists,
  change: ProvisioningChange,
): Applied | ProvisioningRefusal {
  switch (change.kind) {
    case 'create-user':
      return createUser(lists, change.user, change.issuer);
    case 'replace-user':
      return replaceUser(lists, change.id, change.user);
    case 'remove-user':
      return removeUser(lists, change.id);
    case 'create-group':
      return createGroup(lists, change.name, change.members);
    case 'replace-group':
      return replaceGroup(lists, change.id, change.members);
    case 'remove-group':
      return removeGroup(lists, change.id);
  }
}

export function viewProvisioned({ principals, roles }: Directory): ProvisioningView {
  const seen = [...principals.values()].filter(isSeen);
  const users = seen.map((one): ProvisionedUser => {
    const { externalId = null, employeeNumber = null } = one.provisioned ?? {};
    return {
      ...{ id: nameOf(one.id), userName: userNameOf(one), name: one.name, active: one.active },
      ...{ externalId, employeeNumber, unit: one.unit },
      groups: one.roles.filter((role) => roles.has(role)),
    };
  });
  const members = new Map([...roles.keys()].map((role) => [role, [] as { id: string; name: string }[]]));
  for (const { id, name, groups } of users) {
    for (const role of groups) members.get(role)?.push({ id, name });
  }
  return {
    users: new Map(users.map((user) => [user.id, user])),
    groups: new Map([...members].map(([id, list]) => [id, { id, members: list }])),
  };
}

const nameOf = (id: string) => id.slice('person:'.length);
