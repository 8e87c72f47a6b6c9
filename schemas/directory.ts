/**
 * The directory file: roles, units, principals, bodies and who acts for whom, as people write them in YAML.
 *
 * It is how a small organisation, a test or the demonstration says who is who, and what an administrator hands in
 * over HTTP. The types below are the single source of `schemas/directory.schema.json` for editors; what the entries
 * mean together (a unit that exists, a role that is declared) is checked in `engine/oversight`.
 */
import Type, { type Static } from 'typebox';
import { Title } from './process-definition.ts';

const closed = { additionalProperties: false } as const;
const NAME = '^[a-z][a-z0-9-]{0,63}$';
const UNIT = '^unit:[a-z0-9][a-z0-9-]{0,99}$';
const BODY = '^body:[a-z0-9][a-z0-9-]{0,99}$';
const PERSON = '^person:[a-z0-9][a-z0-9.-]{0,99}$';
const PRINCIPAL = '^(person|service|agent):[a-z0-9][a-z0-9.-]{0,99}$';
const TIME = '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)?(Z|[+-]\\d\\d:\\d\\d))?$';

const name = (description: string) => Type.String({ pattern: NAME, description });
const names = (description: string) =>
  Type.Array(Type.String({ pattern: NAME }), { maxItems: 100, uniqueItems: true, description });
const person = (description: string) => Type.String({ pattern: PERSON, description });
const unit = (description: string) => Type.String({ pattern: UNIT, description });

const from = Type.String({
  pattern: TIME,
  description:
    'From then on: a day such as 2026-11-22 (its beginning, at UTC+7), or an instant with its offset.',
});
const until = Type.String({
  pattern: TIME,
  description: 'Until then: a day (its end, at UTC+7), or an instant, which itself is no longer within.',
});
const span = { from: Type.Optional(from), until: Type.Optional(until) };
const onlyUnit = Type.Optional(unit('Held in this unit. Left out: in the own one.'));

export const DirectoryRole = Type.Object({ title: Title }, closed);

export const DirectoryUnit = Type.Object(
  {
    id: unit('unit: and a name, such as unit:van-phong.'),
    title: Title,
    parent: Type.Optional(unit('The unit this one belongs to.')),
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
export const DirectoryProvisioned = Type.Object(
  {
    userName: Type.String({ pattern: '^[^\\u0000-\\u001f\\u007f]+$', maxLength: 200 }),
    externalId: Type.Optional(Type.String({ pattern: '^[!-~]+$', maxLength: 255 })),
    employeeNumber: Type.Optional(Type.String({ pattern: '^[!-~]+$', maxLength: 100 })),
    status: Type.Optional(
      Type.Union([Type.Literal('deactivated'), Type.Literal('removed'), Type.Literal('barred')], {
        description:
          'Set while the provider has made them inactive. Only then may it make them active again; not those whom an administrator had made inactive before (`barred`).',
      }),
    ),
  },
  {
    ...closed,
    description:
      'Of a person: what an identity provider that provisions people over SCIM calls them. It is kept by that, and has no authority.',
  },
);
const HeldRole = Type.Object({ role: name('The role.'), unit: onlyUnit, ...span }, closed);
const HeldPosition = Type.Object({ position: name('The position.'), unit: onlyUnit, ...span }, closed);

/** Plain addresses alone: no credentials, no fragment, and nothing that would have to be escaped. */
const CALLBACK = '^https?://[A-Za-z0-9.:\\[\\]-]+(/[A-Za-z0-9._~/=&?%-]*)?$';

export const DirectoryPrincipal = Type.Object(
  {
    id: Type.String({
      pattern: PRINCIPAL,
      description: 'person:, service: or agent: and a name. The part before the colon is its kind, for good.',
    }),
    name: Type.String({ minLength: 1, maxLength: 200, description: 'What people see.' }),
    unit: Type.Optional(Type.String({ pattern: UNIT })),
    roles: Type.Optional(
      Type.Array(Type.Union([Type.String({ pattern: NAME }), HeldRole]), {
        maxItems: 100,
        uniqueItems: true,
        description: 'Roles held, each declared under `roles`: a name, or {role, unit, from, until}.',
      }),
    ),
    operator: Type.Optional(
      Type.String({
        pattern: '^(person|unit):[a-z0-9][a-z0-9.-]{0,99}$',
        description:
          'For an AI agent: the person or unit that operates it. What it proposes says the same, and a person never decides on what their agent proposed.',
      }),
    ),
    callback: Type.Optional(
      Type.String({
        pattern: CALLBACK,
        maxLength: 500,
        description:
          'For an AI agent: the https address it is called at when a request waits for it. http is for this machine alone.',
      }),
    ),
    accounts: Type.Optional(
      Type.Array(DirectoryAccount, {
        minItems: 1,
        maxItems: 20,
        description: 'Accounts at identity providers. Whoever signs in with one of them is this principal.',
      }),
    ),
    positions: Type.Optional(
      Type.Array(Type.Union([Type.String({ pattern: NAME }), HeldPosition]), {
        maxItems: 100,
        uniqueItems: true,
        description: 'Positions held: a name, or {position, unit, from, until}.',
      }),
    ),
    person: Type.Optional(
      person('For a second account: the natural person behind it. One person counts once.'),
    ),
    active: Type.Optional(Type.Boolean({ default: true, description: 'false: may do nothing any more.' })),
    clearance: Type.Optional(
      Type.Union(
        [
          Type.Literal('normal'),
          Type.Literal('confidential'),
          Type.Literal('secret'),
          Type.Literal('top-secret'),
        ],
        { description: 'Decides in no process that is classified higher. Left out: none is asked.' },
      ),
    ),
    competences: Type.Optional(names('What they know about, for expressions: actor.competences.')),
    provisioned: Type.Optional(DirectoryProvisioned),
  },
  closed,
);

export const DirectoryBody = Type.Object(
  {
    id: Type.String({ pattern: BODY, description: 'body: and a name, such as body:standing-committee.' }),
    title: Title,
    members: Type.Array(
      Type.Union([
        Type.String({ pattern: PERSON }),
        Type.Object({ person: person('The natural person.'), ...span }, closed),
      ]),
      { maxItems: 1000, uniqueItems: true, description: 'Natural persons: an id, or {person, from, until}.' },
    ),
  },
  { ...closed, description: "A reviewers' body, such as a standing committee." },
);

export const DirectoryDelegation = Type.Object(
  {
    of: person('The natural person whose authority is passed on.'),
    to: person('The natural person who may use it.'),
    roles: Type.Optional(names('The roles passed on.')),
    positions: Type.Optional(names('The positions passed on.')),
    bodies: Type.Optional(
      Type.Array(Type.String({ pattern: BODY }), {
        maxItems: 100,
        uniqueItems: true,
        description: 'The bodies in which the seat is passed on.',
      }),
    ),
    processes: Type.Optional(names('Only in these processes. Left out: in all.')),
    from,
    until,
    mayDelegate: Type.Optional(
      Type.Boolean({ default: false, description: 'true: whoever got it may pass it on.' }),
    ),
  },
  { ...closed, description: 'Who may act for whom, with what, and how long.' },
);

export const DirectoryAbsence = Type.Object(
  {
    person: person('The natural person who is away.'),
    standIn: person('The natural person who acts for them with all their roles and positions meanwhile.'),
    from,
    until,
  },
  { ...closed, description: 'An absence with a stand-in. It passes on no seat in a body.' },
);

/** A whole directory file. */
export const DirectoryFile = Type.Object(
  {
    roles: Type.Record(Type.String({ pattern: NAME }), DirectoryRole, {
      description: 'Every role that principals hold, with its title.',
    }),
    units: Type.Array(DirectoryUnit, { maxItems: 10_000 }),
    principals: Type.Array(DirectoryPrincipal, { minItems: 1, maxItems: 100_000 }),
    bodies: Type.Optional(Type.Array(DirectoryBody, { maxItems: 1000 })),
    delegations: Type.Optional(Type.Array(DirectoryDelegation, { maxItems: 10_000 })),
    absences: Type.Optional(Type.Array(DirectoryAbsence, { maxItems: 10_000 })),
  },
  {
    ...closed,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign directory',
  },
);
export type DirectoryFile = Static<typeof DirectoryFile>;
