-- The tables of the ledger.
--
-- An instance is one row in `instances`: its latest state, and the head of its chain. Each step it took is
-- one row in `entries` (what was hashed, never changed) and one in `contents` (what the entry's commitments
-- bind, kept apart so that it can be destroyed while the entry stays). The other tables hold what a step
-- schedules: open gates, requests for proposals, timers, the searchable fields, and the answers that a
-- repeated request gets. All of these begin with the instance's id, so that they can be sharded by it.
-- Definitions, the directory and the keys are small and read whole.
--
-- Everything belongs to `countersign_owner`, a role that nobody logs in as. `countersign_engine` reads what
-- is granted at the end and changes nothing except through the functions of the later migrations.
--
-- Lock order, for every function that writes: `directory_version` (whole table), `answers` by principal and key,
-- new `instances` by id, other `instances` by id, then rows that belong to those instances, and last of all `acts`
-- (whole table).

create table migrations (
  number integer primary key,
  name text not null,
  sha256 text not null,
  applied_at timestamptz not null default now()
);

create table definitions (
  hash bytea primary key check (length(hash) = 32),
  process text not null,
  version text not null,
  source text not null,
  certificate text not null,
  deployed_at timestamptz not null default clock_timestamp(),
  deployed_by text not null
);

-- Which definition a new instance of a process gets.
create table current_definitions (
  process text primary key,
  definition bytea not null references definitions
);

-- The only columns that change are not indexed, and pages keep room for the next version of a row: so an
-- update touches no index (HOT). States stay in the row, uncompressed, as far as a page allows: compressing
-- them again at every step would cost more than the rest of the step.
create table instances (
  id uuid not null,
  definition bytea not null,
  seq integer not null check (seq > 0),
  head bytea not null check (length(head) = 32),
  started_at timestamptz not null,
  updated_at timestamptz not null,
  status text not null check (status in ('active', 'done')),
  process text not null,
  initiator text not null,
  -- The unit they started it in, as their entry has it.
  initiator_unit text,
  states text[] not null,
  state text not null
) with (fillfactor = 70, toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0.05);
alter table instances alter column state set storage external;
create index instances_by_definition on instances (definition, id);
create index instances_by_process on instances (process, id);
create index instances_by_initiator on instances (initiator, id);
-- Made last, and so below: of indexes that seem to cost the same, as all do while there are few rows, PostgreSQL takes
-- the newest. It would keep to one of those above, which cost more with every process, person or date that is added.
alter table instances add primary key (id);

create table entries (
  instance uuid not null,
  seq integer not null,
  hash bytea not null,
  text text not null,
  primary key (instance, seq)
);

create table contents (
  instance uuid not null,
  seq integer not null,
  data text,
  data_salt bytea,
  changed_salt bytea,
  primary key (instance, seq)
);

-- One row a field that the definition lists under `index`; `value` is canonical JSON text.
create table instance_fields (
  instance uuid not null,
  field text not null,
  process text not null,
  value text not null
);
-- An index row has a largest size, so only the beginning of a long value is in the index.
create index instance_fields_by_value on instance_fields (process, field, left(value, 200), instance);
alter table instance_fields add primary key (instance, field);

create table gates (
  instance uuid not null,
  state text not null,
  definition bytea not null,
  opened integer not null,
  opened_at timestamptz not null
);
create index gates_by_state on gates (definition, state, instance);
alter table gates add primary key (instance, state);

create table proposal_requests (
  instance uuid not null,
  state text not null,
  definition bytea not null,
  opened integer not null,
  decision text not null,
  requested_at timestamptz not null,
  -- How many agents may answer it.
  places integer not null default 1 check (places > 0),
  -- Where it is one: who works on it, until when: a lease among agents, of no authority, and not on the record.
  claimed_by text,
  claim text,
  lease_until timestamptz
) with (fillfactor = 90);
create index proposal_requests_by_state on proposal_requests (definition, state, requested_at, instance);
alter table proposal_requests add primary key (instance, state);

create table timers (
  instance uuid not null,
  timer text not null,
  set integer not null,
  due_at timestamptz not null
);
create index timers_by_due on timers (due_at, instance);
alter table timers add primary key (instance, timer);

create table answers (
  principal text not null,
  key text not null,
  body_hash text not null,
  answer text not null,
  answered_at timestamptz not null,
  primary key (principal, key)
);

-- One row. Whoever decides by the directory compares this number in the commit.
create table directory_version (
  single boolean primary key default true check (single),
  version bigint not null
);
insert into directory_version (version) values (0);

create table principals (
  id text primary key,
  kind text not null check (kind in ('person', 'service', 'agent')),
  name text not null,
  person text not null,
  unit text,
  roles text[] not null,
  positions text[] not null,
  active boolean not null,
  -- Of an agent: the person or unit that operates it.
  operator text check (operator is null or kind = 'agent'),
  -- Of an agent: where it is called.
  callback text check (callback is null or kind = 'agent'),
  -- At identity providers, a list of {issuer, subject}: whoever signs in there is this principal here.
  accounts jsonb not null default '[]',
  -- What a principal is never changes, since its id says it.
  check (split_part(id, ':', 1) = kind)
);

create table units (
  id text primary key,
  parent text,
  title_vi text not null,
  title_en text not null
);

-- Every directory there ever was, to answer later who could decide at that time.
create table directory_changes (
  version bigint primary key,
  changed_at timestamptz not null default clock_timestamp(),
  changed_by text not null,
  principals text,
  units text
);

create table keys (
  id text primary key,
  hash text not null unique check (hash ~ '^[0-9a-f]{64}$'),
  principal text not null,
  scopes text[] not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  demonstration boolean not null
);

-- What was done to the ledger itself, and not to an instance: a key issued or revoked, the directory replaced, a
-- definition deployed. One chain of its own, like an instance's: `text` is canonical JSON and names the hash of
-- the act before it. Each is written in the transaction of what it tells.
create table acts (
  seq integer primary key check (seq > 0),
  hash bytea not null check (length(hash) = 32),
  text text not null
);

-- P6: what is acknowledged is on disk, whatever the session or the server's settings say. It holds until the
-- end of the transaction, which every writing function is called in.
create function demand_durability() returns void language plpgsql set search_path = ledger, pg_temp as $$
begin
  if current_setting('synchronous_commit') not in ('on', 'remote_apply') then
    perform set_config('synchronous_commit', 'on', true);
  end if;
end $$;

-- Answers are kept for requests that come again, and nobody repeats one for ever. This removes old ones from a
-- slice of the table, so that each call takes a bounded time, and the main path pays for no index by age. It
-- answers where the next slice begins, and null at the end. Whatever is asked for, an answer that is younger than
-- an hour stays. Nothing of it needs to be durable: what is there again after a crash is found again.
--
-- Lock order: rows of `answers` that are committed, and no others.
create function forget_answers(
  from_block bigint, block_count integer, answered_before timestamptz, out next_block bigint, out forgotten bigint
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  oldest_kept constant timestamptz := least(answered_before, clock_timestamp() - interval '1 hour');
begin
  delete from answers a
  where a.ctid >= format('(%s,0)', from_block)::tid and a.ctid < format('(%s,0)', from_block + block_count)::tid
    and a.answered_at < oldest_kept;
  get diagnostics forgotten = row_count;
  if from_block + block_count < pg_relation_size('ledger.answers') / current_setting('block_size')::integer then
    next_block := from_block + block_count;
  end if;
end $$;

-- What was recorded stays. No grant allows changing it, and these triggers stop the owner's own functions
-- and hands as well. Whoever disables them and alters an entry is found by `countersign verify`.
create function refuse_change() returns trigger language plpgsql set search_path = ledger, pg_temp as $$
begin
  raise exception 'The record is append-only: % on ledger.% is refused.', lower(tg_op), tg_table_name
    using errcode = 'insufficient_privilege';
end $$;

create trigger entries_are_append_only before update or delete or truncate on entries
  for each statement execute function refuse_change();
create trigger contents_are_append_only before update or delete or truncate on contents
  for each statement execute function refuse_change();
create trigger definitions_are_append_only before update or delete or truncate on definitions
  for each statement execute function refuse_change();
create trigger directory_changes_are_append_only before update or delete or truncate on directory_changes
  for each statement execute function refuse_change();
create trigger acts_are_append_only before update or delete or truncate on acts
  for each statement execute function refuse_change();
create trigger migrations_are_append_only before update or delete or truncate on migrations
  for each statement execute function refuse_change();
-- Instances change, but none is ever removed.
create trigger instances_stay before delete or truncate on instances
  for each statement execute function refuse_change();

revoke all on all tables in schema ledger from public;
revoke all on all functions in schema ledger from public;
alter default privileges revoke execute on functions from public;
grant usage on schema ledger to countersign_engine;
grant select on migrations, definitions, current_definitions, instances, entries, contents, instance_fields,
  gates, proposal_requests, timers, answers, directory_version, principals, units, directory_changes,
  acts to countersign_engine;
grant execute on function forget_answers to countersign_engine;
