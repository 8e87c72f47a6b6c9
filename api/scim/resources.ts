/** Users and groups as SCIM shows them (RFC 7643), each with a tag of what it says. */
import { createHash } from 'node:crypto';
import type { ProvisionedGroup, ProvisionedUser } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { attributeOf } from './read-filter.ts';
import { groupSchema } from './read-group.ts';
import { enterpriseSchema, userSchema } from './read-user.ts';

export interface Resource extends JsonObject {
  readonly id: string;
  readonly meta: JsonObject & { readonly location: string; readonly version: string };
}

export function userResource(user: ProvisionedUser, base: string): Resource {
  const { id, userName, name, active, externalId, employeeNumber, unit, groups } = user;
  const extension = {
    ...(employeeNumber === null ? {} : { employeeNumber }),
    ...(unit === null ? {} : { department: unit }),
  };
  const isExtended = Object.keys(extension).length > 0;
  return tagged(base, 'User', {
    schemas: [userSchema, ...(isExtended ? [enterpriseSchema] : [])],
    ...{ id, userName, name: { formatted: name }, displayName: name, active },
    ...(externalId === null ? {} : { externalId }),
    groups: groups.map((role) => ({ value: role, display: role, $ref: `${base}/Groups/${role}` })),
    ...(isExtended ? { [enterpriseSchema]: extension } : {}),
  });
}

export function groupResource({ id, members }: ProvisionedGroup, base: string): Resource {
  return tagged(base, 'Group', {
    ...{ schemas: [groupSchema], id, displayName: id },
    members: members.map((one) => ({
      ...{ value: one.id, display: one.name, type: 'User', $ref: `${base}/Users/${one.id}` },
    })),
  });
}

/** Only what was asked for; `id` and `schemas` always. */
export function project(
  resource: JsonObject,
  attributes: readonly string[] | null,
  excluded: readonly string[] | null,
): JsonObject {
  if (attributes === null && excluded === null) return resource;
  const names = new Set((attributes ?? excluded ?? []).map(attributeOf));
  const isNamed = (name: string) =>
    [...names].some((one) => one === name || one.startsWith(`${name}.`) || one.startsWith(`${name}:`));
  return Object.fromEntries(
    Object.entries(resource).filter(([name]) => {
      if (name === 'id' || name === 'schemas') return true;
      // Of what is taken out, a part takes not the whole with it.
      return attributes === null ? !names.has(name.toLowerCase()) : isNamed(name.toLowerCase());
    }),
  );
}

/** Whether If-Match names this version; weak tags are compared as strong ones, as nothing else is told by them. */
export function matches(ifMatch: string | null, resource: Resource): boolean {
  if (ifMatch === null || ifMatch.trim() === '*') return true;
  const plain = (tag: string) => tag.trim().replace(/^W\//, '');
  return ifMatch.split(',').map(plain).includes(plain(resource.meta.version));
}

function tagged(
  base: string,
  resourceType: 'User' | 'Group',
  resource: JsonObject & { id: string },
): Resource {
  const hash = createHash('sha256').update(JSON.stringify(resource)).digest('hex').slice(0, 32);
  const location = `${base}/${resourceType}s/${resource.id}`;
  return {
    ...resource,
    meta: { resourceType, location, version: `W/"${hash}"` } as Json as Resource['meta'],
  };
}
