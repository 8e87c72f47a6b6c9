-- Handing requests for a proposal to agents. Each request is leased to one agent at a time, or to as many as are asked
-- side by side (0013-several-proposals.sql); when the lease
-- ends without a proposal, another agent may have it. The claim is a random text that only the claimant was
-- told, so an agent whose lease ran out cannot answer in place of the next. It has no authority: see
-- 0011-proposals.sql.
--
-- Lock order: one row of `proposal_requests`, and rows that others hold are passed over, so it never waits.

create function claim_request(
  definition_hashes text[], states text[], agent text, lease_ms bigint,
  out instance uuid, out state text, out opened integer, out decision text, out definition bytea,
  out claim text, out lease_until timestamptz
) language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
#variable_conflict use_column
declare
  candidate record;
  wanted proposal_requests;
begin
  perform demand_durability();
  -- Looked up without locks first: a lock on the oldest request of every state would hide all of them from
  -- the agent who asks at the same moment.
  for candidate in
    select c.instance, c.state
    from unnest(definition_hashes, states) as w(definition, state)
    cross join lateral (
      select r.instance, r.state, r.requested_at from proposal_requests r
      where r.definition = decode(w.definition, 'hex') and r.state = w.state
        and (r.lease_until is null or r.lease_until <= clock_timestamp())
        and (r.places = 1 or place_in_way(r, agent) is null)
      order by r.requested_at, r.instance limit 32
    ) c
    order by c.requested_at, c.instance, c.state
  loop
    select r.* into wanted from proposal_requests r
    where r.instance = candidate.instance and r.state = candidate.state
      and (r.lease_until is null or r.lease_until <= clock_timestamp())
    for update skip locked;
    if found and wanted.places > 1 then
      -- Of several places, those who were first may have taken the last.
      continue when place_in_way(wanted, agent) is not null;
      instance := wanted.instance;
      state := wanted.state;
      opened := wanted.opened;
      decision := wanted.decision;
      definition := wanted.definition;
      select p.claim, p.lease_until into claim, lease_until from take_place(wanted, agent, lease_ms) p;
      return;
    elsif found then
      update proposal_requests r
      set claimed_by = agent,
        claim = replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
        lease_until = clock_timestamp() + make_interval(secs => lease_ms / 1000.0)
      where r.instance = candidate.instance and r.state = candidate.state
      returning r.instance, r.state, r.opened, r.decision, r.definition, r.claim, r.lease_until
      into instance, state, opened, decision, definition, claim, lease_until;
      return;
    end if;
  end loop;
end $$;

-- Gives a request back before its lease ends: the claimant found that it may not answer it.
create function release_claim(of_instance uuid, of_state text, shown text)
returns void language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
begin
  update proposal_requests r set claimed_by = null, claim = null, lease_until = null
  where r.instance = of_instance and r.state = of_state and r.claim = shown;
  if not found then
    perform give_place_back(of_instance, of_state, shown);
  end if;
end $$;

revoke all on function claim_request, release_claim from public;
grant execute on function claim_request, release_claim to countersign_engine;

-- Claims are told to the claimant alone.
revoke select on proposal_requests from countersign_engine;
grant select (instance, state, definition, opened, decision, places, requested_at, claimed_by, lease_until)
  on proposal_requests to countersign_engine;
