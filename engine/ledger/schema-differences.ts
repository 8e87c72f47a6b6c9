/**
 * Whether the schema in the database is still the one that the migrations make: its tables, columns, constraints,
 * triggers and whether they are on, functions to the letter, owners, and who may do what. Whoever changes the
 * record with the owner's rights usually changes some of these first.
 *
 * What it compares with lies in this program and not in the database. It asks the database's own catalog, so
 * somebody who forges the catalog itself, or PostgreSQL, is beyond it.
 */
import { readFile } from 'node:fs/promises';
import type { Sql } from 'postgres';
import { sha256Hex } from '../evidence/sha256.ts';
import { engineRole, ownerRole } from './engine-address.ts';
import { loadMigrations } from './load-migrations.ts';
import { reachDatabase } from './reach-database.ts';

/** A whole sentence for each difference; none when the schema is as it should be. */
export async function findSchemaDifferences(sql: Sql): Promise<readonly string[]> {
  const is = await describeSchema(sql);
  const should = await expectedSchema();
  const differences: string[] = [];
  for (const [name, detail] of should) {
    const found = is.get(name);
    if (found === undefined) differences.push(`The database lacks the ${name}, which the migrations make.`);
    else if (found !== detail) {
      differences.push(`The ${name} is not what the migrations make: it is "${found}" and not "${detail}".`);
    }
  }
  for (const [name, detail] of is) {
    if (!should.has(name))
      differences.push(`The database has the ${name} (${detail}), which no migration makes.`);
  }
  return differences;
}

/** Each part by its kind and name, with what is to be said of it in one line. The same on every PostgreSQL from 15. */
export async function describeSchema(sql: Sql): Promise<ReadonlyMap<string, string>> {
  const rows = await reachDatabase(sql.unsafe<{ name: string; detail: string }[]>(statement));
  const migrations = await reachDatabase(
    sql<
      { name: string; detail: string }[]
    >`select 'migration ' || name as name, number || ' ' || sha256 as detail
      from ledger.migrations order by number`,
  );
  return new Map([...rows, ...migrations].map(({ name, detail }) => [name, detail]));
}

/** As the migrations make it. A function's body is taken from their texts; the rest was written down by a test. */
async function expectedSchema(): Promise<ReadonlyMap<string, string>> {
  const written = await readFile(new URL('expected-schema.json', import.meta.url), 'utf8');
  const schema = new Map(Object.entries(JSON.parse(written) as { readonly [name: string]: string }));
  for (const { number, name, sha256, source } of await loadMigrations()) {
    schema.set(`migration ${name}`, `${number} ${sha256}`);
    for (const [, called = '', body = ''] of source.matchAll(functionPattern)) {
      schema.set(`body of the function ${called}`, sha256Hex(body));
    }
  }
  return schema;
}

/** Migrations write every function in this form; a test finds out if one does not. */
const functionPattern = /^create (?:or replace )?function (\w+)\([\s\S]*?\bas \$\$([\s\S]*?)\$\$;/gm;

const statement = `
with home as (select oid, nspowner, nspacl from pg_namespace where nspname = 'ledger'),
relations as (select c.* from pg_class c, home where c.relnamespace = home.oid),
tables as (select * from relations where relkind not in ('i', 'I', 't', 'c')),
functions as (
  select p.*, p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as title
  from pg_proc p, home where p.pronamespace = home.oid),
rights as (
  select 'schema ledger' as thing, home.nspowner as owner, a.* from home,
    aclexplode(coalesce(home.nspacl, acldefault('n', home.nspowner))) a
  union all select 'table ' || t.relname, t.relowner, a.* from tables t,
    aclexplode(coalesce(t.relacl, acldefault('r', t.relowner))) a
  union all select 'column ' || t.relname || '.' || c.attname, t.relowner, a.* from tables t
    join pg_attribute c on c.attrelid = t.oid, aclexplode(c.attacl) a
  union all select 'function ' || f.proname, f.proowner, a.* from functions f,
    aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) a
)
select name, string_agg(detail, '; ' order by detail collate "C") as detail from (
  select 'schema ledger' as name, 'owned by ' || pg_get_userbyid(nspowner) as detail from home
  union all select 'table ' || relname, relkind::text || relpersistence::text || ' owned by ' || pg_get_userbyid(relowner)
    || case when relrowsecurity then ', rows hidden by policies' else '' end from tables
  union all select 'column ' || t.relname || '.' || c.attname, concat_ws(' ', format_type(c.atttypid, c.atttypmod),
      case when c.attnotnull then 'not null' end, nullif(c.attgenerated::text, ''),
      'default ' || pg_get_expr(d.adbin, d.adrelid))
    from tables t join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped
    left join pg_attrdef d on d.adrelid = c.attrelid and d.adnum = c.attnum
  union all select 'constraint ' || k.conname || ' on ' || t.relname,
      pg_get_constraintdef(k.oid) || case when k.convalidated then '' else ' (never checked)' end
    from tables t join pg_constraint k on k.conrelid = t.oid where k.contype in ('c', 'f', 'p', 'u', 'x')
  union all select 'index ' || c.relname, pg_get_indexdef(i.indexrelid)
      || case when i.indisvalid then '' else ' (not valid)' end
    from tables t join pg_index i on i.indrelid = t.oid join pg_class c on c.oid = i.indexrelid
  union all select 'trigger ' || coalesce(k.conname || ' ' || p.proname, g.tgname) || ' on ' || t.relname,
      case when k.oid is null then pg_get_triggerdef(g.oid) else '' end
      || case g.tgenabled when 'O' then '' when 'D' then ' (switched off)' else ' (switched to ' || g.tgenabled::text || ')' end
    from tables t join pg_trigger g on g.tgrelid = t.oid join pg_proc p on p.oid = g.tgfoid
    left join pg_constraint k on k.oid = g.tgconstraint and g.tgisinternal
  union all select 'rule ' || r.rulename || ' on ' || t.relname, r.ev_type::text || r.ev_enabled::text
    from tables t join pg_rewrite r on r.ev_class = t.oid
  union all select 'policy ' || p.polname || ' on ' || t.relname, p.polcmd::text
    from tables t join pg_policy p on p.polrelid = t.oid
  union all select 'child ' || h.inhrelid::regclass || ' of ' || h.inhparent::regclass, 'inherits'
    from pg_inherits h where h.inhparent in (select oid from tables) or h.inhrelid in (select oid from tables)
  union all select 'operator ' || o.oid::regoperator, 'in the schema ledger' from pg_operator o, home
    where o.oprnamespace = home.oid
  union all select 'function ' || f.title, concat_ws(' ', pg_get_function_result(f.oid), l.lanname, f.provolatile::text,
      case when f.prosecdef then 'with its owner''s rights' end, 'owned by ' || pg_get_userbyid(f.proowner),
      array_to_string(f.proconfig, ' ')) from functions f join pg_language l on l.oid = f.prolang
  union all select 'body of the function ' || f.proname, encode(sha256(convert_to(f.prosrc, 'UTF8')), 'hex')
    from functions f
  union all select 'right of ' || case r.grantee when 0 then 'everybody' else pg_get_userbyid(r.grantee) end
      || ' on ' || r.thing, r.privilege_type || case when r.is_grantable then ' and may pass it on' else '' end
    from rights r where r.grantee <> r.owner
  union all select 'role ' || r.rolname, concat_ws(' ', case when r.rolsuper then 'superuser' end,
      case when r.rolcanlogin then 'may log in' else 'nobody logs in as it' end,
      case when r.rolcreaterole then 'makes roles' end, case when r.rolreplication then 'replicates' end,
      case when r.rolbypassrls then 'bypasses policies' end,
      (select 'member of ' || string_agg(pg_get_userbyid(m.roleid), ', ' order by 1) from pg_auth_members m where m.member = r.oid))
    from pg_roles r where r.rolname in ('${ownerRole}', '${engineRole}')
  union all select 'setting ' || split_part(s.line, '=', 1), s.line from (
      select unnest(d.setconfig) as line from pg_db_role_setting d
      where (d.setdatabase = 0 or d.setdatabase = (select oid from pg_database where datname = current_database()))
        and (d.setrole = 0 or pg_get_userbyid(d.setrole) in ('${ownerRole}', '${engineRole}'))
    ) s where s.line like 'session\\_replication\\_role=%'
) parts group by name order by name collate "C"`;
