-- The rest of the directory: what is held in a unit or for a time, reviewers' bodies, and who acts for whom; and how
-- the last door reads all of it.
--
-- Roles and positions that somebody always holds in their own unit are lists of names, as before; the others are
-- `appointments`. Instants within jsonb are ISO 8601 texts: from the first to before the second, null for no end.
--
-- What holds is judged at the time that the entry tells, since the engine judged it then. An engine that tells a time
-- more than five minutes from the database's own is judged by that instead, so nobody brings back an expired position
-- by a clock put back.
--
-- Lock order: as in 0004; nothing here is written but by `replace_directory`.

alter table principals
  -- A list of {kind: role or position, name, unit, from, until}; a null unit is the principal's own.
  add column appointments jsonb not null default '[]',
  add column clearance text check (clearance in ('normal', 'confidential', 'secret', 'top-secret')),
  add column competences text[] not null default '{}';

create table roles (
  name text primary key,
  title_vi text not null,
  title_en text not null
);

create table bodies (
  id text primary key,
  title_vi text not null,
  title_en text not null,
  -- A list of {person, from, until}.
  members jsonb not null
);

create table delegations (
  place integer primary key,
  -- An absence passes on all roles and positions, and no seat.
  kind text not null check (kind in ('delegation', 'absence')),
  of_person text not null,
  to_person text not null check (to_person <> of_person),
  -- What is passed on; null: all of them.
  roles text[],
  positions text[],
  bodies text[] not null,
  -- Where; null: in all processes.
  processes text[],
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  may_delegate boolean not null
);

alter table directory_changes add column rest text;

create function replace_rest_of_directory(rest jsonb) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  delete from roles;
  delete from bodies;
  delete from delegations;
  insert into roles (name, title_vi, title_en)
  select r.name, r.title ->> 'vi', r.title ->> 'en'
  from jsonb_to_recordset(rest -> 'roles') as r(name text, title jsonb);
  insert into bodies (id, title_vi, title_en, members)
  select b.id, b.title ->> 'vi', b.title ->> 'en', b.members
  from jsonb_to_recordset(rest -> 'bodies') as b(id text, title jsonb, members jsonb);
  insert into delegations (place, kind, of_person, to_person, roles, positions, bodies, processes, valid_from,
    valid_until, may_delegate)
  select d.place, d.told ->> 'kind', d.told ->> 'of', d.told ->> 'to', texts_in(d.told -> 'roles'),
    texts_in(d.told -> 'positions'), texts_in(d.told -> 'bodies'), texts_in(d.told -> 'processes'),
    (d.told ->> 'from')::timestamptz, (d.told ->> 'until')::timestamptz, (d.told ->> 'mayDelegate')::boolean
  from jsonb_array_elements(rest -> 'delegations') with ordinality as d(told, place);
end $$;

create function texts_in(list jsonb) returns text[]
language sql immutable set search_path = ledger, pg_temp as $$
  select case when jsonb_typeof(list) = 'array' then array(select jsonb_array_elements_text(list)) end
$$;

create function judged_at(told timestamptz) returns timestamptz
language sql volatile set search_path = ledger, pg_temp as $$
  select case when told between clock_timestamp() - interval '5 minutes' and clock_timestamp() + interval '5 minutes'
    then told else clock_timestamp() end
$$;

create function is_cleared(clearance text, classification text) returns boolean
language sql immutable set search_path = ledger, pg_temp as $$
  select clearance is null
    or array_position(array['normal', 'confidential', 'secret', 'top-secret'], clearance)
      >= array_position(array['normal', 'confidential', 'secret', 'top-secret'], classification)
$$;

-- Whether a unit is the wanted one, or beneath it where the rule takes these too.
create function is_within(one text, wanted text, subunits boolean) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select coalesce(one = wanted or subunits and exists (
    with recursive above(id, depth) as (
      select u.parent, 1 from units u where u.id = one
      union all
      select u.parent, a.depth + 1 from above a join units u on u.id = a.id where a.depth < 100
    )
    select from above a where a.id = wanted), false)
$$;

-- Whether somebody holds one of the roles (or positions) at that time, and in that unit where the rule names one.
create function holds_any(
  of_kind text, names text[], plain text[], one principals, in_unit boolean, wanted text, subunits boolean,
  at timestamptz
) returns boolean language sql stable set search_path = ledger, pg_temp as $$
  select names && plain and (not in_unit or is_within(one.unit, wanted, subunits))
    or exists (
      select from jsonb_to_recordset(one.appointments) as a(
        kind text, name text, unit text, "from" timestamptz, until timestamptz)
      where a.kind = of_kind and a.name = any (names)
        and (a."from" is null or a."from" <= at) and (a.until is null or at < a.until)
        and (not in_unit or is_within(coalesce(a.unit, one.unit), wanted, subunits)))
$$;

create function is_of_unit(one principals, wanted text, subunits boolean, at timestamptz) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select is_within(one.unit, wanted, subunits) or exists (
    select from jsonb_to_recordset(one.appointments) as a(unit text, "from" timestamptz, until timestamptz)
    where (a."from" is null or a."from" <= at) and (a.until is null or at < a.until)
      and is_within(coalesce(a.unit, one.unit), wanted, subunits))
$$;

create function sits_in_any(seat text, wanted text[], lent text[], at timestamptz) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select exists (
    select from bodies b
      cross join lateral jsonb_to_recordset(b.members) as m(person text, "from" timestamptz, until timestamptz)
    where b.id = any (wanted) and (lent is null or b.id = any (lent)) and m.person = seat
      and (m."from" is null or m."from" <= at) and (m.until is null or at < m.until))
$$;

-- `one` is the authority, `seat` whose it is. `lent_bodies` is null for somebody's own; else the bodies in which the
-- seat was passed on, and only a rule that names a role, a position or a body lets them pass.
create function is_reviewer(
  rules jsonb, one principals, seat text, lent_bodies text[], starter_person text, starter_unit text, at timestamptz
) returns boolean language sql stable set search_path = ledger, pg_temp as $$
  select exists (
    select from jsonb_to_recordset(rules) as r(roles text[], positions text[], bodies text[], principals text[],
        unit text, subunits boolean, initiator boolean)
      cross join lateral (
        select case r.unit when 'initiator' then starter_unit else r.unit end as unit,
          r.unit is not null as told) as wanted
    where (r.roles is null
        or holds_any('role', r.roles, one.roles, one, wanted.told, wanted.unit, r.subunits, at))
      and (r.positions is null
        or holds_any('position', r.positions, one.positions, one, wanted.told, wanted.unit, r.subunits, at))
      and (r.bodies is null or sits_in_any(seat, r.bodies, lent_bodies, at))
      and (r.principals is null or one.id = any (r.principals))
      and (not wanted.told or r.roles is not null or r.positions is not null
        or is_of_unit(one, wanted.unit, r.subunits, at))
      and (not r.initiator or one.person = starter_person)
      and (lent_bodies is null or num_nonnulls(r.roles, r.positions, r.bodies) > 0)
  )
$$;

create function common(one text[], other text[]) returns text[]
language sql immutable set search_path = ledger, pg_temp as $$
  select case when one is null or other is null then coalesce(one, other)
    else array(select n from unnest(one) as n where n = any (other)) end
$$;

-- What of `lender`'s authority `delegate` may use in a process at that time: one row for each way it was passed on.
-- Every link but the last must allow passing on, and each narrows it.
create function lent_authority(delegate text, lender text, of_process text, at timestamptz)
returns table (roles text[], positions text[], bodies text[])
language sql stable set search_path = ledger, pg_temp as $$
  with recursive links as (
    select d.* from delegations d
    where d.valid_from <= at and at < d.valid_until and (d.processes is null or of_process = any (d.processes))
  ), chain(of_person, roles, positions, bodies, through) as (
    select l.of_person, l.roles, l.positions, l.bodies, array[l.to_person, l.of_person]
    from links l where l.to_person = delegate
    union all
    select l.of_person, common(l.roles, c.roles), common(l.positions, c.positions), common(l.bodies, c.bodies),
      c.through || l.of_person
    from chain c join links l on l.to_person = c.of_person
    where l.may_delegate and l.of_person <> all (c.through) and cardinality(c.through) <= 5
  )
  select c.roles, c.positions, c.bodies from chain c where c.of_person = lender
$$;

-- Whether somebody may decide in a seat: their own, when they match the reviewers; or that of an active person whose
-- authority, as far as it was passed on to them, matches.
create function may_take_seat(
  rule gate_rules, actor principals, seat text, starter_person text, starter_unit text, at timestamptz
) returns boolean language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  lent record;
  lender principals;
begin
  if seat = actor.person then
    return is_reviewer(rule.reviewers, actor, seat, null, starter_person, starter_unit, at);
  end if;
  for lent in
    select l.* from definitions d, lent_authority(actor.person, seat, d.process, at) as l where d.hash = rule.definition
  loop
    for lender in
      select p.* from principals p where p.person = seat and p.kind = 'person' and p.active
    loop
      lender.id := actor.id;
      lender.person := actor.person;
      lender.roles := common(lender.roles, lent.roles);
      lender.positions := common(lender.positions, lent.positions);
      lender.appointments := coalesce((
        select jsonb_agg(a) from jsonb_array_elements(lender.appointments) as a
        where case a ->> 'kind' when 'role' then lent.roles is null or a ->> 'name' = any (lent.roles)
          else lent.positions is null or a ->> 'name' = any (lent.positions) end), '[]');
      if is_reviewer(rule.reviewers, lender, seat, lent.bodies, starter_person, starter_unit, at) then
        return true;
      end if;
    end loop;
  end loop;
  return false;
end $$;

revoke all on function replace_rest_of_directory, texts_in, judged_at, is_cleared, is_within, holds_any, is_of_unit,
  sits_in_any, is_reviewer, common, lent_authority, may_take_seat from public;
grant select on roles, bodies, delegations to countersign_engine;
