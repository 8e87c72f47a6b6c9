-- Definitions, the directory and the keys: what changes seldom, and who may do what hangs on.
--
-- A definition is its source's SHA-256; it is stored once and never changed, and `current_definitions` says
-- which one new instances of the process get. Each change of the directory or of a key raises the directory's
-- version, which every commit compares. What was changed, when and by whom is on the record: each function
-- below adds an act to the chain of acts, in its own transaction, and a change that changes nothing adds none.
--
-- Lock order: the table directory_version (exclusive), then principals, units or keys, then the table acts.
-- Deploying locks the process's row in `current_definitions`, then the table acts.

-- Adds one act to the chain. `details` holds texts, whole numbers, booleans, nulls, and lists of these: for them
-- the text below is canonical JSON (RFC 8785), since PostgreSQL escapes texts as that demands.
create function record_act(kind text, done_by text, done_at timestamptz, details jsonb)
returns void language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  last_seq integer;
  last_hash text;
  act_text text;
begin
  lock table acts in share row exclusive mode;
  select a.seq, encode(a.hash, 'hex') into last_seq, last_hash from acts a order by a.seq desc limit 1;
  select '{' || string_agg(to_json(m.key)::text || ':' || case jsonb_typeof(m.value)
      when 'array' then '[' || coalesce((
        select string_agg(e.value::text, ',' order by e.place)
        from jsonb_array_elements(m.value) with ordinality as e(value, place)), '') || ']'
      else m.value::text end, ',' order by m.key collate "C") || '}'
  into act_text
  from jsonb_each(details || jsonb_build_object('act', kind, 'by', done_by, 'format', 1,
    'previous', coalesce(last_hash, repeat('0', 64)), 'seq', coalesce(last_seq, 0) + 1,
    'time', to_char(done_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) as m;
  insert into acts (seq, hash, text)
  values (coalesce(last_seq, 0) + 1, sha256(convert_to(act_text, 'UTF8')), act_text);
end $$;

create function deploy_definition(
  definition_hash text, of_process text, its_version text, its_source text, its_certificate text,
  its_door_rules jsonb, by text
) returns void language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  deployed constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  is_new boolean;
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
  insert into definitions (hash, process, version, source, certificate, deployed_at, deployed_by)
  values (decode(definition_hash, 'hex'), of_process, its_version, its_source, its_certificate, deployed, by)
  on conflict (hash) do nothing;
  is_new := found;
  if is_new then
    perform store_door_rules(decode(definition_hash, 'hex'), its_door_rules);
  end if;
  if not exists (
    select from definitions d where d.hash = decode(definition_hash, 'hex') and d.process = of_process
  ) then
    raise exception 'This definition is deployed already, as another process.' using errcode = 'check_violation';
  end if;
  insert into current_definitions (process, definition) values (of_process, decode(definition_hash, 'hex'))
  on conflict (process) do update set definition = excluded.definition
    where current_definitions.definition <> excluded.definition;
  -- Deploying what is current already changes nothing.
  if is_new or found then
    perform record_act('definition-deployed', by, deployed, jsonb_build_object(
      'certificate', encode(sha256(convert_to(its_certificate, 'UTF8')), 'hex'), 'definition', definition_hash,
      'process', of_process, 'version', its_version));
  end if;
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

-- `expected` is the version that is changed: where it is another by now nothing is, and the answer is null. Null: any.
-- `of_act` is what else the act tells: through which door the change came, and what it left processes without.
create function replace_directory(
  new_principals text, new_units text, new_rest text, by text, expected bigint, of_act jsonb
) returns bigint language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  raised bigint;
  changed constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  lock table directory_version in exclusive mode;
  if (select v.version <> expected from directory_version v) then
    return null;
  end if;
  raised := raise_directory_version();
  delete from principals;
  delete from units;
  insert into principals (id, kind, name, person, unit, roles, positions, active, operator, callback, accounts,
    appointments, clearance, competences, provisioned)
  select p.id, p.kind, p.name, p.person, p.unit, p.roles, p.positions, p.active, p.operator, p.callback,
    coalesce(p.accounts, '[]'), coalesce(p.appointments, '[]'), p.clearance, coalesce(p.competences, '{}'),
    p.provisioned
  from jsonb_to_recordset(new_principals::jsonb) as p(
    id text, kind text, name text, person text, unit text, roles text[], positions text[], active boolean,
    operator text, callback text, accounts jsonb, appointments jsonb, clearance text, competences text[],
    provisioned jsonb);
  insert into units (id, parent, title_vi, title_en)
  select u.id, u.parent, u.title ->> 'vi', u.title ->> 'en'
  from jsonb_to_recordset(new_units::jsonb) as u(id text, parent text, title jsonb);
  perform replace_rest_of_directory(new_rest::jsonb);
  insert into directory_changes (version, changed_at, changed_by, principals, units, rest)
  values (raised, changed, by, new_principals, new_units, new_rest);
  perform record_act('directory-replaced', by, changed, of_act || jsonb_build_object('directory', raised,
    'digest', encode(sha256(convert_to(new_principals || E'\n' || new_units || E'\n' || new_rest, 'UTF8')), 'hex')));
  perform drop_callback_secrets(by, changed);
  return raised;
end $$;

create function add_key(
  key_id text, key_hash text, of_principal text, its_scopes text[], expires timestamptz, for_demonstration boolean,
  by text, out created_at timestamptz
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
declare
  raised constant bigint := raise_directory_version();
  issued constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  insert into keys (id, hash, principal, scopes, created_at, expires_at, demonstration)
  values (key_id, key_hash, of_principal, its_scopes, issued, expires, for_demonstration);
  -- The key itself was never here, and its hash is not told either: only what shows that it is still the same.
  perform record_act('key-issued', by, issued, jsonb_build_object('demonstration', for_demonstration,
    'directory', raised, 'expires', to_char(expires at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'fingerprint', encode(sha256(convert_to(key_hash, 'UTF8')), 'hex'), 'key', key_id,
    'principal', of_principal, 'scopes', its_scopes));
  created_at := issued;
end $$;

-- The engine compares hashes in memory, so that authenticating costs no query. A hash of a random 256-bit
-- key gives the key away to nobody; still only this function shows them.
create function find_keys() returns setof keys
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from keys order by created_at, id
$$;

create function revoke_key(key_id text, by text) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  revoked constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  -- Before the key's row, as everywhere. Only what changes something raises the version.
  lock table directory_version in exclusive mode;
  update keys set revoked_at = revoked where id = key_id and revoked_at is null;
  if not found then
    return false;
  end if;
  perform record_act('key-revoked', by, revoked,
    jsonb_build_object('directory', raise_directory_version(), 'key', key_id));
  return true;
end $$;

revoke all on function record_act, deploy_definition, raise_directory_version, replace_directory, add_key, find_keys,
  revoke_key from public;
grant execute on function deploy_definition, replace_directory, add_key, find_keys, revoke_key
  to countersign_engine;
