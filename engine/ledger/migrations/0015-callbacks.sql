-- Agents that are called: who is to be told that a request waits for them, and what came of each try.
--
-- Nothing here has any authority. A notice has no content: it names a request, which the agent then claims and answers
-- as any other agent would, and may not where the definition does not let it. So this stands on no record and is not
-- verified: whoever altered it could make an agent look for work that is not there, or let it wait for work that is,
-- until it asks by itself. Where an agent is called stands in the directory, and so on the chain of acts.
--
-- Lock order: rows of `callback_notices` that others hold are passed over, so nothing here waits.

-- What notices to an agent are signed with. The engine has to know it, and the agent was told it once.
create table callback_secrets (
  agent text primary key,
  secret text not null,
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
create index callback_notices_due on callback_notices (next_at) where next_at is not null;
create index callback_notices_by_time on callback_notices (tried_at);

create function make_callback_secret(of_agent text, new_secret text, by text, at timestamptz) returns void
language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into callback_secrets (agent, secret, made_at, made_by) values (of_agent, new_secret, at, by)
  on conflict (agent) do update set secret = excluded.secret, made_at = excluded.made_at, made_by = excluded.made_by
$$;

-- `is_theirs`: whether the agent may answer the request; else nothing is ever tried.
create function plan_callback_notice(
  of_instance uuid, of_state text, of_opened integer, of_agent text, its_process text, its_decision text,
  requested timestamptz, is_theirs boolean, at timestamptz
) returns void language sql volatile security definer set search_path = ledger, pg_temp as $$
  insert into callback_notices (instance, state, opened, agent, process, decision, requested_at, next_at, tried_at,
    outcome)
  values (of_instance, of_state, of_opened, of_agent, its_process, its_decision, requested,
    case when is_theirs then at end, at, case when not is_theirs then 'not-for-them' end)
  on conflict do nothing
$$;

-- Those that are due, each handed out to one node for a minute. Also forgets what was settled a month ago.
create function claim_callback_notices(at timestamptz, most integer) returns setof callback_notices
language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  delete from callback_notices n where n.next_at is null and n.tried_at < at - interval '30 days';
  update callback_notices n set next_at = null, tried_at = at, outcome = 'withdrawn'
  where n.next_at <= at and not exists (
    select from proposal_requests r where r.instance = n.instance and r.state = n.state and r.opened = n.opened);
  return query
    with due as (
      select n.instance, n.state, n.opened, n.agent from callback_notices n
      where n.next_at <= at order by n.next_at limit most for update skip locked
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
revoke all on function make_callback_secret, plan_callback_notice, claim_callback_notices, settle_callback_notice
  from public;
grant select on callback_secrets, callback_notices to countersign_engine;
grant execute on function make_callback_secret, plan_callback_notice, claim_callback_notices, settle_callback_notice
  to countersign_engine;
