-- Step-up: what a person shows at the very decision, besides having signed in (12.2b). A one-time code (TOTP, RFC
-- 6238, with SHA-256), or a signature over the decision by a passkey or by the key of a certificate.
--
-- Showing a factor is a transaction of its own, so that a wrong code counts although nothing else came of it. It
-- spends the code, or the signed statement, for one purpose (`shown_for`), and the decision's own transaction, at
-- the last door, takes exactly what was shown for that decision by that person a moment ago. The secrets of one-time
-- codes are read by these functions alone. So whoever has the engine's login can neither make up a code nor use one
-- again. What signs is not judged here, only kept: `countersign verify` checks each signature again.
--
-- Each enrolment and each removal is an act on the chain of acts. It takes a key of the person's own, and one of the
-- factors they have already, if they have any; or another person who is a key administrator, for a removal.
--
-- Lock order: factor_attempts by person, factors by id, shown_factors, then acts. The last door locks instances first,
-- and neither factor_attempts nor acts.

create table factors (
  id text primary key,
  kind text not null check (kind in ('otp', 'passkey', 'certificate')),
  principal text not null,
  -- What everybody may know, canonical JSON: a passkey's public key, or which certificates it is.
  detail text not null,
  enrolled_at timestamptz not null,
  removed_at timestamptz
);
create index factors_by_principal on factors (principal);

create table otp_secrets (
  factor text primary key references factors,
  secret bytea not null check (length(secret) = 32)
);

-- An enrolment under way, until its first code. Of no authority: nothing is decided with it.
create table otp_enrolments (
  principal text primary key,
  factor text not null,
  secret bytea not null,
  began_at timestamptz not null
);

-- Each code and each signature is spent by its row. Those that a decision took name its entry, and follow from the
-- record; the others were shown for nothing, and are of no authority after `shown_factor_lasts`.
create table shown_factors (
  factor text not null references factors,
  -- The time step of a code, or the SHA-256 of a signed statement.
  once text not null,
  principal text not null,
  -- Canonical JSON.
  shown_for text not null,
  shown_at timestamptz not null,
  -- How often a passkey has signed, where its authenticator counts: a copy of it falls behind.
  counter bigint,
  instance uuid,
  seq integer,
  primary key (factor, once),
  check ((instance is null) = (seq is null))
);
create unique index shown_factors_by_entry on shown_factors (instance, seq);
create index shown_factors_free on shown_factors (principal, shown_at) where instance is null;

-- How often somebody failed of late. Of no authority: it only keeps them from guessing on.
create table factor_attempts (
  person text primary key,
  failures integer not null,
  since timestamptz not null
);

create function shown_factor_lasts() returns interval
language sql immutable set search_path = ledger, pg_temp as $$
  select interval '5 minutes'
$$;

-- RFC 2104, since PostgreSQL itself has sha256() and no hmac().
create function hmac_sha256(secret bytea, message bytea) returns bytea
language plpgsql immutable strict set search_path = ledger, pg_temp as $$
declare
  block constant bytea := case when length(secret) > 64 then sha256(secret) else secret end;
  inner_pad bytea := decode(repeat('36', 64), 'hex');
  outer_pad bytea := decode(repeat('5c', 64), 'hex');
begin
  for place in 0 .. length(block) - 1 loop
    inner_pad := set_byte(inner_pad, place, get_byte(block, place) # 54);
    outer_pad := set_byte(outer_pad, place, get_byte(block, place) # 92);
  end loop;
  return sha256(outer_pad || sha256(inner_pad || message));
end $$;

-- RFC 6238 and 4226: the code of one time step.
create function totp_code(secret bytea, step bigint, digits integer) returns text
language plpgsql immutable strict set search_path = ledger, pg_temp as $$
declare
  hash constant bytea := hmac_sha256(secret, int8send(step));
  place constant integer := get_byte(hash, 31) & 15;
begin
  return lpad((((get_byte(hash, place) & 127)::bigint * 16777216 + get_byte(hash, place + 1) * 65536
    + get_byte(hash, place + 2) * 256 + get_byte(hash, place + 3)) % (10::bigint ^ digits)::bigint)::text, digits, '0');
end $$;

-- The step whose code this is, one step early or late; null for none.
create function matching_step(secret bytea, code text) returns bigint
language sql stable set search_path = ledger, pg_temp as $$
  select s.step from generate_series(-1, 1) as d(delta)
    cross join lateral (select floor(extract(epoch from clock_timestamp()) / 30)::bigint + d.delta as step) s
  where totp_code(secret, s.step, 6) = code
  order by abs(d.delta) limit 1
$$;

-- Whether somebody is there with a key of this active person that may decide, or with a session of theirs.
create function comes_with_key(of_principal text, proof text) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select exists (
    select from principals p
    where p.id = of_principal and p.kind = 'person' and p.active and (is_signed_in(p.id, proof) or exists (
      select from keys k
      where k.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and k.principal = p.id
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
        and 'decide' = any (k.scopes))))
$$;

-- Five failures in a quarter of an hour: then the person waits until it is over. Locks their row.
create function may_attempt(of_person text) returns boolean
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  tried factor_attempts;
begin
  insert into factor_attempts (person, failures, since) values (of_person, 0, clock_timestamp())
  on conflict (person) do nothing;
  select * into tried from factor_attempts where person = of_person for update;
  if tried.since < clock_timestamp() - interval '15 minutes' then
    update factor_attempts set failures = 0, since = clock_timestamp() where person = of_person;
    return true;
  end if;
  return tried.failures < 5;
end $$;

-- Spends a code for one purpose. `outcome`: shown, none (no such factor), wrong, used (for something else, or taken),
-- limited.
create function show_code(
  of_principal text, purpose text, code text, out outcome text, out factor text, out step bigint
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
declare
  who text;
  known bytea;
begin
  perform demand_durability();
  select p.person into who from principals p where p.id = of_principal and p.kind = 'person' and p.active;
  select f.id, s.secret into factor, known
  from factors f join otp_secrets s on s.factor = f.id
  where f.principal = of_principal and f.kind = 'otp' and f.removed_at is null;
  if who is null or known is null then
    outcome := 'none';
    return;
  end if;
  if not may_attempt(who) then
    outcome := 'limited';
    return;
  end if;
  step := matching_step(known, code);
  if step is null then
    update factor_attempts set failures = failures + 1 where person = who;
    outcome := 'wrong';
    return;
  end if;
  outcome := spend_factor(factor, step::text, of_principal, purpose, null);
  if outcome = 'shown' then
    update factor_attempts set failures = 0 where person = who;
  end if;
end $$;

-- Keeps that a signature was shown. Whoever calls has checked it, and the verifier checks it again.
create function show_signature(
  of_principal text, purpose text, of_factor text, statement_hash text, its_counter bigint
) returns text
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform demand_durability();
  perform from factors f where f.id = of_factor and f.principal = of_principal and f.kind <> 'otp'
    and f.removed_at is null for update;
  if not found then
    return 'none';
  end if;
  if exists (
    select from shown_factors s
    where s.factor = of_factor and s.once <> statement_hash and s.counter >= coalesce(its_counter, 0) and s.counter > 0)
  then
    return 'copied';
  end if;
  return spend_factor(of_factor, statement_hash, of_principal, purpose, its_counter);
end $$;

-- What was shown for the same purpose and not taken yet may be shown again: an answer may have been lost.
create function spend_factor(
  of_factor text, shown_once text, of_principal text, purpose text, its_counter bigint
) returns text
language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  if jsonb_typeof(purpose::jsonb) is distinct from 'object' then
    raise exception 'A factor is shown for a purpose.' using errcode = 'check_violation';
  end if;
  insert into shown_factors (factor, once, principal, shown_for, shown_at, counter)
  values (of_factor, shown_once, of_principal, purpose, clock_timestamp(), its_counter)
  on conflict (factor, once) do nothing;
  if found or exists (
    select from shown_factors s
    where s.factor = of_factor and s.once = shown_once and s.shown_for = purpose and s.instance is null
      and s.shown_at > clock_timestamp() - shown_factor_lasts())
  then
    return 'shown';
  end if;
  return 'used';
end $$;

-- Called by the last door for each decision: one that a gate demands more for, or that says itself that more was
-- shown, takes what was shown for it.
create function take_factor(of_instance uuid, at_seq integer, entry jsonb, assurance text) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  kinds constant text[] := array['otp', 'passkey', 'certificate'];
  methods constant text[] := array(
    select m.method from jsonb_array_elements_text(entry -> 'authentication') as m(method)
    where split_part(m.method, ':', 1) = any (kinds));
  told constant jsonb := entry -> 'gate';
  taken record;
begin
  if assurance = 'session' and cardinality(methods) = 0 then
    return;
  end if;
  select s.factor, s.once into taken
  from shown_factors s join factors f on f.id = s.factor
  where s.principal = entry #>> '{actor,principal}' and s.instance is null
    and s.shown_at > clock_timestamp() - shown_factor_lasts()
    and f.principal = s.principal and f.removed_at is null
    and methods = array[f.kind || ':' || f.id]
    and array_position(kinds, f.kind) >= coalesce(array_position(kinds, assurance), 1)
    and s.shown_for::jsonb = jsonb_strip_nulls(jsonb_build_object('of', 'decision', 'instance', of_instance::text,
      'definition', entry ->> 'definition', 'gate', told ->> 'state', 'opened', told -> 'opened',
      'subject', told ->> 'subject', 'verdict', told ->> 'verdict', 'choice', told ->> 'choice'))
  order by s.shown_at desc limit 1
  for update of s for share of f;
  if not found then
    perform refuse_whoever_left(of_instance, at_seq, 'no factor was shown for it as its gate demands');
  end if;
  update shown_factors set instance = of_instance, seq = at_seq
  where factor = taken.factor and once = taken.once;
end $$;

-- Whoever has a factor already shows one of those before a change of them.
create function check_factor_change(of_principal text, proof text, change text, of_factor text) returns void
language plpgsql stable set search_path = ledger, pg_temp as $$
begin
  if not comes_with_key(of_principal, proof) then
    raise exception 'No key shows that % is there.', of_principal using errcode = 'check_violation';
  end if;
  if exists (select from factors f where f.principal = of_principal and f.removed_at is null)
    and not exists (
      select from shown_factors s join factors f on f.id = s.factor
      where s.principal = of_principal and s.instance is null and f.removed_at is null
        and s.shown_at > clock_timestamp() - shown_factor_lasts()
        and s.shown_for::jsonb = jsonb_build_object('of', 'factors', 'change', change, 'factor', of_factor))
  then
    raise exception '% has shown none of their factors for this change.', of_principal
      using errcode = 'check_violation';
  end if;
end $$;

-- Draws a secret. It is told to the person this once, and is theirs when the first code comes.
create function begin_otp(of_principal text, proof text, new_factor text) returns text
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  -- Each of these has 122 bits from the system's own source of randomness.
  drawn constant bytea := sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid()));
begin
  perform check_factor_change(of_principal, proof, 'enrol', new_factor);
  insert into otp_enrolments (principal, factor, secret, began_at)
  values (of_principal, new_factor, drawn, clock_timestamp())
  on conflict (principal) do update set factor = excluded.factor, secret = excluded.secret,
    began_at = excluded.began_at;
  return encode(drawn, 'hex');
end $$;

-- `outcome`: enrolled, none (nothing is under way), wrong, limited, held (there is one already).
create function confirm_otp(of_principal text, proof text, new_factor text, code text) returns text
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  pending otp_enrolments;
  who text;
  step bigint;
begin
  perform demand_durability();
  if not comes_with_key(of_principal, proof) then
    raise exception 'No key shows that % is there.', of_principal using errcode = 'check_violation';
  end if;
  select p.person into who from principals p where p.id = of_principal;
  if not may_attempt(who) then
    return 'limited';
  end if;
  select e.* into pending from otp_enrolments e
  where e.principal = of_principal and e.factor = new_factor
    and e.began_at > clock_timestamp() - interval '15 minutes';
  if not found then
    return 'none';
  end if;
  if exists (
    select from factors f where f.principal = of_principal and f.kind = 'otp' and f.removed_at is null)
  then
    return 'held';
  end if;
  step := matching_step(pending.secret, code);
  if step is null then
    update factor_attempts set failures = failures + 1 where person = who;
    return 'wrong';
  end if;
  perform add_factor(new_factor, 'otp', of_principal, '{}',
    encode(sha256(convert_to(encode(sha256(pending.secret), 'hex'), 'UTF8')), 'hex'));
  insert into otp_secrets (factor, secret) values (new_factor, pending.secret);
  delete from otp_enrolments where principal = of_principal;
  perform spend_factor(new_factor, step::text, of_principal, '{"of":"confirmation"}', null);
  return 'enrolled';
end $$;

create function enrol_factor(
  of_principal text, proof text, new_factor text, its_kind text, its_detail text
) returns void language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform demand_durability();
  perform check_factor_change(of_principal, proof, 'enrol', new_factor);
  if its_kind not in ('passkey', 'certificate') then
    raise exception 'A factor of the kind % is not enrolled like this.', its_kind using errcode = 'check_violation';
  end if;
  perform add_factor(new_factor, its_kind, of_principal, its_detail,
    encode(sha256(convert_to(its_detail, 'UTF8')), 'hex'));
end $$;

create function add_factor(new_factor text, its_kind text, of_principal text, its_detail text, fingerprint text)
returns void language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  enrolled constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  insert into factors (id, kind, principal, detail, enrolled_at)
  values (new_factor, its_kind, of_principal, its_detail, enrolled);
  perform record_act('factor-enrolled', of_principal, enrolled, jsonb_build_object('factor', new_factor,
    'kind', its_kind, 'principal', of_principal, 'detail', its_detail, 'fingerprint', fingerprint));
end $$;

-- By the person themselves, with a factor; or by a key administrator who is somebody else. False when there is none.
create function remove_factor(of_factor text, by text, proof text) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  removed constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  held factors;
  administrator principals;
begin
  perform demand_durability();
  select f.* into held from factors f where f.id = of_factor and f.removed_at is null for update;
  if not found then
    return false;
  end if;
  if held.principal = by then
    perform check_factor_change(by, proof, 'remove', of_factor);
  else
    select p.* into administrator from principals p
    where p.id = by and p.kind = 'person' and p.active and 'key-administrator' = any (p.roles)
      and p.person is distinct from (select o.person from principals o where o.id = held.principal);
    if not found or not (is_signed_in(by, proof) or exists (
      select from keys k
      where k.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and k.principal = by
        and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
        and 'keys' = any (k.scopes)))
    then
      raise exception 'Nobody who may is there to remove the factor %.', of_factor using errcode = 'check_violation';
    end if;
  end if;
  update factors set removed_at = removed where id = of_factor;
  perform record_act('factor-removed', by, removed, jsonb_build_object('factor', of_factor));
  return true;
end $$;

-- For verification: whether a secret is still the one that was enrolled, without telling it.
create function otp_fingerprints() returns table (factor text, fingerprint text)
language sql stable security definer set search_path = ledger, pg_temp as $$
  select s.factor, encode(sha256(convert_to(encode(sha256(s.secret), 'hex'), 'UTF8')), 'hex') from otp_secrets s
$$;

create trigger factors_stay before delete or truncate on factors
  for each statement execute function refuse_change();
create trigger shown_factors_stay before delete or truncate on shown_factors
  for each statement execute function refuse_change();
create trigger otp_secrets_are_append_only before update or delete or truncate on otp_secrets
  for each statement execute function refuse_change();

revoke all on factors, otp_secrets, otp_enrolments, shown_factors, factor_attempts from public;
revoke all on function shown_factor_lasts, hmac_sha256, totp_code, matching_step, comes_with_key, may_attempt,
  show_code, show_signature, spend_factor, take_factor, check_factor_change, begin_otp, confirm_otp, enrol_factor,
  add_factor, remove_factor, otp_fingerprints from public;
grant execute on function show_code, show_signature, begin_otp, confirm_otp, enrol_factor, remove_factor,
  otp_fingerprints to countersign_engine;
grant select on factors, shown_factors to countersign_engine;
