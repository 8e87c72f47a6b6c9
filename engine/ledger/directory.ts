/** The directory as one value, and its version, which every commit compares. */
import type { Sql, TransactionSql } from 'postgres';
import type { Directory, Principal, Unit } from '../oversight/directory.ts';
import { reachDatabase } from './reach-database.ts';

/** All of it as of one instant. */
export async function loadDirectory(sql: Sql | TransactionSql): Promise<Directory> {
  const [row] = await reachDatabase(
    sql<{ version: string; principals: Principal[]; units: Unit[] }[]>`
      select (select version from ledger.directory_version) as version,
        (select coalesce(json_agg(jsonb_build_object('id', p.id, 'kind', p.kind, 'name', p.name, 'person', p.person,
          'unit', p.unit, 'roles', p.roles, 'positions', p.positions, 'active', p.active)
          || jsonb_strip_nulls(jsonb_build_object('operator', p.operator,
            'accounts', nullif(p.accounts, '[]'))) order by p.id), '[]')
          from ledger.principals p) as principals,
        (select coalesce(json_agg(json_build_object('id', u.id, 'parent', u.parent,
          'title', json_build_object('vi', u.title_vi, 'en', u.title_en)) order by u.id), '[]')
          from ledger.units u) as units`,
  );
  if (row === undefined) throw new Error('The ledger has no directory.');
  return {
    version: Number(row.version),
    principals: new Map(row.principals.map((principal) => [principal.id, principal])),
    units: new Map(row.units.map((unit) => [unit.id, unit])),
  };
}

export async function directoryVersion(sql: Sql): Promise<number> {
  const [row] = await reachDatabase(sql<{ version: string }[]>`select version from ledger.directory_version`);
  return Number(row?.version ?? 0);
}

/** Replaces the whole directory; answers its new version, after every commit that relied on the old one. */
export async function replaceDirectory(
  sql: Sql,
  principals: readonly Principal[],
  units: readonly Unit[],
  by: string,
): Promise<number> {
  const [row] = await reachDatabase(
    sql<{ version: string }[]>`select ledger.replace_directory(${JSON.stringify(principals)}::text,
      ${JSON.stringify(units)}::text, ${by}) as version`,
  );
  return Number(row?.version ?? 0);
}
