-- The one way in for a step (P1): `commit_steps` takes a batch of steps of many instances and, for each
-- instance, applies all of its steps or none.
--
-- It trusts nothing that it can work out itself. It writes each entry's text with its own hand: from a
-- template, which says who did what, and from the instance, the seq and the hash before it. So an entry cannot
-- name another place in the record than the one it gets. The hash of that text must be the one that the caller
-- claims; the first step must follow on from the stored seq and head; a new instance needs a deployed
-- definition, and none is deployed without its certificate; an existing instance keeps the definition it has,
-- unless its first step here is a migration: that names the stored definition, and leads to another deployed one of
-- the same process.
-- Who started an instance, and when it moved, is taken from its entries and not from the caller.
--
-- Arguments come in groups of arrays. `templates` and shapes are what most steps of a batch share, and few are
-- sent. A template is eight texts joined by U+001E: which of its commitments it has ('cd', 'c', 'd' or '-'), and
-- then the canonical entry, broken where these belong: the commitment to the changed context, the one to the
-- data, the instance, the hash before, the request, the seq. One element a shape: `definition_hashes`,
-- `statuses` and `active` (state ids joined by U+001E, null for none). One element an instance: `ids`,
-- `shape_of` (a place in the list of shapes) and `state_ends`. One element a step: `step_of` (the place of its
-- instance), `template_of`, `seqs`, `requests` (as they stand between the quotes in JSON) and `data_ends`; steps
-- come instance by instance, in order of seq. And one element for each answer, effect, changed field and proof of a
-- decision. Places count from 1.
--
-- Long texts come one after the other in a single one, `state_texts` for example, and their ends say, in
-- bytes, where each stops: cutting them out of one text costs half of what reading an array of them does.
-- Hashes do likewise: `bases` has 32 bytes an instance, the hash before its first step, and `digests` has 160
-- bytes a step: its hash, the commitments to the changed context and to the data, the salt of the data, and the
-- salt of the changed context. What there is not is all zeros.
--
-- `verdicts` has one letter an instance, in the order given:
--   c  committed
--   v  the version differs: somebody was first
--   r  one of its requests was answered before; `repeated` has the places of those steps
--   k  another instance of this batch uses the same idempotency key
--   b  broken: a hash, a chain or a text that does not fit
--   d  its definition is not deployed, or is neither the one that it has nor the one that a migration leads to
-- or it is 'x' alone: the directory has moved on, and nothing was applied.
--
-- Nothing is locked before it is written, unless a control stands. Where somebody else moves one of the instances
-- between the look at its seq and its update, the batch raises CS409 with nothing applied, and whoever asked asks
-- again: then that one is 'v', so a batch is asked again at most as often as it has instances.
--
-- Lock order: the table directory_version (row share), answers by principal and key, new instances by id, instances
-- by id; while a control stands, existing instances before the new ones, and then in every commit, since controls
-- change under the exclusive lock on that table. Rows of the other tables belong to an instance that is locked already.

create function commit_steps(
  known_directory bigint, templates text[], definition_hashes text[], statuses text[], active text[],
  ids uuid[], shape_of integer[], state_ends integer[], state_texts text, bases bytea,
  step_of integer[], template_of integer[], seqs integer[], requests text[], data_ends integer[],
  data_texts text, digests bytea,
  answer_of integer[], answer_principals text[], answer_keys text[], answer_bodies text[], answer_texts text[],
  effect_of integer[], effect_kinds text[], effect_names text[], effect_numbers integer[], effect_details text[],
  field_of integer[], field_names text[], field_values text[],
  proof_of integer[], proofs text[],
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
  state_bytes constant bytea := convert_to(state_texts, 'UTF8');
  data_bytes constant bytea := convert_to(data_texts, 'UTF8');
  nothing constant bytea := decode(repeat('00', 32), 'hex');
  -- One element a template; of `pieces` eight.
  pieces text[]; entries_told jsonb[]; definitions_told text[]; times_told timestamptz[]; states_told text[];
  watched boolean[]; migrated_from text[]; are_sound boolean[];
  has_overrides boolean;
  entry_texts text[];
  in_order boolean;
  broken integer[];
  -- One element an instance: the places of its first and of its last step.
  first_places integer[]; last_places integer[];
  verdict text[];
  new boolean[];
  live boolean[];
  states_before text[];
  rows_expected integer;
  rows_created integer := 0;
  rows_moved integer;
  written_principals text[]; written_keys text[]; written_ids uuid[];
begin
  perform demand_durability();
  if current_setting('transaction_isolation') <> 'read committed' then
    raise exception 'commit_steps compares versions in read committed isolation only.';
  end if;
  -- Arrays count from 1 here, and places in them are compared with places in their rows.
  if (instance_count > 0 and step_count > 0
    and format('[1:%s]', instance_count) = all (array[array_dims(ids), array_dims(shape_of),
      array_dims(state_ends)])
    and format('[1:%s]', step_count) = all (array[array_dims(step_of), array_dims(template_of), array_dims(seqs),
      array_dims(requests), array_dims(data_ends)])
    and cardinality(definition_hashes) = all (array[cardinality(statuses), cardinality(active)])
    and length(bases) = 32 * instance_count
    and length(digests) = 160 * step_count
    -- Whatever was sent belongs to one of them.
    and state_ends[instance_count] = length(state_bytes)
    and data_ends[step_count] = length(data_bytes)
    and cardinality(answer_of) = all (array[cardinality(answer_principals), cardinality(answer_keys),
      cardinality(answer_bodies), cardinality(answer_texts)])
    and cardinality(effect_of) = all (array[cardinality(effect_kinds), cardinality(effect_names),
      cardinality(effect_numbers), cardinality(effect_details)])
    and cardinality(field_of) = all (array[cardinality(field_names), cardinality(field_values)])
    and cardinality(proof_of) = cardinality(proofs)
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

  -- A request must end where its text ends, and not go on to say something else. No escape reaches over the
  -- blank between two of them.
  if array_to_string(requests, ' ') !~ '^([^"\\\x01-\x1f]|\\["\\bfnrt]|\\u(?!0000|d[89a-f])[0-9a-f]{4})*$' then
    raise exception 'A request holds what JSON does not allow in a text.';
  end if;

  -- Each template is tried once, with values that nobody could foresee: they must turn up as the very members
  -- that they are meant for. What is given instead of them later is digits and lower-case letters as they are,
  -- or the text of a request, and therefore ends up in the same members.
  select
    array_agg(t.parts), array_agg(t.entry), array_agg(t.entry ->> 'definition'),
    array_agg((t.entry ->> 'time')::timestamptz),
    array_agg(coalesce(array_to_string(array(select jsonb_array_elements_text(t.entry -> 'to')), E'\x1e'), '')),
    array_agg(t.entry ->> 'kind' in ('decision', 'count', 'proposal') or t.entry ? 'candidates' or exists (
      select from walls w where w.definition = decode(t.entry ->> 'definition', 'hex')
        and w.state in (select jsonb_array_elements_text(t.entry -> 'to')))),
    nullif(array_agg(t.entry #>> '{migration,from}'), array_fill(null::text, array[count(*)::integer])),
    coalesce(bool_or(t.entry ->> 'kind' = 'override'), false),
    array_agg((
      t.part_count = 8
      and t.entry ->> 'instance' = t.probe_instance
      and t.entry ->> 'previous' = t.probe_previous
      and t.entry ->> 'request' = t.probe_request
      and t.entry ->> 'seq' = t.probe_seq
      and t.entry ->> 'format' = '1'
      -- Lists of states are joined by this character, here and in `active`: in the name of one it would hide others.
      and not exists (select from jsonb_array_elements_text(t.entry -> 'to') e(state)
        where e.state is null or strpos(e.state, E'\x1e') > 0)
      and (t.entry ->> 'kind' = 'decision') = (t.entry ? 'gate')
      and (t.entry ->> 'kind' = 'count') = (t.entry ? 'counted')
      and (t.entry ->> 'kind' = 'migration') = (t.entry #>> '{migration,from}' is not null)
      and (t.parts[1] not in ('c', 'cd') or t.entry ->> 'context' = t.probe_context)
      and (t.parts[1] not in ('d', 'cd') or t.entry ->> 'data' = t.probe_data)
    ) is true)
  into pieces, entries_told, definitions_told, times_told, states_told, watched, migrated_from, has_overrides, are_sound
  from (
    select t.*, concat(t.parts[2], case when t.parts[1] in ('c', 'cd') then t.probe_context end,
      t.parts[3], case when t.parts[1] in ('d', 'cd') then t.probe_data end,
      t.parts[4], t.probe_instance, t.parts[5], t.probe_previous, t.parts[6], t.probe_request, t.parts[7],
      t.probe_seq, t.parts[8])::jsonb as entry
    from (
      select cardinality(t.parts) as part_count, (t.parts || array_fill(''::text, array[8]))[:8] as parts, p.*
      from (
        select string_to_array(t.template, E'\x1e') as parts, t.place
        from unnest(templates) with ordinality t(template, place)
      ) t
      -- Nobody can know these, so where they turn up is where a template puts what is given.
      cross join (
        select gen_random_uuid()::text as probe_instance, gen_random_uuid()::text as probe_request,
          encode(sha256(uuid_send(gen_random_uuid())), 'hex') as probe_context,
          encode(sha256(uuid_send(gen_random_uuid())), 'hex') as probe_data,
          encode(sha256(uuid_send(gen_random_uuid())), 'hex') as probe_previous,
          (1000000000 + ('x' || left(encode(sha256(uuid_send(gen_random_uuid())), 'hex'), 15))::bit(60)::bigint)::text
            as probe_seq
        offset 0
      ) p
      order by t.place
    ) t
    offset 0
  ) t;

  -- What the batch alone can tell. A step's neighbours are the same arrays moved by one.
  select
    array_agg(s.text),
    array_agg(s.place) filter (where s.at is distinct from s.last_at),
    array_agg(s.place) filter (where s.at is distinct from s.next_at),
    bool_and((s.at = s.last_at or s.at = coalesce(s.last_at, 0) + 1) is true),
    coalesce(array_agg(s.at) filter (where (
      s.hash = sha256(convert_to(s.text, 'UTF8'))
      and are_sound[s.template]
      and definitions_told[s.template] = definition_hashes[shape_of[s.at]]
      and (s.at is not distinct from s.next_at or states_told[s.template] = coalesce(active[shape_of[s.at]], ''))
      and (s.at is distinct from s.last_at or s.seq = s.last_seq + 1)
    ) is not true), '{}')
  into entry_texts, first_places, last_places, in_order, broken
  from (
    select s.at, s.template, s.seq, s.last_at, s.last_seq, s.next_at, s.place,
      substr(digests, (160 * s.place - 159)::integer, 32) as hash,
      concat(
        pieces[s.template][2],
        case when pieces[s.template][1] in ('c', 'cd')
          then encode(substr(digests, (160 * s.place - 127)::integer, 32), 'hex') end,
        pieces[s.template][3],
        case when pieces[s.template][1] in ('d', 'cd')
          then encode(substr(digests, (160 * s.place - 95)::integer, 32), 'hex') end,
        pieces[s.template][4], ids[s.at], pieces[s.template][5],
        encode(case
          when s.at = s.last_at then substr(digests, (160 * s.place - 319)::integer, 32)
          else substr(bases, 32 * s.at - 31, 32) end, 'hex'),
        pieces[s.template][6], s.request, pieces[s.template][7], s.seq, pieces[s.template][8]
      ) as text
    from unnest(
      step_of, template_of, seqs, requests, null::integer || step_of[:step_count - 1],
      null::integer || seqs[:step_count - 1], step_of[2:] || null::integer
    ) with ordinality as s(at, template, seq, request, last_at, last_seq, next_at, place)
    offset 0
  ) s;
  -- P1: no instance moves without a step, and no step belongs to none.
  if not in_order or cardinality(first_places) <> instance_count then
    raise exception 'Every instance of a batch needs its steps together, in the order of the instances.';
  end if;

  select array_agg(w.verdict), array_agg(w.stored_seq is null), array_agg(w.verdict = 'c')
  into verdict, new, live
  from (
    select w.stored_seq, case
      when w.at = any (broken) then 'b'
      when w.stored_seq is null and w.seq is distinct from 1 then 'v'
      when w.stored_seq is null and w.base <> nothing then 'b'
      when w.stored_seq is null then case when exists (
        select from definitions d where d.hash = decode(definition_hashes[w.shape], 'hex')
      ) then 'c' else 'd' end
      when w.stored_seq is distinct from w.seq - 1 or w.head <> w.base then 'v'
      when encode(w.definition, 'hex') is distinct from definition_hashes[w.shape] then 'd'
      else 'c' end as verdict
    from (
      select w.at, w.shape, seqs[w.first] as seq, substr(bases, (32 * w.at - 31)::integer, 32) as base,
        i.seq as stored_seq, i.head, i.definition
      from unnest(ids, shape_of, first_places) with ordinality as w(id, shape, first, at)
      left join instances i on i.id = w.id
      order by w.at
    ) w
  ) w;

  if migrated_from is not null then
    -- Rare: some go to another definition. A migration is the first step of its instance here, or it is refused.
    select array_agg(case
        when w.letter not in ('c', 'd') or w.migrations = 0 then w.letter
        when w.migrations = 1 and w.came_from = encode(w.definition, 'hex')
          and w.came_from <> definition_hashes[w.shape] and exists (
            select from definitions d join definitions e on e.process = d.process
            where d.hash = w.definition and e.hash = decode(definition_hashes[w.shape], 'hex')) then 'c'
        else 'd' end order by w.at)
    into verdict
    from unnest(
      verdict, shape_of,
      array(select i.definition from unnest(ids) with ordinality w(id, at) left join instances i on i.id = w.id
        order by w.at),
      array(select count(migrated_from[s.template]) from unnest(step_of, template_of) as s(at, template)
        group by s.at order by s.at),
      array(select (array_agg(migrated_from[s.template] order by s.place))[1]
        from unnest(step_of, template_of) with ordinality as s(at, template, place) group by s.at order by s.at)
    ) with ordinality as w(letter, shape, definition, migrations, came_from, at);
    select array_agg(w.letter = 'c' order by w.at) into live from unnest(verdict) with ordinality w(letter, at);
  end if;

  if cardinality(answer_of) > 0 then
    loop
      select count(*) into rows_expected from unnest(answer_of) a(step) where live[step_of[a.step]];
      exit when rows_expected = 0;
      with written as (
        insert into answers (principal, key, body_hash, answer, answered_at)
        select a.principal, a.key, a.body, a.text, times_told[template_of[last_places[step_of[a.step]]]]
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

  -- Mostly none stands. A control that was set after the look at the directory's version waits for this commit.
  if exists (select from controls c where c.lifted_at is null) then
    -- What is looked at now must be what is moved later.
    perform from (select i.id from instances i where i.id = any (ids) order by i.id for no key update) i;
    if exists (select from unnest(ids, first_places, live, new) as w(id, first, live, new)
      join instances i on i.id = w.id where w.live and not w.new and i.seq <> seqs[w.first] - 1)
    then
      raise exception 'An instance was moved by somebody else at the same moment.' using errcode = 'CS409';
    end if;
    perform hold_controls(ids, live, array(select definition_hashes[w.shape] from unnest(shape_of)
      with ordinality w(shape, at) order by w.at), step_of, template_of, entries_told);
  end if;
  if has_overrides then
    perform hold_overrides(ids, live, step_of, template_of, seqs, entries_told, proof_of, proofs);
  end if;
  if true = any (watched) then
    select array_agg(array_to_string(i.states, E'\x1e') order by w.at) into states_before
    from unnest(ids) with ordinality w(id, at) left join instances i on i.id = w.id;
  end if;
  if true = any (new) then
    select count(*) into rows_expected from unnest(new, live) w(new, live) where w.new and w.live;
    with written as (
      insert into instances
        (id, definition, seq, head, started_at, updated_at, status, process, initiator, initiator_unit, states,
        state)
      select w.id, d.hash, seqs[w.last], substr(digests, 160 * w.last - 159, 32), times_told[template_of[w.first]],
        times_told[template_of[w.last]], statuses[w.shape], d.process,
        entries_told[template_of[w.first]] #>> '{actor,principal}',
        entries_told[template_of[w.first]] #>> '{actor,unit}',
        coalesce(string_to_array(active[w.shape], E'\x1e'), '{}'),
        convert_from(substr(state_bytes, w.last_end + 1, w.state_end - w.last_end), 'UTF8')
      from unnest(ids, shape_of, first_places, last_places, state_ends, 0 || state_ends[:instance_count - 1], new,
          live)
        as w(id, shape, first, last, state_end, last_end, new, live)
      join definitions d on d.hash = decode(definition_hashes[w.shape], 'hex')
      where w.new and w.live
      order by w.id
      on conflict (id) do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into written_ids from written;
    rows_created := cardinality(written_ids);
    if rows_created <> rows_expected then
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
    set seq = seqs[w.last], head = substr(digests, 160 * w.last - 159, 32),
      updated_at = times_told[template_of[w.last]], status = statuses[w.shape],
      states = coalesce(string_to_array(active[w.shape], E'\x1e'), '{}'),
      state = convert_from(substr(state_bytes, w.last_end + 1, w.state_end - w.last_end), 'UTF8')
    from (
      select * from unnest(ids, shape_of, first_places, last_places, state_ends,
          0 || state_ends[:instance_count - 1], new, live)
        as w(id, shape, first, last, state_end, last_end, new, live)
      where w.live and not w.new
      order by w.id
    ) w
    where i.id = w.id and i.seq = seqs[w.first] - 1;
    get diagnostics rows_moved = row_count;
    if rows_moved <> cardinality(array_positions(live, true)) - rows_created then
      if (select count(distinct w.id) from unnest(ids) w(id)) < instance_count then
        raise exception 'An instance comes twice in a batch.';
      end if;
      raise exception 'An instance was moved by somebody else at the same moment.' using errcode = 'CS409';
    end if;
  end if;
  if migrated_from is not null then
    update instances i set definition = decode(definition_hashes[w.shape], 'hex')
    from unnest(ids, shape_of, new, live) as w(id, shape, new, live)
    where i.id = w.id and w.live and not w.new and encode(i.definition, 'hex') <> definition_hashes[w.shape];
  end if;

  if true = any (watched) then
    perform hold_last_door(ids, live, states_before, step_of, template_of, seqs, entries_told, watched, proof_of,
      proofs);
  end if;

  insert into entries (instance, seq, hash, text)
  select ids[s.at], s.seq, substr(digests, (160 * s.place - 159)::integer, 32), s.text
  from unnest(step_of, seqs, entry_texts) with ordinality as s(at, seq, text, place)
  where live[s.at];

  insert into contents (instance, seq, data, data_salt, changed_salt)
  select ids[s.at], s.seq, convert_from(substr(data_bytes, s.last_end + 1, s.data_end - s.last_end), 'UTF8'),
    substr(digests, (160 * s.place - 63)::integer, 32),
    nullif(substr(digests, (160 * s.place - 31)::integer, 32), nothing)
  from unnest(step_of, seqs, data_ends, 0 || data_ends[:step_count - 1])
    with ordinality as s(at, seq, data_end, last_end, place)
  where live[s.at];

  if cardinality(effect_of) > 0 then
    perform apply_effects(ids, live, effect_of, effect_kinds, effect_names, effect_numbers, effect_details,
      array(select times_told[template_of[w.last]] from unnest(last_places) with ordinality w(last, at)
        order by w.at));
  end if;
  if true = any (watched)
    and exists (select from unnest(entries_told) t(entry) where t.entry #>> '{gate,verdict}' = 'sealed')
  then
    perform hold_ballots(ids, live, step_of, template_of, seqs, entries_told);
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

-- What a step schedules or settles. `gate+` opens, `gate-` closes; the same for requests, timers and notices. A batch
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
    delete from proposal_places p using unnest(effect_of, kinds, names) as e(at, kind, name)
    where e.kind = 'request-' and live[e.at] and p.instance = ids[e.at] and p.state = e.name;
  end if;
  if 'timer-' = any (kinds) then
    delete from timers t using unnest(effect_of, kinds, names) as e(at, kind, name)
    where e.kind = 'timer-' and live[e.at] and t.instance = ids[e.at] and t.timer = e.name;
  end if;
  if kinds && array['notice+', 'notice-'] then
    perform apply_notices(ids, live, effect_of, kinds, names);
  end if;
  if 'gate+' = any (kinds) then
    insert into gates as g (instance, state, definition, opened, opened_at, due_at)
    select i.id, e.name, i.definition, e.number, times[e.at], e.detail::timestamptz
    from unnest(effect_of, kinds, names, numbers, details) as e(at, kind, name, number, detail)
      join instances i on i.id = ids[e.at]
    where e.kind = 'gate+' and live[e.at]
    -- One opening is written once: neither its time nor its ballots are another's.
    on conflict (instance, state) do update set definition = excluded.definition, opened = excluded.opened,
      opened_at = excluded.opened_at, due_at = excluded.due_at, has_ballots = false
    where g.opened <> excluded.opened;
  end if;
  if 'ballot+' = any (kinds) then
    perform apply_ballots(ids, live, effect_of, kinds, names, numbers, details);
  end if;
  if 'request+' = any (kinds) then
    -- The kind of decision, and after a blank how many agents may answer, where it is more than one.
    insert into proposal_requests (instance, state, definition, opened, decision, places, requested_at)
    select i.id, e.name, i.definition, e.number, split_part(e.detail, ' ', 1),
      coalesce(nullif(split_part(e.detail, ' ', 2), '')::integer, 1), times[e.at]
    from unnest(effect_of, kinds, names, numbers, details) as e(at, kind, name, number, detail)
      join instances i on i.id = ids[e.at]
    where e.kind = 'request+' and live[e.at]
    on conflict (instance, state) do update set definition = excluded.definition, opened = excluded.opened,
      decision = excluded.decision, places = excluded.places, requested_at = excluded.requested_at, claimed_by = null, claim = null, lease_until = null;
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
