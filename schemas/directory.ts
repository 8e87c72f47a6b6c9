/**
 * The directory file: roles, units and principals as people write them in YAML.
 *
 * It is how a small organisation, a test or the demonstration says who is who. The types below
 * are the single source of `schemas/directory.schema.json` for editors; what the entries mean
 * together (a unit that exists, a role that is declared) is checked in `engine/oversight`.
 */
import Type, { type Static } from 'typebox';
import { Title } from './process-definition.ts';

const closed = { additionalProperties: false } as const;
const NAME = '^[a-z][a-z0-9-]{0,63}$';
const UNIT = '^unit:[a-z0-9][a-z0-9-]{0,99}$';
const PRINCIPAL = '^(person|service|agent):[a-z0-9][a-z0-9.-]{0,99}$';

const names = (description: string) =>
  Type.Array(Type.String({ pattern: NAME }), { maxItems: 100, uniqueItems: true, description });

export const DirectoryRole = Type.Object({ title: Title }, closed);

export const DirectoryUnit = Type.Object(
  {
    id: Type.String({ pattern: UNIT, description: 'unit: and a name, such as unit:van-phong.' }),
    title: Title,
    parent: Type.Optional(Type.String({ pattern: UNIT, description: 'The unit this one belongs to.' })),
  },
  closed,
);

export const DirectoryAccount = Type.Object(
  {
    issuer: Type.String({
      pattern: '^https?://[!-~]+$',
      maxLength: 500,
      description: 'The issuer of the identity provider, exactly as its tokens name it.',
    }),
    subject: Type.String({
      pattern: '^[!-~]+$',
      maxLength: 255,
      description: 'What the provider calls the account for good (`sub`): no name, no e-mail address.',
    }),
  },
  closed,
);

export const DirectoryPrincipal = Type.Object(
  {
    id: Type.String({
      pattern: PRINCIPAL,
      description: 'person:, service: or agent: and a name. The part before the colon is its kind, for good.',
    }),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'What people see.' }),
    unit: Type.Optional(Type.String({ pattern: UNIT })),
    roles: Type.Optional(names('Roles held, each declared under `roles`.')),
    positions: Type.Optional(names('Positions held in the unit.')),
    person: Type.Optional(
      Type.String({
        pattern: '^person:[a-z0-9][a-z0-9.-]{0,99}$',
        description: 'For a second account: the natural person behind it. One person counts once.',
      }),
    ),
    operator: Type.Optional(
      Type.String({
        pattern: '^(person|unit):[a-z0-9][a-z0-9.-]{0,99}$',
        description:
          'For an AI agent: the person or unit that operates it. What it proposes says the same, and a person never decides on what their agent proposed.',
      }),
    ),
    accounts: Type.Optional(
      Type.Array(DirectoryAccount, {
        minItems: 1,
        maxItems: 20,
        description: 'Accounts at identity providers. Whoever signs in with one of them is this principal.',
      }),
    ),
    active: Type.Optional(Type.Boolean({ default: true, description: 'false: may do nothing any more.' })),
  },
  closed,
);

/** A whole directory file. */
export const DirectoryFile = Type.Object(
  {
    roles: Type.Record(Type.String({ pattern: NAME }), DirectoryRole, {
      description: 'Every role that principals hold, with its title.',
    }),
    units: Type.Array(DirectoryUnit, { maxItems: 10_000 }),
    principals: Type.Array(DirectoryPrincipal, { minItems: 1, maxItems: 100_000 }),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign directory',
  },
);
export type DirectoryFile = Static<typeof DirectoryFile>;
