-- Definitions, the directory and the keys: what changes seldom, and who may do what hangs on.
--
-- A definition is its source's SHA-256; it is stored once and never changed, and `current_definitions` says
-- which one new instances of the process get. Each change of the directory or of a key raises the directory's
-- version, which every commit compares.
--
-- Lock order: the table directory_version (exclusive), then principals, units or keys. Deploying locks only
-- the process's row in `current_definitions`.

create function deploy_definition(
  definition_hash text, of_process text, its_version text, its_source text, its_certificate text, by text
) returns void language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform demand_durability();
  if encode(sha256(convert_to(its_source, 'UTF8')), 'hex') is distinct from definition_hash then
    raise exception 'The source of this definition does not have the hash %.', definition_hash
      using errcode = 'check_violation';
  end if;
  if jsonb_typeof(nullif(its_certificate, '')::jsonb) is distinct from 'object'
    or its_certificate::jsonb = '{}' then
    raise exception 'A definition without an oversight certificate is not deployed.'
      using errcode = 'check_violation';
  end if;
  insert into definitions (hash, process, version, source, certificate, deployed_by)
  values (decode(definition_hash, 'hex'), of_process, its_version, its_source, its_certificate, by)
  on conflict (hash) do nothing;
  if not exists (
    select from definitions d where d.hash = decode(definition_hash, 'hex') and d.process = of_process
  ) then
    raise exception 'This definition is deployed already, as another process.' using errcode = 'check_violation';
  end if;
  insert into current_definitions (process, definition) values (of_process, decode(definition_hash, 'hex'))
  on conflict (process) do update set definition = excluded.definition;
end $$;

create function raise_directory_version() returns bigint
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  raised bigint;
begin
  perform demand_durability();
  lock table directory_version in exclusive mode;
  update directory_version set version = version + 1 returning version into raised;
  return raised;
end $$;

create function replace_directory(new_principals text, new_units text, by text)
returns bigint language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  raised constant bigint := raise_directory_version();
begin
  delete from principals;
  delete from units;
  insert into principals (id, kind, name, person, unit, roles, positions, active)
  select p.id, p.kind, p.name, p.person, p.unit, p.roles, p.positions, p.active
  from jsonb_to_recordset(new_principals::jsonb) as p(
    id text, kind text, name text, person text, unit text, roles text[], positions text[], active boolean);
  insert into units (id, parent, title_vi, title_en)
  select u.id, u.parent, u.title ->> 'vi', u.title ->> 'en'
  from jsonb_to_recordset(new_units::jsonb) as u(id text, parent text, title jsonb);
  insert into directory_changes (version, changed_by, principals, units)
  values (raised, by, new_principals, new_units);
  return raised;
end $$;

create function add_key(
  key_id text, key_hash text, of_principal text, its_scopes text[], expires timestamptz, for_demonstration boolean,
  out created_at timestamptz
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
begin
  perform raise_directory_version();
  insert into keys (id, hash, principal, scopes, expires_at, demonstration)
  values (key_id, key_hash, of_principal, its_scopes, expires, for_demonstration)
  returning keys.created_at into created_at;
end $$;

-- The engine compares hashes in memory, so that authenticating costs no query. A hash of a random 256-bit
-- key gives the key away to nobody; still only this function shows them.
create function find_keys() returns setof keys
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from keys order by created_at, id
$$;

create function revoke_key(key_id text) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform raise_directory_version();
  update keys set revoked_at = clock_timestamp() where id = key_id and revoked_at is null;
  return found;
end $$;

revoke all on function deploy_definition, raise_directory_version, replace_directory, add_key, find_keys, revoke_key
  from public;
grant execute on function deploy_definition, replace_directory, add_key, find_keys, revoke_key
  to countersign_engine;
