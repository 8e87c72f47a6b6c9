-- The one way in for a step (P1): `commit_steps` takes a batch of steps of many instances and, for each
-- instance, applies all of its steps or none.
--
-- It trusts nothing that it can work out itself. Each hash is computed again from the entry's text; the
-- entry's own JSON must name this instance, this seq, this definition and the hash before it; the first step
-- must follow on from the stored seq and head; a new instance needs a deployed definition, and none is
-- deployed without its certificate; an existing instance keeps the definition it has. Who started an
-- instance, and when it moved, is taken from its entries and not from the caller.
--
-- Arguments come in groups of arrays. One element an instance: `ids`, `definition_of` (a place in the short
-- list `definition_hashes`), `statuses`, `active` (state ids joined by U+001E, null for none) and `state_texts`. One element a
-- step: `step_of` (the place of its instance) to `changed_salts`; steps come instance by instance, in order
-- of seq. And one element for each answer, effect and changed field. Places count from 1.
--
-- `verdicts` has one letter an instance, in the order given:
--   c  committed
--   v  the version differs: somebody was first
--   r  one of its requests was answered before; `repeated` has the places of those steps
--   k  another instance of this batch uses the same idempotency key
--   b  broken: a hash, a chain or a text that does not fit
--   d  its definition is not deployed, or is not the one that it has
-- or it is 'x' alone: the directory has moved on, and nothing was applied.
--
-- Lock order: the table directory_version (row share), instances by id, answers by principal and key, new
-- instances by id. Rows of the other tables belong to an instance that is locked already.

create function commit_steps(
  known_directory bigint, definition_hashes text[],
  ids uuid[], definition_of integer[], statuses text[], active text[], state_texts text[],
  step_of integer[], seqs integer[], hashes bytea[], texts text[],
  data text[], data_salts bytea[], changed_salts bytea[],
  answer_of integer[], answer_principals text[], answer_keys text[], answer_bodies text[], answer_texts text[],
  effect_of integer[], effect_kinds text[], effect_names text[], effect_numbers integer[], effect_details text[],
  field_of integer[], field_names text[], field_values text[],
  out verdicts text, out repeated integer[]
) language plpgsql volatile security definer
  set search_path = ledger, pg_temp
  -- Every statement below walks an array and finds rows by key. A plan that was made while the tables were
  -- small must never turn that into reading a whole table.
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
  set jit = off
as $$
declare
  instance_count constant integer := cardinality(ids);
  step_count constant integer := cardinality(step_of);
  places integer[];
  first_seqs integer[]; first_previous text[]; initiators text[]; start_times timestamptz[];
  last_seqs integer[]; last_hashes bytea[]; last_times timestamptz[];
  broken integer[];
  verdict text[];
  new boolean[];
  live boolean[];
  rows_expected integer;
  written_principals text[]; written_keys text[]; written_ids uuid[];
begin
  perform demand_durability();
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'commit_steps compares versions in read committed isolation only.';
  end if;
  -- Arrays count from 1 here, and places in them are compared with places in their rows.
  if (instance_count > 0 and step_count > 0
    and array_ndims(ids) = 1 and array_ndims(definition_of) = 1 and array_ndims(step_of) = 1
    and array_lower(ids, 1) = 1 and array_lower(definition_of, 1) = 1 and array_lower(step_of, 1) = 1
    and instance_count = all (array[cardinality(definition_of), cardinality(statuses), cardinality(active),
      cardinality(state_texts)])
    and step_count = all (array[cardinality(seqs), cardinality(hashes), cardinality(texts), cardinality(data),
      cardinality(data_salts), cardinality(changed_salts)])
    and cardinality(answer_of) = all (array[cardinality(answer_principals), cardinality(answer_keys),
      cardinality(answer_bodies), cardinality(answer_texts)])
    and cardinality(effect_of) = all (array[cardinality(effect_kinds), cardinality(effect_names),
      cardinality(effect_numbers), cardinality(effect_details)])
    and cardinality(field_of) = all (array[cardinality(field_names), cardinality(field_values)])
  ) is not true then
    raise exception 'The columns of the batch are empty or differ in length.';
  end if;

  -- Whoever changes the directory takes this table in exclusive mode. So the removal of a role is answered
  -- only after every commit that still relied on it, and none that relied on it can follow. Locking the row
  -- instead would say the same, but write that row at every commit.
  lock table directory_version in row share mode;
  if known_directory is distinct from (select d.version from directory_version d) then
    verdicts := 'x';
    return;
  end if;

  -- What the batch alone can tell. A step's neighbours are the same arrays moved by one.
  select
    array_agg(s.at) filter (where s.at is distinct from s.last_at),
    array_agg(s.seq) filter (where s.at is distinct from s.last_at),
    array_agg(s.entry ->> 'previous') filter (where s.at is distinct from s.last_at),
    array_agg(case when s.seq = 1 then s.entry #>> '{actor,principal}' end) filter (where s.at is distinct from s.last_at),
    array_agg(case when s.seq = 1 then (s.entry ->> 'time')::timestamptz end) filter (where s.at is distinct from s.last_at),
    array_agg(s.seq) filter (where s.at is distinct from s.next_at),
    array_agg(s.hash) filter (where s.at is distinct from s.next_at),
    array_agg((s.entry ->> 'time')::timestamptz) filter (where s.at is distinct from s.next_at),
    coalesce(array_agg(s.at) filter (where (
      s.hash = s.computed
      and s.entry ->> 'instance' = ids[s.at]::text
      and s.entry ->> 'seq' = s.seq::text
      and s.entry ->> 'definition' = definition_hashes[definition_of[s.at]]
      and s.entry ->> 'format' = '1'
      and (s.at is distinct from s.last_at
        or s.seq = s.last_seq + 1 and s.entry ->> 'previous' = encode(s.last_hash, 'hex'))
    ) is not true), '{}')
  into places, first_seqs, first_previous, initiators, start_times, last_seqs, last_hashes, last_times, broken
  from (
    select s.*, s.text::jsonb as entry, sha256(convert_to(s.text, 'UTF8')) as computed
    from unnest(
      step_of, seqs, hashes, texts,
      null::integer || step_of[:step_count - 1], null::integer || seqs[:step_count - 1],
      null::bytea || hashes[:step_count - 1], step_of[2:] || null::integer
    ) as s(at, seq, hash, text, last_at, last_seq, last_hash, next_at)
    offset 0
  ) s;
  -- P1: no instance moves without a step, and no step belongs to none.
  if places is distinct from array(select generate_series(1, instance_count)) then
    raise exception 'Every instance of a batch needs its steps together, in the order of the instances.';
  end if;

  perform from unnest(ids) w(id) join instances i on i.id = w.id order by i.id for no key update of i;

  select array_agg(w.verdict order by w.at), array_agg(w.new order by w.at), array_agg(w.verdict = 'c' order by w.at)
  into verdict, new, live
  from (
    select w.at, i.id is null as new, case
      when w.at = any (broken) then 'b'
      when i.id is null and w.seq > 1 then 'v'
      when i.id is null and w.previous is distinct from repeat('0', 64) then 'b'
      when i.id is null then case when exists (
        select from definitions d where d.hash = decode(definition_hashes[w.definition_of], 'hex')
      ) then 'c' else 'd' end
      when i.seq is distinct from w.seq - 1 or encode(i.head, 'hex') is distinct from w.previous then 'v'
      when encode(i.definition, 'hex') is distinct from definition_hashes[w.definition_of] then 'd'
      else 'c' end as verdict
    from unnest(ids, definition_of, first_seqs, first_previous)
      with ordinality as w(id, definition_of, seq, previous, at)
    left join instances i on i.id = w.id
  ) w;

  if cardinality(answer_of) > 0 then
    loop
      select count(*) into rows_expected from unnest(answer_of) a(step) where live[step_of[a.step]];
      exit when rows_expected = 0;
      with written as (
        insert into answers (principal, key, body_hash, answer, answered_at)
        select a.principal, a.key, a.body, a.text, last_times[step_of[a.step]]
        from unnest(answer_of, answer_principals, answer_keys, answer_bodies, answer_texts)
          as a(step, principal, key, body, text)
        where live[step_of[a.step]]
        order by a.principal, a.key
        on conflict do nothing
        returning principal, key
      )
      select array_agg(principal), array_agg(key) into written_principals, written_keys from written;
      exit when cardinality(written_keys) = rows_expected;

      -- Rare: a key is taken. Take ours back, find whose it is, and try the rest again.
      delete from answers a using unnest(written_principals, written_keys) w(principal, key)
      where a.principal = w.principal and a.key = w.key;
      select array_agg(case
          when verdict[w.at] <> 'c' then verdict[w.at]
          when new[w.at] and exists (select from instances i where i.id = w.id) then 'v'
          when exists (
            select from unnest(answer_of, answer_principals, answer_keys) a(step, principal, key)
            join answers b on b.principal = a.principal and b.key = a.key where step_of[a.step] = w.at) then 'r'
          when exists (
            select from unnest(answer_of, answer_principals, answer_keys) a(step, principal, key)
            join unnest(answer_of, answer_principals, answer_keys) b(step, principal, key)
              on b.principal = a.principal and b.key = a.key
            where step_of[a.step] = w.at and b.step < a.step and live[step_of[b.step]]) then 'k'
          else 'c' end order by w.at)
      into verdict from unnest(ids) with ordinality w(id, at);
      select array_agg(w.letter = 'c' order by w.at) into live from unnest(verdict) with ordinality w(letter, at);
    end loop;
    if 'r' = any (verdict) then
      select array_agg(a.step) into repeated
      from unnest(answer_of, answer_principals, answer_keys) a(step, principal, key)
      join answers b on b.principal = a.principal and b.key = a.key
      where verdict[step_of[a.step]] = 'r';
    end if;
  end if;

  if true = any (new) then
    select count(*) into rows_expected from unnest(new, live) w(new, live) where w.new and w.live;
    with written as (
      insert into instances
        (id, definition, seq, head, started_at, updated_at, status, process, initiator, states, state)
      select w.id, d.hash, w.seq, w.head, w.started_at, w.updated_at, w.status, d.process, w.initiator,
        coalesce(string_to_array(w.active, E'\x1e'), '{}'), w.state
      from unnest(ids, definition_of, last_seqs, last_hashes, start_times, last_times, statuses, initiators, active,
          state_texts, new, live)
        as w(id, definition_of, seq, head, started_at, updated_at, status, initiator, active, state, new, live)
      join definitions d on d.hash = decode(definition_hashes[w.definition_of], 'hex')
      where w.new and w.live
      order by w.id
      on conflict (id) do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into written_ids from written;
    if cardinality(written_ids) <> rows_expected then
      -- Rare: somebody inserted the same instance since we looked. Its answers were ours; take them back.
      delete from answers a using unnest(answer_of, answer_principals, answer_keys) w(step, principal, key)
      where a.principal = w.principal and a.key = w.key and live[step_of[w.step]] and new[step_of[w.step]]
        and ids[step_of[w.step]] <> all (written_ids);
      select array_agg(case when w.new and w.live and w.id <> all (written_ids) then 'v' else w.letter end order by w.at)
      into verdict from unnest(ids, new, live, verdict) with ordinality w(id, new, live, letter, at);
      select array_agg(w.letter = 'c' order by w.at) into live from unnest(verdict) with ordinality w(letter, at);
    end if;
  end if;

  if false = any (new) then
    update instances i
    set seq = w.seq, head = w.head, updated_at = w.updated_at, status = w.status,
      states = coalesce(string_to_array(w.active, E'\x1e'), '{}'), state = w.state
    from unnest(ids, last_seqs, last_hashes, last_times, statuses, active, state_texts, new, live)
      as w(id, seq, head, updated_at, status, active, state, new, live)
    where i.id = w.id and w.live and not w.new;
  end if;

  insert into entries (instance, seq, hash, text)
  select ids[s.at], s.seq, s.hash, s.text from unnest(step_of, seqs, hashes, texts) as s(at, seq, hash, text)
  where live[s.at];

  insert into contents (instance, seq, data, data_salt, changed_salt)
  select ids[s.at], s.seq, s.data, s.data_salt, s.changed_salt
  from unnest(step_of, seqs, data, data_salts, changed_salts) as s(at, seq, data, data_salt, changed_salt)
  where live[s.at];

  if cardinality(effect_of) > 0 then
    perform apply_effects(ids, live, effect_of, effect_kinds, effect_names, effect_numbers, effect_details, last_times);
  end if;
  if cardinality(field_of) > 0 then
    delete from instance_fields f using unnest(field_of, field_names, field_values) as w(at, name, value)
    where live[w.at] and w.value is null and f.instance = ids[w.at] and f.field = w.name;
    insert into instance_fields (instance, field, process, value)
    select i.id, w.name, i.process, w.value
    from unnest(field_of, field_names, field_values) as w(at, name, value) join instances i on i.id = ids[w.at]
    where live[w.at] and w.value is not null
    on conflict (instance, field) do update set value = excluded.value;
  end if;

  verdicts := array_to_string(verdict, '');
end $$;

-- What a step schedules or settles. `gate+` opens, `gate-` closes; the same for requests and timers. A batch
-- names each gate, request and timer of an instance at most once: what its steps come to in the end.
create function apply_effects(
  ids uuid[], live boolean[], effect_of integer[], kinds text[], names text[], numbers integer[], details text[],
  times timestamptz[]
) returns void language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  if 'gate-' = any (kinds) then
    delete from gates g using unnest(effect_of, kinds, names) as e(at, kind, name)
    where e.kind = 'gate-' and live[e.at] and g.instance = ids[e.at] and g.state = e.name;
  end if;
  if 'request-' = any (kinds) then
    delete from proposal_requests r using unnest(effect_of, kinds, names) as e(at, kind, name)
    where e.kind = 'request-' and live[e.at] and r.instance = ids[e.at] and r.state = e.name;
  end if;
  if 'timer-' = any (kinds) then
    delete from timers t using unnest(effect_of, kinds, names) as e(at, kind, name)
    where e.kind = 'timer-' and live[e.at] and t.instance = ids[e.at] and t.timer = e.name;
  end if;
  if 'gate+' = any (kinds) then
    insert into gates (instance, state, definition, opened, opened_at)
    select i.id, e.name, i.definition, e.number, times[e.at]
    from unnest(effect_of, kinds, names, numbers) as e(at, kind, name, number) join instances i on i.id = ids[e.at]
    where e.kind = 'gate+' and live[e.at]
    on conflict (instance, state) do update set opened = excluded.opened, opened_at = excluded.opened_at;
  end if;
  if 'request+' = any (kinds) then
    insert into proposal_requests (instance, state, definition, opened, decision, requested_at)
    select i.id, e.name, i.definition, e.number, e.detail, times[e.at]
    from unnest(effect_of, kinds, names, numbers, details) as e(at, kind, name, number, detail)
      join instances i on i.id = ids[e.at]
    where e.kind = 'request+' and live[e.at]
    on conflict (instance, state) do update set opened = excluded.opened, decision = excluded.decision,
      requested_at = excluded.requested_at, claimed_by = null, claim = null, lease_until = null;
  end if;
  if 'timer+' = any (kinds) then
    insert into timers (instance, timer, set, due_at)
    select ids[e.at], e.name, e.number, e.detail::timestamptz
    from unnest(effect_of, kinds, names, numbers, details) as e(at, kind, name, number, detail)
    where e.kind = 'timer+' and live[e.at]
    on conflict (instance, timer) do update set set = excluded.set, due_at = excluded.due_at;
  end if;
end $$;

revoke all on function commit_steps, apply_effects from public;
grant execute on function commit_steps to countersign_engine;
