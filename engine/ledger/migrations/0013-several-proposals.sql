-- Several agents propose for one step, side by side.
--
-- Their proposals are gathered in `latest_proposals` as the entries come that hand them in, and go before the people
-- together with the entry that closes the request. From then on an approval is for one of them, and is counted for that
-- one alone: see `take_decision`. Meanwhile as many agents as are asked may each hold a place; like a claim on a request
-- that asks one agent (0003-claims.sql) it has no authority, stands on no record, and only spares them the same work.
--
-- Lock order: `commit_steps` has locked the instance of what it hands over here; claims lock one row of
-- `proposal_requests`, and its places after it.

create table proposal_places (
  instance uuid not null,
  state text not null,
  opened integer not null,
  agent text not null,
  claim text not null,
  lease_until timestamptz not null,
  primary key (instance, state, agent)
);

-- A proposal as its entry hands it in. For a request that asks one agent it is what people decide on, from here on.
create function take_proposal(of_instance uuid, at_seq integer, entry jsonb) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  told constant jsonb := entry -> 'proposal';
  opening constant integer := (told ->> 'opened')::integer;
begin
  if opening is null then
    delete from latest_proposals l
    where l.instance = of_instance and l.decision = told ->> 'decision' and l.since is not null;
  else
    -- What waited for an earlier opening waits for nothing any more.
    delete from latest_proposals l
    where l.instance = of_instance and l.state = entry ->> 'event' and l.since is null and l.opened <> opening;
  end if;
  insert into latest_proposals (instance, decision, seq, digest, proposer, state, opened, since)
  values (of_instance, told ->> 'decision', at_seq, told ->> 'digest', entry #>> '{actor,principal}', entry ->> 'event',
    opening, case when opening is null then at_seq end);
end $$;

-- The request has closed: all that was handed in for it, and nothing else, is what people decide on from here.
create function gather_candidates(of_instance uuid, at_seq integer, told jsonb) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  named constant text[] := array(select jsonb_array_elements_text(told -> 'digests') order by 1);
begin
  if cardinality(named) = 0 or named is distinct from array(
    select l.digest from latest_proposals l
    where l.instance = of_instance and l.decision = told ->> 'decision' and l.state = told ->> 'state'
      and l.opened = (told ->> 'opened')::integer and l.since is null
    order by 1)
  then
    raise exception 'The last door is closed: entry % of % names other proposals than were handed in.', at_seq, of_instance
      using errcode = 'check_violation';
  end if;
  delete from latest_proposals l
  where l.instance = of_instance and l.decision = told ->> 'decision' and l.since is not null;
  update latest_proposals l set since = at_seq
  where l.instance = of_instance and l.decision = told ->> 'decision' and l.state = told ->> 'state'
    and l.opened = (told ->> 'opened')::integer and l.since is null;
end $$;

-- Whether a decision may name what it names; and the choices that count for what it comes to, the empty text for
-- approvals that name none.
create function check_choice(of_instance uuid, at_seq integer, binds text, told jsonb) returns text[]
language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  known constant text[] := array(
    select l.digest from latest_proposals l
    where l.instance = of_instance and l.decision = binds and l.since is not null and l.chosen is not false);
  choice constant text := told ->> 'choice';
  chosen constant text := told ->> 'chosen';
begin
  if choice is not null and (told ->> 'verdict' = 'approve' and choice = any (known)) is not true then
    perform refuse_at_last_door(of_instance, at_seq, 'it approves a proposal that does not lie before its gate');
  end if;
  if cardinality(known) > 1 and told ->> 'verdict' = 'approve' and choice is null then
    perform refuse_at_last_door(of_instance, at_seq, 'it does not say which of several proposals it approves');
  end if;
  if cardinality(known) > 1 and told ->> 'outcome' = 'approved' then
    if chosen is null or chosen <> all (known) then
      perform refuse_at_last_door(of_instance, at_seq, 'its outcome chooses none of several proposals');
    end if;
    return array[chosen];
  end if;
  if chosen is not null then
    perform refuse_at_last_door(of_instance, at_seq, 'its outcome chooses where there is no choice');
  end if;
  return array_append(known, '');
end $$;

-- From here on people decide on the chosen one alone.
create function choose_candidate(of_instance uuid, binds text, digest_chosen text) returns void
language sql volatile set search_path = ledger, pg_temp as $$
  update latest_proposals l set chosen = (l.digest = digest_chosen)
  where digest_chosen is not null and l.instance = of_instance and l.decision = binds and l.since is not null
$$;

-- Who operates an agent, by the directory: the natural person, or the unit. Null where it says nobody.
create function operator_of(of_agent text) returns text
language sql stable set search_path = ledger, pg_temp as $$
  select coalesce(operator.person, agent.operator)
  from principals agent left join principals operator on operator.id = agent.operator
  where agent.id = of_agent
$$;

-- A unit that operates is all its people, as at a gate. False where one of the two is not known.
create function is_same_operator(one text, other text) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select coalesce(one = other or is_in_unit(one, other) or is_in_unit(other, one)
    or is_within(one, other, true) or is_within(other, one, true), false)
$$;

-- Until when an agent can have no place at a request; null when it can, and for ever when it, or another agent of its
-- operator, has handed in. There is one place for each operator. Its own place is in its way, too, unless it shows the
-- claim of it; so whoever holds one does not get another.
create function place_in_way(wanted proposal_requests, of_agent text, shown text default null) returns timestamptz
language sql stable set search_path = ledger, pg_temp as $$
  with asking as (
    select operator_of(of_agent) as operator
  ), handed_in as (
    select l.proposer, l.proposer = of_agent or is_same_operator(operator_of(l.proposer), a.operator) as is_theirs
    from latest_proposals l cross join asking a
    where l.instance = wanted.instance and l.decision = wanted.decision and l.state = wanted.state
      and l.opened = wanted.opened and l.since is null
  ), held as (
    select p.agent, p.claim, p.lease_until, is_same_operator(operator_of(p.agent), a.operator) as is_theirs
    from proposal_places p cross join asking a
    where p.instance = wanted.instance and p.state = wanted.state and p.opened = wanted.opened
      and p.lease_until > clock_timestamp() and p.agent not in (select proposer from handed_in)
  )
  select case
    when exists (select from handed_in where is_theirs) then 'infinity'::timestamptz
    when exists (select from held where agent = of_agent) then
      (select h.lease_until from held h where h.agent = of_agent and h.claim is distinct from shown)
    when exists (select from held where is_theirs) then (select max(h.lease_until) from held h where h.is_theirs)
    when (select count(*) from handed_in) + (select count(*) from held) >= wanted.places then
      (select min(h.lease_until) from held h)
    end
$$;

create function take_place(
  wanted proposal_requests, of_agent text, lease_ms bigint, out claim text, out lease_until timestamptz
) language sql volatile set search_path = ledger, pg_temp as $$
  insert into proposal_places as p (instance, state, opened, agent, claim, lease_until)
  values (wanted.instance, wanted.state, wanted.opened, of_agent,
    replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    clock_timestamp() + make_interval(secs => lease_ms / 1000.0))
  on conflict (instance, state, agent) do update
    set opened = excluded.opened, claim = excluded.claim, lease_until = excluded.lease_until
  returning p.claim, p.lease_until
$$;

-- Null when the place has ended, or never was, or whoever holds it has been heard. The request is locked as for a claim:
-- else a place that ends at this moment could be taken and kept at once.
create function keep_place(
  of_instance uuid, of_state text, of_opened integer, of_agent text, shown text, lease_ms bigint
) returns timestamptz language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  wanted proposal_requests;
  renewed timestamptz;
begin
  select r.* into wanted from proposal_requests r
  where r.instance = of_instance and r.state = of_state and r.opened = of_opened and r.places > 1
  for update;
  if found and place_in_way(wanted, of_agent, shown) is null then
    update proposal_places p
    set lease_until = clock_timestamp() + make_interval(secs => lease_ms / 1000.0)
    where p.instance = of_instance and p.state = of_state and p.opened = of_opened and p.agent = of_agent
      and p.claim = shown and p.lease_until > clock_timestamp()
    returning p.lease_until into renewed;
  end if;
  return renewed;
end $$;

create function give_place_back(of_instance uuid, of_state text, shown text) returns void
language sql volatile set search_path = ledger, pg_temp as $$
  delete from proposal_places p where p.instance = of_instance and p.state = of_state and p.claim = shown
$$;

revoke all on proposal_places from public;
revoke all on function take_proposal, gather_candidates, check_choice, choose_candidate, operator_of,
  is_same_operator, place_in_way, take_place, keep_place, give_place_back from public;
-- Claims are told to the claimant alone.
grant select (instance, state, opened, agent, lease_until) on proposal_places to countersign_engine;
