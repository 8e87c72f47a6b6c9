-- Who is signed in, and the short-lived tokens of services and agents.
--
-- A session is opened after the identity provider vouched for a person, and stands for that person until it is
-- ended, expires, or lies idle for too long. Its secret is the browser's alone: stored is the hash of its hash, as
-- of a key, so that a decision can show the secret's hash to the last door (`take_decision`) and nobody who reads
-- this table can. Opening and ending are acts on the chain of acts; `used_at` alone is nobody's evidence, and moves
-- with use. Rows of sessions that expired long ago are removed: the acts stay.
--
-- An access token is a key's shadow: it may do no more than the key it was made with, for some minutes, and ends
-- with it. It has no authority of its own and so no act, and what is done with it names the key.
--
-- Lock order: rows of `sessions`, then the table acts. Tokens touch nothing else.

create table sessions (
  id text primary key,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  principal text not null,
  -- Who vouched, and for which account there.
  issuer text not null,
  subject text not null,
  -- How the provider says the person showed who they are, and when; null where it does not say.
  acr text,
  amr text[] not null,
  authenticated_at timestamptz,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  idle_seconds integer not null check (idle_seconds > 0),
  used_at timestamptz not null,
  ended_at timestamptz,
  -- The hash of the sign-in that opened it: each opens one session, however often it comes back.
  sign_in text not null unique check (sign_in ~ '^[0-9a-f]{64}$')
);
create index sessions_by_principal on sessions (principal);
create index sessions_by_expiry on sessions (expires_at);

create table access_tokens (
  hash text primary key check (hash ~ '^[0-9a-f]{64}$'),
  key text not null references keys,
  scopes text[] not null,
  expires_at timestamptz not null
);
create index access_tokens_by_expiry on access_tokens (expires_at);

create function is_live(one sessions, at timestamptz) returns boolean
language sql immutable set search_path = ledger, pg_temp as $$
  select one.ended_at is null and one.expires_at > at and one.used_at + make_interval(secs => one.idle_seconds) > at
$$;

-- Whether what was shown is the proof of a live session of this account's.
create function is_signed_in(account text, proof text) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select exists (
    select from sessions s
    where s.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and s.principal = account
      and is_live(s, clock_timestamp()))
$$;

-- `verdict` is 'opened'; 'used' when the sign-in has opened a session before; or 'nobody' when the principal is no
-- active person. The session that the same browser had before (`replaces`) ends in the same transaction.
create function open_session(
  session_id text, session_hash text, of_principal text, of_issuer text, of_subject text, its_acr text,
  its_amr text[], authenticated timestamptz, lifetime_seconds integer, its_idle_seconds integer, its_sign_in text,
  replaces text, out verdict text, out opened timestamptz, out expires timestamptz
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  perform demand_durability();
  delete from sessions s where s.id in (
    select o.id from sessions o where o.expires_at < clock_timestamp() - interval '1 day'
    order by o.expires_at limit 100 for update skip locked);
  if not exists (
    select from principals p where p.id = of_principal and p.kind = 'person' and p.active
  ) then
    verdict := 'nobody';
    return;
  end if;
  opened := date_trunc('milliseconds', clock_timestamp());
  expires := opened + make_interval(secs => lifetime_seconds);
  insert into sessions (id, hash, principal, issuer, subject, acr, amr, authenticated_at, opened_at, expires_at,
    idle_seconds, used_at, sign_in)
  values (session_id, session_hash, of_principal, of_issuer, of_subject, its_acr, its_amr, authenticated, opened,
    expires, its_idle_seconds, opened, its_sign_in)
  on conflict (sign_in) do nothing;
  if not found then
    verdict := 'used';
    return;
  end if;
  update sessions s set ended_at = opened where s.id = replaces and s.ended_at is null;
  perform record_act('session-opened', of_principal, opened, jsonb_build_object(
    'acr', its_acr, 'amr', its_amr,
    'authenticated', to_char(authenticated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expires', to_char(expires at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'fingerprint', encode(sha256(convert_to(session_hash, 'UTF8')), 'hex'), 'idle', its_idle_seconds,
    'issuer', of_issuer, 'principal', of_principal, 'replaces', case when found then replaces end,
    'session', session_id, 'subject', of_subject));
  verdict := 'opened';
end $$;

-- The hash of a random 256-bit secret's hash gives the secret away to nobody; still only these functions show it.
create function find_session(session_hash text) returns setof sessions
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from sessions where hash = session_hash
$$;

create function list_sessions(of_principal text) returns setof sessions
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from sessions where principal = of_principal and is_live(sessions, clock_timestamp())
  order by opened_at desc, id limit 1000
$$;

-- All of them, for whoever compares them with the acts.
create function read_sessions() returns setof sessions
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from sessions order by id
$$;

-- Somebody is there. It needs no durability: what a crash forgets, the next request says again.
create function use_session(session_id text, at timestamptz) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  update sessions set used_at = greatest(used_at, least(at, expires_at)) where id = session_id and ended_at is null
$$;

-- Ends one session of a principal, or (`only_this` null) all of them. Answers the ids of those that it ended.
create function end_sessions(of_principal text, only_this text, by text) returns text[]
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  ended constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  ids text[];
begin
  perform demand_durability();
  with of_them as (
    select s.id from sessions s
    where s.principal = of_principal and s.ended_at is null and (only_this is null or s.id = only_this)
    order by s.id for update
  ), gone as (
    update sessions s set ended_at = ended from of_them where s.id = of_them.id returning s.id
  )
  select coalesce(array_agg(gone.id order by gone.id), '{}') into ids from gone;
  if cardinality(ids) > 0 then
    perform record_act('sessions-ended', by, ended,
      jsonb_build_object('principal', of_principal, 'sessions', ids));
  end if;
  return ids;
end $$;

-- Null when the key is no longer in force, or the scopes go beyond it.
create function add_access_token(token_hash text, of_key text, its_scopes text[], lifetime_seconds integer)
returns timestamptz language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  expires timestamptz;
begin
  perform demand_durability();
  delete from access_tokens t where t.hash in (
    select o.hash from access_tokens o where o.expires_at < clock_timestamp() - interval '1 day'
    order by o.expires_at limit 100 for update skip locked);
  insert into access_tokens (hash, key, scopes, expires_at)
  select token_hash, k.id, its_scopes,
    date_trunc('milliseconds', least(k.expires_at, clock_timestamp() + make_interval(secs => lifetime_seconds)))
  from keys k
  where k.id = of_key and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
    and its_scopes <@ k.scopes
  returning expires_at into expires;
  return expires;
end $$;

create function find_access_token(token_hash text) returns setof access_tokens
language sql stable security definer set search_path = ledger, pg_temp as $$
  select * from access_tokens where hash = token_hash
$$;

revoke all on function is_live, is_signed_in, open_session, find_session, list_sessions, read_sessions, use_session,
  end_sessions, add_access_token, find_access_token from public;
grant execute on function open_session, find_session, list_sessions, read_sessions, use_session, end_sessions,
  add_access_token, find_access_token to countersign_engine;
