/** What SCIM clients ask first: what there is here, in the standard's own descriptions of what is kept. */
import SCIMMY from 'scimmy';
import type { JsonObject } from '../../schemas/json.ts';
import { groupSchema } from './read-group.ts';
import { enterpriseSchema, userSchema } from './read-user.ts';

export const mostResults = 200;

export function serviceProviderConfig(base: string): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: mostResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: true },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer key',
        description: 'A key of a service with the role provisioner and the scope directory.',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${base}/ServiceProviderConfig` },
  };
}

export function resourceTypes(base: string): readonly (JsonObject & { readonly id: string })[] {
  const type = (id: string, schema: string, more: JsonObject) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    ...{ id, name: id, endpoint: `/${id}s`, schema, ...more },
    meta: { resourceType: 'ResourceType', location: `${base}/ResourceTypes/${id}` },
  });
  return [
    type('User', userSchema, {
      description: 'A person with an account.',
      schemaExtensions: [{ schema: enterpriseSchema, required: false }],
    }),
    type('Group', groupSchema, { description: 'A role, and who holds it.' }),
  ];
}

/** Attributes that the standard has and nobody keeps here are left out. */
const kept: { readonly [schema: string]: readonly string[] } = {
  [userSchema]: ['userName', 'name', 'displayName', 'active', 'groups'],
  [enterpriseSchema]: ['employeeNumber', 'department'],
  [groupSchema]: ['displayName', 'members'],
};

export function schemaResources(base: string): readonly (JsonObject & { readonly id: string })[] {
  const { User, EnterpriseUser, Group } = SCIMMY.Schemas;
  return [User, EnterpriseUser, Group].map(({ definition }) => {
    const described = JSON.parse(JSON.stringify(definition.describe(`${base}/Schemas`))) as {
      readonly id: string;
      readonly attributes: readonly { readonly name: string }[];
    };
    const attributes = described.attributes.filter(({ name }) => kept[described.id]?.includes(name));
    return { ...described, attributes } as unknown as JsonObject & { readonly id: string };
  });
}
