-- Gates: whom an open gate concerns besides its reviewers, so that their inbox finds it. A row gives nobody any
-- right; it follows from the stored state, and `countersign verify` compares the two.
--
-- Lock order: everything here belongs to instances that `commit_steps` has locked.

create table gate_notices (
  instance uuid not null,
  state text not null,
  person text not null,
  reason text not null,
  primary key (instance, state, person, reason)
);
create index gate_notices_by_person on gate_notices (person, instance, state);

-- `notice+` and `notice-` effects, each named "STATE PERSON REASON".
create function apply_notices(ids uuid[], live boolean[], effect_of integer[], kinds text[], names text[]) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  delete from gate_notices n using unnest(effect_of, kinds, names) as e(at, kind, name)
  where e.kind = 'notice-' and live[e.at] and n.instance = ids[e.at] and n.state = split_part(e.name, ' ', 1)
    and n.person = split_part(e.name, ' ', 2) and n.reason = split_part(e.name, ' ', 3);
  insert into gate_notices (instance, state, person, reason)
  select ids[e.at], split_part(e.name, ' ', 1), split_part(e.name, ' ', 2), split_part(e.name, ' ', 3)
  from unnest(effect_of, kinds, names) as e(at, kind, name)
  where e.kind = 'notice+' and live[e.at]
  on conflict do nothing;
end $$;

revoke all on gate_notices from public;
revoke all on function apply_notices from public;
grant select on gate_notices to countersign_engine;
