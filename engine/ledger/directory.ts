/** The directory as one value, and its version, which every commit compares. */
import type { Sql, TransactionSql } from 'postgres';
import type { Title } from '../../schemas/process-definition.ts';
import {
  type Account,
  type Appointment,
  type Body,
  type Clearance,
  type Delegation,
  type Directory,
  type DirectoryContent,
  type DirectoryRest,
  nothingElse,
  type Principal,
  type Provisioned,
  toDirectory,
  type Unit,
} from '../oversight/directory.ts';
import { instant } from './instant.ts';
import { reachDatabase } from './reach-database.ts';

type PrincipalRow = Omit<
  Principal,
  'appointments' | 'callback' | 'clearance' | 'competences' | 'operator' | 'accounts' | 'provisioned'
> & {
  readonly provisioned: Provisioned | null;
  readonly appointments: readonly Appointment[];
  readonly clearance: Clearance | null;
  readonly competences: readonly string[];
  readonly operator: string | null;
  readonly callback: string | null;
  readonly accounts: readonly Account[];
};

interface Row {
  readonly version: string;
  readonly principals: readonly PrincipalRow[];
  readonly units: readonly Unit[];
  readonly roles: readonly NamedTitle[];
  readonly bodies: readonly Body[];
  readonly delegations: readonly Delegation[];
}

interface NamedTitle {
  readonly name: string;
  readonly title: Title;
}

const selectAll = `
  select (select version from ledger.directory_version) as version,
    (select coalesce(json_agg(json_build_object('id', p.id, 'kind', p.kind, 'name', p.name, 'person', p.person,
      'unit', p.unit, 'roles', p.roles, 'positions', p.positions, 'active', p.active, 'appointments', p.appointments,
      'clearance', p.clearance, 'competences', p.competences, 'operator', p.operator,
      'callback', p.callback, 'accounts', p.accounts, 'provisioned', p.provisioned) order by p.id), '[]')
      from ledger.principals p) as principals,
    (select coalesce(json_agg(json_build_object('id', u.id, 'parent', u.parent,
      'title', json_build_object('vi', u.title_vi, 'en', u.title_en)) order by u.id), '[]')
      from ledger.units u) as units,
    (select coalesce(json_agg(json_build_object('name', r.name,
      'title', json_build_object('vi', r.title_vi, 'en', r.title_en)) order by r.name), '[]')
      from ledger.roles r) as roles,
    (select coalesce(json_agg(json_build_object('id', b.id,
      'title', json_build_object('vi', b.title_vi, 'en', b.title_en), 'members', b.members) order by b.id), '[]')
      from ledger.bodies b) as bodies,
    (select coalesce(json_agg(json_build_object('kind', d.kind, 'of', d.of_person, 'to', d.to_person,
      'roles', d.roles, 'positions', d.positions, 'bodies', d.bodies, 'processes', d.processes,
      'from', ${instant('d.valid_from')}, 'until', ${instant('d.valid_until')},
      'mayDelegate', d.may_delegate) order by d.place), '[]')
      from ledger.delegations d) as delegations`;

/** All of it as of one instant. */
export async function loadDirectory(sql: Sql | TransactionSql): Promise<Directory> {
  const [row] = await reachDatabase(sql.unsafe<Row[]>(selectAll));
  if (row === undefined) throw new Error('The ledger has no directory.');
  const { version, principals, units, roles, bodies, delegations } = row;
  const rest = {
    roles: new Map(roles.map(({ name, title }) => [name, title])),
    bodies: new Map(bodies.map((body) => [body.id, body])),
    delegations,
  };
  return toDirectory({ principals: principals.map(toPrincipal), units, ...rest }, Number(version));
}

/** What says nothing is left out, as in the file it came from. */
function toPrincipal({
  appointments,
  clearance,
  competences,
  operator,
  callback,
  accounts,
  provisioned,
  ...row
}: PrincipalRow): Principal {
  return {
    ...row,
    ...(appointments.length === 0 ? {} : { appointments }),
    ...(clearance === null ? {} : { clearance }),
    ...(competences.length === 0 ? {} : { competences }),
    ...(operator === null ? {} : { operator }),
    ...(callback === null ? {} : { callback }),
    ...(accounts.length === 0 ? {} : { accounts }),
    ...(provisioned === null ? {} : { provisioned }),
  };
}

export async function directoryVersion(sql: Sql): Promise<number> {
  const [row] = await reachDatabase(sql<{ version: string }[]>`select version from ledger.directory_version`);
  return Number(row?.version ?? 0);
}

/**
 * Replaces the whole directory; answers its new version, after every commit that relied on the old one. Null, and
 * nothing was changed, where `expected` is given and is not its version any more.
 */
export async function replaceDirectory(
  sql: Sql,
  principals: readonly Principal[],
  units: readonly Unit[],
  by: string,
  rest: DirectoryRest = nothingElse,
  expected: number | null = null,
  ofAct: DirectoryAct = {},
): Promise<number | null> {
  const [row] = await reachDatabase(
    sql<{ version: string | null }[]>`select ledger.replace_directory(${JSON.stringify(principals)}::text,
      ${JSON.stringify(units)}::text, ${JSON.stringify(toStoredRest(rest))}::text, ${by}, ${expected}::bigint,
      ${JSON.stringify(ofAct)}::text::jsonb) as version`,
  );
  return row?.version == null ? null : Number(row.version);
}

/** What the act of a change tells besides its content: through which door it came, and what it left undecidable. */
export interface DirectoryAct {
  readonly via?: 'http' | 'scim' | 'file';
  readonly warnings?: readonly string[];
}

/** As it is kept with each change. */
export interface StoredRest {
  readonly roles: readonly NamedTitle[];
  readonly bodies: readonly Body[];
  readonly delegations: readonly Delegation[];
}

export function toStoredRest({
  roles,
  bodies,
  delegations,
}: Required<Pick<DirectoryContent, keyof DirectoryRest>>): StoredRest {
  return {
    roles: [...roles].map(([name, title]) => ({ name, title })),
    bodies: [...bodies.values()],
    delegations,
  };
}
