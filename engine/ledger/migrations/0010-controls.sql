-- Controls: the stop switch (Article 27.4). One person stops, two restart.
--
-- A control that stands keeps steps from being committed, whatever engine asks for them: `commit_steps` calls
-- `hold_controls`, which looks at the controls of its own transaction. Setting and lifting one raises the
-- directory's version, under the lock that every commit shares. So both are answered only after every commit that
-- knew nothing of them, and every later one, on any node, decides anew.
--
-- Each row is explained by the chain of acts: `control-set`, `control-lift-asked`, `control-lift-withdrawn` and
-- `control-lifted`. Rows are never removed. Who sets or lifts shows the key they came with, so an engine that lies
-- can neither stop nor restart in the name of somebody whose key it has not seen.
--
-- Lock order: the table directory_version (exclusive), then controls, then the table acts.

create table controls (
  id uuid primary key,
  scope text not null check (scope in ('everything', 'process', 'decision', 'step', 'agent', 'instance')),
  process text,
  decision text,
  state text,
  agent text,
  instance uuid,
  mode text not null check (mode in ('paused', 'stopped')),
  drill boolean not null,
  reason text not null check (length(reason) between 1 and 2000),
  set_by text not null,
  set_at timestamptz not null,
  -- A request to lift; null while there is none. It stays once the control is lifted.
  asked_by text,
  asked_person text,
  asked_at timestamptz,
  asked_reason text,
  lifted_by text,
  lifted_at timestamptz,
  check ((process is not null) = (scope in ('process', 'decision', 'step'))),
  check ((decision is not null) = (scope = 'decision')),
  check ((state is not null) = (scope = 'step')),
  check ((agent is not null) = (scope = 'agent')),
  check ((instance is not null) = (scope = 'instance')),
  check (num_nonnulls(asked_by, asked_person, asked_at, asked_reason) in (0, 4)),
  check (num_nonnulls(lifted_by, lifted_at) in (0, 2) and (lifted_by is null or asked_by is not null))
);
-- Few stand at a time, mostly none: whether any does is one look at this index.
create unique index controls_standing on controls
  (scope, mode, drill, coalesce(process, ''), coalesce(decision, state, agent, instance::text, ''))
  where lifted_at is null;

create trigger controls_stay before delete or truncate on controls
  for each statement execute function refuse_change();

-- The natural person behind an active person's account that shows a key for controls, or a session; null when it does not.
create function person_in_control(account text, proof text) returns text
language sql stable set search_path = ledger, pg_temp as $$
  select p.person from principals p
  where p.id = account and p.kind = 'person' and p.active and (is_signed_in(p.id, proof) or exists (
    select from keys k
    where k.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and k.principal = p.id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
      and 'control' = any (k.scopes)))
$$;

-- Sets a control. The same one standing already is answered as it is; a request to lift it is thereby withdrawn.
-- `refusal` is `unshown` or null.
create function set_control(
  control_id uuid, its_scope text, of_process text, of_decision text, of_state text, of_agent text,
  of_instance uuid, its_mode text, for_drill boolean, why text, by text, proof text,
  out refusal text, out control uuid, out is_new boolean
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  set_now constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  standing controls;
  person text;
begin
  perform demand_durability();
  lock table directory_version in exclusive mode;
  person := person_in_control(by, proof);
  if person is null then
    refusal := 'unshown';
    return;
  end if;
  select c.* into standing from controls c
  where c.lifted_at is null and c.scope = its_scope and c.mode = its_mode and c.drill = for_drill
    and c.process is not distinct from of_process and c.decision is not distinct from of_decision
    and c.state is not distinct from of_state and c.agent is not distinct from of_agent
    and c.instance is not distinct from of_instance
  for update;
  if found then
    control := standing.id;
    is_new := false;
    if standing.asked_by is not null then
      update controls set asked_by = null, asked_person = null, asked_at = null, asked_reason = null
      where id = standing.id;
      perform record_act('control-lift-withdrawn', by, set_now, jsonb_build_object('control', standing.id,
        'directory', raise_directory_version(), 'person', person, 'reason', why));
    end if;
    return;
  end if;
  insert into controls (id, scope, process, decision, state, agent, instance, mode, drill, reason, set_by, set_at)
  values (control_id, its_scope, of_process, of_decision, of_state, of_agent, of_instance, its_mode, for_drill,
    why, by, set_now);
  perform record_act('control-set', by, set_now, jsonb_build_object('agent', of_agent, 'control', control_id,
    'decision', of_decision, 'directory', raise_directory_version(), 'drill', for_drill, 'instance', of_instance,
    'mode', its_mode, 'person', person, 'process', of_process, 'reason', why, 'scope', its_scope,
    'state', of_state));
  control := control_id;
  is_new := true;
end $$;

-- The first of two people. `unshown`, `unknown`, `lifted`, `asked` (somebody did before), or null.
create function ask_to_lift(control_id uuid, why text, by text, proof text) returns text
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  asked_now constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  standing controls;
  who text;
begin
  perform demand_durability();
  lock table directory_version in exclusive mode;
  who := person_in_control(by, proof);
  if who is null then
    return 'unshown';
  end if;
  select c.* into standing from controls c where c.id = control_id for update;
  if not found then
    return 'unknown';
  elsif standing.lifted_at is not null then
    return 'lifted';
  elsif standing.asked_by is not null then
    return 'asked';
  end if;
  update controls set asked_by = by, asked_person = who, asked_at = asked_now, asked_reason = why
  where id = control_id;
  perform record_act('control-lift-asked', by, asked_now, jsonb_build_object('control', control_id,
    'directory', raise_directory_version(), 'person', who, 'reason', why));
  return null;
end $$;

-- The second of two people, and another natural person than the first (P3), by the directory of the request and by
-- today's. `unshown`, `unknown`, `lifted`, `not-asked`, `same-person`, `gone` (who asked counts no more), or null.
create function lift_control(control_id uuid, by text, proof text) returns text
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  lifted_now constant timestamptz := date_trunc('milliseconds', clock_timestamp());
  standing controls;
  who text;
  first_person text;
begin
  perform demand_durability();
  lock table directory_version in exclusive mode;
  who := person_in_control(by, proof);
  if who is null then
    return 'unshown';
  end if;
  select c.* into standing from controls c where c.id = control_id for update;
  if not found then
    return 'unknown';
  elsif standing.lifted_at is not null then
    return 'lifted';
  elsif standing.asked_by is null then
    return 'not-asked';
  end if;
  select p.person into first_person from principals p
  where p.id = standing.asked_by and p.kind = 'person' and p.active;
  if by = standing.asked_by or who = standing.asked_person or who = first_person then
    return 'same-person';
  elsif first_person is null then
    return 'gone';
  end if;
  update controls set lifted_by = by, lifted_at = lifted_now where id = control_id;
  perform record_act('control-lifted', by, lifted_now, jsonb_build_object('askedBy', standing.asked_by,
    'askedPerson', standing.asked_person, 'control', control_id, 'directory', raise_directory_version(),
    'person', who));
  return null;
end $$;

-- Which of these instances a stop reaches as they stand, and which stop it is. Their states are joined by U+001E.
create function find_stopped(ids uuid[], processes text[], state_lists text[])
returns table (held_instance uuid, held_by uuid)
language sql stable set search_path = ledger, pg_temp as $$
  select i.id, c.id
  from controls c
  join unnest(ids, processes, state_lists) as i(id, process, states) on case c.scope
    when 'everything' then true
    when 'process' then c.process = i.process
    when 'instance' then c.instance = i.id
    when 'step' then c.process = i.process and c.state = any (string_to_array(i.states, E'\x1e'))
    when 'decision' then c.process = i.process and (
      exists (
        select from latest_proposals l
        where l.instance = i.id and l.decision = c.decision and l.since is not null)
      or exists (select from proposal_requests r where r.instance = i.id and r.decision = c.decision))
    when 'agent' then exists (
      select from latest_proposals l
      where l.instance = i.id and l.proposer = c.agent and l.chosen is not false
        and (l.since is not null or exists (
          select from proposal_requests r
          where r.instance = l.instance and r.state = l.state and r.opened = l.opened)))
    end
  where c.lifted_at is null and c.mode = 'stopped'
$$;

-- Whether a stop reaches an instance. Its timers then stay due, and nobody looks at them.
create function is_stopped(of_instance uuid) returns boolean
language sql stable security definer set search_path = ledger, pg_temp as $$
  select exists (
    select from instances i
    cross join lateral find_stopped(array[i.id], array[i.process], array[array_to_string(i.states, E'\x1e')])
    where i.id = of_instance)
$$;

-- Looks at a batch before anything of it is written; called only while a control stands. A step that one holds back
-- raises an exception, and with it the whole batch: an engine in order decided by these very controls, since the
-- version it named is the one in force.
create function hold_controls(
  ids uuid[], live boolean[], definitions_of text[], step_of integer[], template_of integer[], entries_told jsonb[]
) returns void language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  its_id uuid;
  its_mode text;
  held_instance uuid;
begin
  -- Proposals, wherever their instance stands: a pause holds them back as well as a stop.
  select c.id, c.mode, s.id into its_id, its_mode, held_instance
  from (
    select ids[s.at] as id, p.process, p.entry
    from unnest(step_of, template_of) as s(at, template)
    join (
      select t.place, t.entry, d.process
      from unnest(entries_told) with ordinality as t(entry, place)
      join definitions d on d.hash = decode(t.entry ->> 'definition', 'hex')
      where t.entry ->> 'kind' = 'proposal'
    ) p on p.place = s.template
    where live[s.at]
  ) s
  join controls c on c.lifted_at is null and case c.scope
    when 'everything' then true
    when 'process' then c.process = s.process
    when 'decision' then c.process = s.process and c.decision = s.entry #>> '{proposal,decision}'
    when 'step' then c.process = s.process and c.state = s.entry ->> 'event'
    when 'agent' then c.agent = s.entry #>> '{actor,principal}'
    when 'instance' then c.instance = s.id
    end
  limit 1;
  if not found and exists (select from controls c where c.lifted_at is null and c.mode = 'stopped') then
    select f.held_by, 'stopped', f.held_instance into its_id, its_mode, held_instance
    from (
      select array_agg(i.id) as ids, array_agg(coalesce(n.process, d.process)) as processes,
        array_agg(array_to_string(n.states, E'\x1e')) as state_lists
      from unnest(ids, live, definitions_of) as i(id, live, definition)
      left join instances n on n.id = i.id
      left join definitions d on n.id is null and d.hash = decode(i.definition, 'hex')
      where i.live
    ) b
    cross join lateral find_stopped(b.ids, b.processes, b.state_lists) f
    limit 1;
    if not found and exists (
      select from controls c where c.lifted_at is null and c.mode = 'stopped' and c.scope = 'step')
    then
      -- A state that is entered and left within the batch.
      select c.id, c.mode, s.id into its_id, its_mode, held_instance
      from (
        select ids[s.at] as id, entries_told[lag(s.template) over (partition by s.at order by s.place)] as entry
        from unnest(step_of, template_of) with ordinality as s(at, template, place)
        where live[s.at]
      ) s
      join definitions d on d.hash = decode(s.entry ->> 'definition', 'hex')
      join controls c on c.lifted_at is null and c.mode = 'stopped' and c.scope = 'step' and c.process = d.process
        and s.entry -> 'to' ? c.state
      where s.entry is not null
      limit 1;
    end if;
  end if;
  if found then
    raise exception 'The switch is off: % is % by the control %.', held_instance, its_mode, its_id
      using errcode = 'check_violation';
  end if;
end $$;

-- An override is that of an active person whose key or session was there. Whether it was theirs to give, only the
-- engine can tell: the definition names the role that answers for the process.
create function hold_overrides(
  ids uuid[], live boolean[], step_of integer[], template_of integer[], seqs integer[], entries_told jsonb[],
  proof_of integer[], proofs text[]
) returns void language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  step record;
begin
  for step in
    select ids[s.at] as id, s.seq, t.entry #>> '{actor,principal}' as actor, p.proof
    from unnest(step_of, template_of, seqs) with ordinality as s(at, template, seq, place)
    join unnest(entries_told) with ordinality as t(entry, number) on t.number = s.template
    left join unnest(proof_of, proofs) as p(step, proof) on p.step = s.place
    where live[s.at] and t.entry ->> 'kind' = 'override'
  loop
    if person_in_control(step.actor, step.proof) is null then
      raise exception 'The override in entry % of % is not that of a person who was there.', step.seq, step.id
        using errcode = 'CS401', detail = step.seq::text;
    end if;
  end loop;
end $$;

revoke all on function person_in_control, set_control, ask_to_lift, lift_control, find_stopped, is_stopped,
  hold_controls, hold_overrides from public;
grant execute on function set_control, ask_to_lift, lift_control, is_stopped to countersign_engine;
grant select on controls to countersign_engine;
