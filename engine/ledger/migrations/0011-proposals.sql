-- Claims on one named request: taken, renewed, and asked about.
--
-- A claim is a courtesy among agents and has no authority. It moves no instance, so it is no entry and stands
-- on no record; it opens no gate and lets nobody propose who may not. All it does is keep two agents from doing
-- the same work: whoever altered these columns could make an agent ask again, and nothing else. The answer to a
-- request is settled where every step is, in `commit_steps`: of two that arrive at once one is first.
--
-- Lock order: one row of `proposal_requests`, and nothing else.

create function claim_one_request(
  of_instance uuid, of_state text, of_opened integer, agent text, lease_ms bigint,
  out verdict text, out claim text, out lease_until timestamptz
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
declare
  wanted proposal_requests;
begin
  perform demand_durability();
  select r.* into wanted from proposal_requests r
  where r.instance = of_instance and r.state = of_state and r.opened = of_opened and r.places > 1
  for update;
  if found then
    lease_until := place_in_way(wanted, agent);
    verdict := case when lease_until = 'infinity' then 'gone' else 'held' end;
    if lease_until is null then
      verdict := 'leased';
      select p.claim, p.lease_until into claim, lease_until from take_place(wanted, agent, lease_ms) p;
    end if;
    return;
  end if;
  select case when r.lease_until > clock_timestamp() then 'held' else 'free' end, r.lease_until
  into verdict, lease_until from proposal_requests r
  where r.instance = of_instance and r.state = of_state and r.opened = of_opened
  for update;
  if verdict is distinct from 'free' then
    verdict := coalesce(verdict, 'gone');
    return;
  end if;
  verdict := 'leased';
  update proposal_requests r
  set claimed_by = agent,
    claim = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
    lease_until = clock_timestamp() + make_interval(secs => lease_ms / 1000.0)
  where r.instance = of_instance and r.state = of_state
  returning r.claim, r.lease_until into claim, lease_until;
end $$;

-- Null when the claim has ended, or never was.
create function renew_claim(
  of_instance uuid, of_state text, of_opened integer, agent text, shown text, lease_ms bigint
) returns timestamptz language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  renewed timestamptz;
begin
  update proposal_requests r
  set lease_until = clock_timestamp() + make_interval(secs => lease_ms / 1000.0)
  where r.instance = of_instance and r.state = of_state and r.opened = of_opened
    and r.claimed_by = agent and r.claim = shown and r.lease_until > clock_timestamp()
  returning r.lease_until into renewed;
  if not found then
    renewed := keep_place(of_instance, of_state, of_opened, agent, shown, lease_ms);
  end if;
  return renewed;
end $$;

-- Until when somebody holds the request who does not show this claim; null when nobody does.
create function held_by_another(of_instance uuid, of_state text, of_opened integer, agent text, shown text)
returns timestamptz language plpgsql stable security definer set search_path = ledger, pg_temp as $$
begin
  return (
    -- Who has handed in is told so where every step is decided.
    select case when r.places > 1 then nullif(place_in_way(r, agent, shown), 'infinity')
      when r.lease_until > clock_timestamp() and (r.claimed_by = agent and r.claim = shown) is not true
      then r.lease_until end
    from proposal_requests r
    where r.instance = of_instance and r.state = of_state and r.opened = of_opened);
end $$;

revoke all on function claim_one_request, renew_claim, held_by_another from public;
grant execute on function claim_one_request, renew_claim, held_by_another to countersign_engine;
