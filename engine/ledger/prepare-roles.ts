/**
 * The two roles, the schema, and what everybody else loses in this database. It runs as the administrator
 * before each migration, and may run again at any time.
 *
 * Roles belong to the whole server, and several databases may be migrated at once: whoever is not first
 * finds the role there, or the row busy, and looks again.
 */

import { setTimeout as delay } from 'node:timers/promises';
import postgres, { type Sql, type TransactionSql } from 'postgres';
import { type DatabaseAddress, toConnectionOptions } from './database-address.ts';
import { engineRole, ownerRole } from './engine-address.ts';
import { LedgerProblem } from './ledger.ts';
import { codeOf } from './reach-database.ts';
import { toScramVerifier } from './scram-verifier.ts';

export async function prepareRoles(sql: Sql, engine: DatabaseAddress): Promise<void> {
  await despiteOthers(() => sql.unsafe(createRoles));
  await refuseUnfitRoles(sql);
  await despiteOthers(() => sql.unsafe(prepareDatabase));
  const { password } = engine;
  if (password !== null && !(await canLogIn(engine))) {
    await despiteOthers(() => sql.unsafe(`alter role ${engineRole} password '${toScramVerifier(password)}'`));
  }
}

const createRoles = `
do $$
begin
  if not exists (select from pg_roles where rolname = '${ownerRole}') then
    create role ${ownerRole} nologin noinherit;
  end if;
  if not exists (select from pg_roles where rolname = '${engineRole}') then
    create role ${engineRole} login noinherit nosuperuser nocreatedb nocreaterole noreplication;
  end if;
  -- An administrator who is no superuser must belong to the owner to act for it.
  if not (select rolsuper from pg_roles where rolname = current_user) and not pg_has_role(current_user,
    '${ownerRole}', case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end) then
    grant ${ownerRole} to current_user;
  end if;
end $$`;

// The engine's login can make nothing of its own in this database that a name could be mistaken for: no
// schema, table, temporary table or function, no \`do\` block, no large object. What belongs to the server's
// superuser can be closed only by one; without, these doors lead nowhere that the record could be changed.
const prepareDatabase = `
do $$
declare
  door text;
begin
  if to_regnamespace('ledger') is null then
    create schema ledger authorization ${ownerRole};
  end if;
  if has_database_privilege('${engineRole}', current_database(), 'temporary')
    or has_database_privilege('${engineRole}', current_database(), 'create')
    or not has_database_privilege('${engineRole}', current_database(), 'connect') then
    execute format('revoke temporary, create on database %I from public', current_database());
    execute format('grant connect on database %I to ${engineRole}', current_database());
  end if;
  if has_schema_privilege('${engineRole}', 'public', 'create') then
    revoke create on schema public from public;
  end if;
  if (select rolsuper from pg_roles where rolname = current_user) then
    if has_language_privilege('${engineRole}', 'plpgsql', 'usage') then
      revoke usage on language plpgsql from public;
    end if;
    grant usage on language plpgsql to ${ownerRole};
    for door in
      select p.oid::regprocedure from pg_proc p
      where p.pronamespace = 'pg_catalog'::regnamespace
        and p.proname in ('lo_creat', 'lo_create', 'lo_from_bytea', 'lo_open', 'lo_put', 'lo_unlink', 'lowrite',
          'lo_truncate', 'lo_truncate64', 'lo_import', 'lo_export')
        and has_function_privilege('${engineRole}', p.oid, 'execute')
    loop
      execute format('revoke execute on function %s from public', door);
    end loop;
  end if;
end $$`;

/** A role that somebody gave more than it may have would undo every other check. */
export async function refuseUnfitRoles(sql: Sql | TransactionSql): Promise<void> {
  const [unfit] = await sql<{ role: string; why: string }[]>`
    select rolname as role,
      case when rolsuper then 'is a superuser' when rolcreaterole then 'may create roles'
        when rolreplication then 'may replicate' when rolbypassrls then 'may bypass row security'
        when rolname = ${ownerRole} and rolcanlogin then 'may log in'
        else 'is a member of another role' end as why
    from pg_roles
    where rolname in (${ownerRole}, ${engineRole})
      and (rolsuper or rolcreaterole or rolreplication or rolbypassrls or (rolname = ${ownerRole} and rolcanlogin)
        or exists (select from pg_auth_members m where m.member = pg_roles.oid))`;
  if (unfit !== undefined) {
    throw new LedgerProblem(
      `The database role ${unfit.role} ${unfit.why}, which Countersign does not allow: take that from it first.`,
    );
  }
}

async function canLogIn(engine: DatabaseAddress): Promise<boolean> {
  const sql = postgres({ ...toConnectionOptions(engine), max: 1, connect_timeout: 10, fetch_types: false });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    if (codeOf(error).startsWith('28')) return false;
    throw error;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

const attempts = 20;

/** Duplicate objects, a busy catalog row ("tuple concurrently updated" has no code of its own), and deadlocks. */
const collision = /^(42710|42P06|23505|XX000|40P01|40001)$/;

async function despiteOthers<T>(work: () => PromiseLike<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !collision.test(codeOf(error))) throw error;
      await delay(10 * attempt);
    }
  }
}
