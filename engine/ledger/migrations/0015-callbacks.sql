-- Agents that are called: who is to be told that a request waits for them, and what came of each try.
--
-- Notices have no authority. One has no content: it names a request, which the agent then claims and answers as any
-- other agent would, and may not where the definition does not let it. So they stand on no record and are not verified:
-- whoever altered one could make an agent look for work that is not there, or let it wait for work that is, until it
-- asks by itself. Where an agent is called stands in the directory, and so on the chain of acts; and so does each
-- secret that was made, by its fingerprint, since whoever knows it can call in this server's name.
--
-- Lock order: of `callback_notices`, rows that others are at work on are passed over where they are handed out, and
-- waited for where one alone is settled or planned; nobody holds one for longer than a statement. A secret: the table
-- directory_version (share), the row of `callback_secrets`, and then the table acts.

-- What notices to an agent are signed with. The engine has to know it, and the agent was told it once. The one before
-- is signed with, too, for a day, so that the agent may change over.
create table callback_secrets (
  agent text primary key,
  secret text not null,
  previous text,
  made_at timestamptz not null,
  made_by text not null
);

create table callback_notices (
  instance uuid not null,
  state text not null,
  opened integer not null,
  agent text not null,
  process text not null,
  decision text not null,
  requested_at timestamptz not null,
  attempts integer not null default 0,
  -- When it is tried next; null when nothing more is tried.
  next_at timestamptz,
  -- The last try, or when it was found that there is none to make.
  tried_at timestamptz not null,
  -- The HTTP status of the answer, or why there was none.
  status integer,
  problem text,
  outcome text check (outcome in ('delivered', 'given-up', 'withdrawn', 'not-for-them')),
  check ((next_at is null) = (outcome is not null)),
  primary key (instance, state, opened, agent)
);
create index callback_notices_due on callback_notices (agent, next_at) where next_at is not null;
create index callback_notices_by_time on callback_notices (tried_at);
create index callback_notices_not_theirs on callback_notices (agent, tried_at) where outcome = 'not-for-them';

-- False where there is no such agent (any more).
create function make_callback_secret(of_agent text, new_secret text, by text) returns boolean
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  made constant timestamptz := date_trunc('milliseconds', clock_timestamp());
begin
  perform demand_durability();
  lock table directory_version in share mode;
  if not exists (select from principals p where p.id = of_agent and p.kind = 'agent' and p.active) then
    return false;
  end if;
  insert into callback_secrets as s (agent, secret, made_at, made_by) values (of_agent, new_secret, made, by)
  on conflict (agent) do update set secret = excluded.secret, previous = s.secret, made_at = excluded.made_at,
    made_by = excluded.made_by;
  perform record_act('callback-secret-made', by, made, jsonb_build_object('agent', of_agent,
    'fingerprint', encode(sha256(convert_to(new_secret, 'UTF8')), 'hex')));
  return true;
end $$;

-- Of agents that are in the directory no longer, in the transaction that took them out.
create function drop_callback_secrets(by text, at timestamptz) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  gone text;
begin
  for gone in
    delete from callback_secrets s
    where not exists (select from principals p where p.id = s.agent and p.kind = 'agent')
    returning s.agent
  loop
    perform record_act('callback-secret-removed', by, at, jsonb_build_object('agent', gone));
  end loop;
end $$;

-- `is_theirs`: whether the agent may answer the request; else nothing is tried until it is looked at again.
create function plan_callback_notice(
  of_instance uuid, of_state text, of_opened integer, of_agent text, its_process text, its_decision text,
  requested timestamptz, is_theirs boolean, its_problem text, at timestamptz
) returns void language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into callback_notices as n (instance, state, opened, agent, process, decision, requested_at, next_at,
    tried_at, outcome, problem)
  values (of_instance, of_state, of_opened, of_agent, its_process, its_decision, requested,
    case when is_theirs then at end, at, case when not is_theirs then 'not-for-them' end, its_problem)
  on conflict (instance, state, opened, agent) do update set next_at = excluded.next_at,
    tried_at = excluded.tried_at, outcome = excluded.outcome, problem = excluded.problem
    where n.outcome = 'not-for-them'
$$;

-- Requests that the agent could not answer when they were looked at last; since then it, or the case, may be another.
create function look_again_at_notices(
  of_agent text, looked_before timestamptz, at timestamptz, most integer
) returns table (instance uuid, state text, opened integer, decision text, definition text, requested timestamptz)
language sql volatile security definer set search_path = ledger, pg_temp as $$
  with old as (
    select n.instance, n.state, n.opened, n.agent from callback_notices n
    where n.agent = of_agent and n.outcome = 'not-for-them' and n.tried_at <= looked_before
    order by n.tried_at limit most for update skip locked
  ), looked as (
    update callback_notices n
    set tried_at = at, outcome = case when r.instance is null then 'withdrawn' else n.outcome end
    from old o left join proposal_requests r
      on r.instance = o.instance and r.state = o.state and r.opened = o.opened
    where n.instance = o.instance and n.state = o.state and n.opened = o.opened and n.agent = o.agent
    returning n.instance, n.state, n.opened
  )
  select r.instance, r.state, r.opened, r.decision, encode(r.definition, 'hex'), r.requested_at
  from looked l join proposal_requests r
    on r.instance = l.instance and r.state = l.state and r.opened = l.opened
$$;

-- Those that are due to these agents, for each at most so many, each handed out to one node for a minute. Also forgets
-- what was settled a month ago, but not while the request stands: it would be planned anew, and tried without end.
create function claim_callback_notices(at timestamptz, agents text[], room integer[])
returns setof callback_notices
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  delete from callback_notices n
  where n.next_at is null and n.tried_at < at - interval '30 days' and not exists (
    select from proposal_requests r where r.instance = n.instance and r.state = n.state and r.opened = n.opened);
  update callback_notices n set next_at = null, tried_at = at, outcome = 'withdrawn'
  where n.next_at <= at and not exists (
    select from proposal_requests r where r.instance = n.instance and r.state = n.state and r.opened = n.opened);
  return query
    with due as (
      select d.* from unnest(agents, room) as a(agent, free) cross join lateral (
        select n.instance, n.state, n.opened, n.agent from callback_notices n
        where n.agent = a.agent and n.next_at <= at
        order by n.next_at limit a.free for update skip locked
      ) d
    )
    update callback_notices n set attempts = n.attempts + 1, tried_at = at, next_at = at + interval '1 minute'
    from due d
    where n.instance = d.instance and n.state = d.state and n.opened = d.opened and n.agent = d.agent
    returning n.*;
end $$;

-- What came of a try: `again` is when the next one is due, null where it is delivered or given up.
create function settle_callback_notice(
  of_instance uuid, of_state text, of_opened integer, of_agent text, its_status integer, its_problem text,
  again timestamptz, its_outcome text
) returns void language sql volatile security definer set search_path = ledger, pg_temp as $$
  update callback_notices n set status = its_status, problem = its_problem, next_at = again, outcome = its_outcome
  where n.instance = of_instance and n.state = of_state and n.opened = of_opened and n.agent = of_agent
    and n.next_at is not null
$$;

revoke all on callback_secrets, callback_notices from public;
revoke all on function make_callback_secret, drop_callback_secrets, plan_callback_notice, look_again_at_notices,
  claim_callback_notices, settle_callback_notice from public;
grant select on callback_secrets, callback_notices to countersign_engine;
grant execute on function make_callback_secret, plan_callback_notice, look_again_at_notices,
  claim_callback_notices, settle_callback_notice to countersign_engine;
