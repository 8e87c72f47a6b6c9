-- The last door (P2, P3, P4): the database counts the decisions itself, and lets no instance enter a state that
-- lies behind a gate without them, whatever the engine that calls it believes.
--
-- What it needs of a definition is stored when that is deployed: `gate_rules`, who may decide and how many must
-- approve, and `walls`, which states are behind which gates. What it needs of an instance it takes from the
-- entries as they are committed: `decisions`, one row a vote, and `latest_proposals`. A decision counts when the
-- directory of this very transaction has its actor as an active person who matches the reviewers, when their key or
-- session was there (its `proof`: what is stored of either is the hash of that, so the engine cannot make one up), when the rule
-- does not exclude the initiator they are, and once for each natural person. What only an expression can tell
-- (a `narrowed` rule) the engine alone has checked.
--
-- A step that does not hold raises an exception, and with it the whole batch: no engine in order ever asks for one.
--
-- Lock order: everything here belongs to instances that `commit_steps` has locked.

create table gate_rules (
  definition bytea not null references definitions,
  gate text not null,
  -- A list of {roles, positions, bodies, principals, unit, subunits, initiator, narrowed}: any of them, and all of
  -- its conditions.
  reviewers jsonb not null,
  -- The highest secrecy the process may carry.
  classification text not null,
  excludes_initiator boolean not null,
  -- Whoever acted at one of these does not decide here.
  excludes_gates text[] not null,
  -- The kind of decision it binds: neither its proposer nor who operates that decides here.
  binds text,
  approve_count integer check (approve_count > 0),
  approve_share text check (approve_share in ('more-than-half', 'two-thirds', 'all')),
  -- Whether a share is of the votes cast, and not of the members.
  of_votes_cast boolean not null,
  -- How many must have voted before anything comes of it; neither, where the gate says nothing.
  present_count integer check (present_count > 0),
  present_share text check (present_share in ('more-than-half', 'two-thirds', 'all')),
  -- Whether who stepped back is a member all the same: so for a decision on a person.
  of_all_members boolean not null,
  -- How surely its reviewers must be known when they decide.
  assurance text not null check (assurance in ('session', 'otp', 'passkey', 'certificate')),
  -- Whether nobody is told how somebody voted, and whether votes are late at some time.
  secret boolean not null,
  has_due boolean not null,
  -- Whether it excludes people whom the database cannot tell: the subject of the case, or who drafted it.
  excludes_untold boolean not null,
  -- Whose votes a secret ballot waits for the database tells by itself.
  check (not (secret and jsonb_path_exists(reviewers, '$[*] ? (@.narrowed == true)'))),
  check (num_nonnulls(approve_count, approve_share) = 1),
  check (num_nonnulls(present_count, present_share) <= 1),
  primary key (definition, gate)
);

-- The state is entered only after one of the gates has approved: ever in this instance, or, `after_proposal`,
-- since the latest proposal of that kind, if there is one.
create table walls (
  definition bytea not null references definitions,
  state text not null,
  gates text[] not null,
  binds text,
  after_proposal boolean not null,
  primary key (definition, state, gates, after_proposal)
);

create table decisions (
  instance uuid not null,
  seq integer not null,
  gate text not null,
  opened integer not null,
  subject text not null,
  person text not null,
  -- The natural person in whose seat they decided: their own, or of the one they act for.
  seat text not null,
  verdict text not null check (verdict in ('approve', 'reject', 'return', 'abstain', 'recuse', 'sealed')),
  -- Digest of the proposal that was approved, where the decision names it.
  choice text,
  -- Of a secret vote: what it is committed to.
  ballot text check (ballot ~ '^[0-9a-f]{64}$'),
  -- What this decision brought the gate to; null while the quorum was open.
  outcome text check (outcome in ('approved', 'rejected', 'returned')),
  check ((verdict = 'sealed') = (ballot is not null) and (ballot is null or num_nonnulls(outcome, choice) = 0)),
  primary key (instance, seq),
  -- P3: one natural person counts once, whatever accounts they hold.
  unique (instance, gate, opened, subject, person),
  -- And one seat once, whoever decides in it.
  unique (instance, gate, opened, subject, seat)
);
create unique index decisions_by_ballot on decisions (instance, ballot) where ballot is not null;

-- Those of each kind that people decide on, or have decided on last: one, or those that several agents handed in for
-- one request. And those that came for a request which still waits for others.
create table latest_proposals (
  instance uuid not null,
  decision text not null,
  seq integer not null,
  digest text not null,
  proposer text not null,
  -- The state that asked for it; and which opening of its request, where several agents were asked.
  state text not null,
  opened integer,
  -- The entry since which people decide on it; null while the request waits for others.
  since integer,
  -- Whether it is the one that was chosen among several; null where nobody has chosen.
  chosen boolean,
  primary key (instance, decision, seq)
);
-- An agent is heard once for one request.
create unique index latest_proposals_one_each on latest_proposals (instance, decision, state, opened, proposer)
  where opened is not null;

create trigger gate_rules_are_append_only before update or delete or truncate on gate_rules
  for each statement execute function refuse_change();
create trigger walls_are_append_only before update or delete or truncate on walls
  for each statement execute function refuse_change();
create trigger decisions_are_append_only before update or delete or truncate on decisions
  for each statement execute function refuse_change();

create function store_door_rules(of_definition bytea, rules jsonb) returns void
language sql volatile set search_path = ledger, pg_temp as $$
  insert into gate_rules (definition, gate, reviewers, classification, excludes_initiator, excludes_gates, binds,
    approve_count, approve_share, of_votes_cast, present_count, present_share, of_all_members, assurance,
    secret, has_due, excludes_untold)
  select of_definition, g.gate, g.reviewers, g.classification, g."excludesInitiator", g."excludesGates", g.binds,
    case when g.approve ~ '^\d+$' then g.approve::integer end,
    case when g.approve !~ '^\d+$' then g.approve end,
    g."ofVotesCast",
    case when g.present ~ '^\d+$' then g.present::integer end,
    case when g.present !~ '^\d+$' then g.present end,
    g."ofAllMembers", g.assurance, g.secret, g."hasDue", g."excludesUntold"
  from jsonb_to_recordset(rules -> 'gates') as g(
    gate text, reviewers jsonb, classification text, "excludesInitiator" boolean, "excludesGates" text[], binds text,
    approve text, "ofVotesCast" boolean, present text, "ofAllMembers" boolean, assurance text,
    secret boolean, "hasDue" boolean, "excludesUntold" boolean);
  insert into walls (definition, state, gates, binds, after_proposal)
  select of_definition, s.state, w.gates, w.binds, s.after_proposal
  from jsonb_to_recordset(rules -> 'walls') as w(
      gates text[], binds text, behind text[], "behindProposal" text[])
    cross join lateral (
      select unnest(w.behind) as state, false as after_proposal
      union all select unnest(w."behindProposal"), true
    ) as s;
$$;

-- Looks at the steps of a batch that decide, propose, or enter a state behind a gate (`watched`, by template), in
-- their order, before their entries are written. `states_before` has what each instance was in, joined by U+001E.
create function hold_last_door(
  ids uuid[], live boolean[], states_before text[], step_of integer[], template_of integer[], seqs integer[],
  entries_told jsonb[], watched boolean[], proof_of integer[], proofs text[]
) returns void language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  step record;
  entry jsonb;
  was_in text[];
begin
  for step in
    select ids[s.at] as id, s.place, s.template, s.seq, states_before[s.at] as states,
      lag(s.template) over (partition by s.at order by s.place) as last_template
    from unnest(step_of, template_of, seqs) with ordinality as s(at, template, seq, place)
    where live[s.at]
    order by s.place
  loop
    continue when not watched[step.template];
    entry := entries_told[step.template];
    if entry ->> 'kind' = 'decision' then
      perform take_decision(step.id, step.seq, entry, proofs[array_position(proof_of, step.place::integer)]);
    elsif entry ->> 'kind' = 'count' then
      perform take_count(step.id, step.seq, entry, proofs[array_position(proof_of, step.place::integer)]);
    elsif entry ->> 'kind' = 'proposal' then
      if not exists (
        select from principals p where p.id = entry #>> '{actor,principal}' and p.kind = 'agent' and p.active
      ) then
        raise exception 'The last door is closed: entry % of % is a proposal, and not from an active agent.',
          step.seq, step.id using errcode = 'check_violation';
      end if;
      perform take_proposal(step.id, step.seq, entry);
    end if;
    if entry ? 'candidates' then
      perform gather_candidates(step.id, step.seq, entry -> 'candidates');
    end if;
    was_in := case
      when step.last_template is null then string_to_array(step.states, E'\x1e')
      else array(select jsonb_array_elements_text(entries_told[step.last_template] -> 'to')) end;
    perform check_walls(step.id, entry, coalesce(was_in, '{}'));
  end loop;
end $$;

create function take_decision(of_instance uuid, at_seq integer, entry jsonb, proof text) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  told constant jsonb := entry -> 'gate';
  opening constant integer := (told ->> 'opened')::integer;
  rule gate_rules;
  actor principals;
  at constant timestamptz := judged_at((entry ->> 'time')::timestamptz);
  its_seat text;
  starter record;
  tally record;
  counted text[];
begin
  select r.* into rule from gate_rules r
  where r.definition = decode(entry ->> 'definition', 'hex') and r.gate = told ->> 'state';
  if not found then
    perform refuse_at_last_door(of_instance, at_seq, 'its definition has no such gate');
  end if;
  if exists (select from entries e where e.instance = of_instance and e.seq = opening)
    and not exists (
      select from gates g where g.instance = of_instance and g.state = rule.gate and g.opened = opening)
    or exists (
      select from decisions d where d.instance = of_instance and d.gate = rule.gate and d.opened = opening
        and d.outcome is not null)
    or rule.secret and exists (
      select from counts c where c.instance = of_instance and c.gate = rule.gate and c.opened = opening)
  then
    perform refuse_at_last_door(of_instance, at_seq, 'the gate is not open');
  end if;
  -- What is voted in secret comes to nothing before it is counted, and who steps back does so openly.
  if (told ->> 'verdict' = 'recuse' or rule.secret = (told ->> 'verdict' = 'sealed')) is not true
    or rule.secret and told ? 'outcome'
  then
    perform refuse_at_last_door(of_instance, at_seq, case when rule.secret then 'the ballot there is secret'
      else 'the ballot there is open' end);
  end if;

  actor := hold_reviewer(rule, of_instance, at_seq, opening, entry, proof, at);
  its_seat := coalesce(entry #>> '{actor,onBehalfOf}', actor.person);
  starter := starter_of(of_instance);
  perform take_factor(of_instance, at_seq, entry, rule.assurance);
  if exists (
    select from decisions d where d.instance = of_instance and d.gate = rule.gate and d.opened = opening
      and d.subject = told ->> 'subject' and d.person = its_seat)
  then
    perform refuse_at_last_door(of_instance, at_seq, 'whose seat this is has decided already');
  end if;
  if told ->> 'verdict' = 'recuse' and its_seat <> actor.person then
    perform refuse_at_last_door(of_instance, at_seq, 'nobody steps back for another');
  end if;
  counted := check_choice(of_instance, at_seq, rule.binds, told);
  insert into decisions (instance, seq, gate, opened, subject, person, seat, verdict, choice, ballot, outcome)
  values (of_instance, at_seq, rule.gate, opening, told ->> 'subject', actor.person, its_seat, told ->> 'verdict',
    told ->> 'choice', told ->> 'ballot', told ->> 'outcome');

  if told ->> 'outcome' = 'approved' then
    select c.* into tally
    from count_votes(rule, of_instance, opening, told ->> 'subject', counted, starter.person, starter.unit, at) c;
    if tally.approved < tally.needed then
      perform refuse_at_last_door(of_instance, at_seq,
        format('%s of %s approvals are there', tally.approved, tally.needed));
    end if;
    if tally.present < tally.present_needed then
      perform refuse_at_last_door(of_instance, at_seq,
        format('%s of %s members have voted', tally.present, tally.present_needed));
    end if;
    perform choose_candidate(of_instance, rule.binds, told ->> 'chosen');
  end if;
end $$;

-- Whether the actor of an entry is a reviewer of the gate who was there and has no other part in the case; answers
-- who that is, and refuses otherwise.
create function hold_reviewer(
  rule gate_rules, of_instance uuid, at_seq integer, opening integer, entry jsonb, proof text, at timestamptz
) returns principals language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  actor principals;
  its_seat text;
  starter record;
begin
  select p.* into actor from principals p where p.id = entry #>> '{actor,principal}';
  if (actor.kind = 'person' and actor.active and entry #>> '{actor,kind}' = 'person') is not true then
    perform refuse_at_last_door(of_instance, at_seq, 'only active people decide');
  end if;
  if not is_cleared(actor.clearance, rule.classification) then
    perform refuse_at_last_door(of_instance, at_seq, 'the actor is not cleared for what it may carry');
  end if;
  its_seat := coalesce(entry #>> '{actor,onBehalfOf}', actor.person);
  if not exists (
    select from keys k
    where k.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and k.principal = actor.id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > clock_timestamp())
      and 'decide' = any (k.scopes) and entry -> 'authentication' ? ('key:' || k.id))
    and not exists (
    select from sessions s
    where s.hash = encode(sha256(convert_to(proof, 'UTF8')), 'hex') and s.principal = actor.id
      and is_live(s, clock_timestamp()) and entry -> 'authentication' ? ('session:' || s.id))
  then
    perform refuse_whoever_left(of_instance, at_seq, 'no key and no session shows that the actor was there');
  end if;
  starter := starter_of(of_instance);
  if rule.excludes_initiator and starter.person in (actor.person, its_seat) then
    perform refuse_at_last_door(of_instance, at_seq, 'the initiator is excluded');
  end if;
  if exists (
    select from decisions d where d.instance = of_instance and d.gate = any (rule.excludes_gates)
      and array[d.person, d.seat] && array[actor.person, its_seat])
  then
    perform refuse_at_last_door(of_instance, at_seq, 'the actor acted at an earlier gate that this one excludes');
  end if;
  if has_proposed(of_instance, rule.binds, array[actor.person, its_seat]) then
    perform refuse_at_last_door(of_instance, at_seq, 'the actor operates the agent that proposed');
  end if;
  if not may_take_seat(rule, actor, its_seat, starter.person, starter.unit, at) then
    perform refuse_at_last_door(of_instance, at_seq, 'the actor is not one of the reviewers');
  end if;
  if exists (
    select from decisions d where d.instance = of_instance and d.gate = rule.gate and d.opened = opening
      and d.person in (actor.person, its_seat) and d.verdict = 'recuse')
  then
    perform refuse_at_last_door(of_instance, at_seq, 'the actor has stepped back from this gate');
  end if;
  return actor;
end $$;

-- The natural person who started an instance, and the unit they did it in.
create function starter_of(of_instance uuid, out person text, out unit text)
language plpgsql stable set search_path = ledger, pg_temp as $$
#variable_conflict use_column
declare
  starter text;
  its_unit text;
begin
  select i.initiator into starter from instances i where i.id = of_instance;
  select coalesce(max(p.person), starter), max(p.unit) into person, its_unit from principals p where p.id = starter;
  select coalesce(e.text::jsonb #>> '{actor,unit}', its_unit) into unit
  from (select 1) one left join entries e on e.instance = of_instance and e.seq = 1;
end $$;

-- Votes on this subject at this opening, approvals only of the named `choices` (empty for one that names none), each seat once and only while it is a reviewer's by the directory. A
-- share is of all members, present or not, or of the votes cast. Who stepped back is no member any more, unless the
-- decision is on a person. Where an expression narrows the members, the database cannot count them: of a share it
-- then demands one, and the engine the rest.
create function count_votes(
  rule gate_rules, of_instance uuid, opening integer, of_subject text, choices text[], starter_person text, starter_unit text,
  at timestamptz, out approved integer, out needed integer, out present integer, out present_needed integer
) language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  narrowed constant boolean := exists (
    select from jsonb_array_elements(rule.reviewers) r where (r ->> 'narrowed')::boolean);
  stepped_back constant text[] := array(
    select d.person from decisions d where d.instance = of_instance and d.gate = rule.gate and d.opened = opening
      and d.verdict = 'recuse');
  members integer;
begin
  select count(distinct p.person) into members from principals p
  where p.kind = 'person' and p.active and is_reviewer(rule.reviewers, p, p.person, null, starter_person, starter_unit, at)
    and (rule.of_all_members or p.person <> all (stepped_back));
  select count(distinct d.seat) filter (where d.verdict = 'approve' and coalesce(d.choice, '') = any (choices)),
    count(distinct d.seat)
  into approved, present
  from decisions d
  where d.instance = of_instance and d.gate = rule.gate and d.opened = opening and d.subject = of_subject
    and d.person <> all (stepped_back)
    and exists (
      select from principals p where p.person = d.seat and p.kind = 'person' and p.active
        and is_reviewer(rule.reviewers, p, p.person, null, starter_person, starter_unit, at));
  needed := case
    when rule.approve_count is not null then rule.approve_count
    when rule.of_votes_cast then share_of(rule.approve_share, present)
    when narrowed then 1
    else share_of(rule.approve_share, members) end;
  present_needed := case
    when rule.present_count is not null then rule.present_count
    when rule.present_share is null then 0
    when narrowed then 1
    else share_of(rule.present_share, members) end;
end $$;

-- Nobody at all is not everybody.
create function share_of(share text, whole integer) returns integer
language sql immutable set search_path = ledger, pg_temp as $$
  select case share
    when 'more-than-half' then whole / 2 + 1
    when 'two-thirds' then greatest(1, (whole * 2 + 2) / 3)
    else greatest(1, whole) end
$$;

-- Whether the person has an account in this unit, or in one below it. False for what is no unit.
create function is_in_unit(of_person text, of_unit text) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  with recursive below(id) as (
    select u.id from units u where u.id = of_unit
    union select u.id from units u join below b on u.parent = b.id
  )
  select exists (select from principals p join below b on b.id = p.unit where p.person = of_person)
$$;

-- Whether one of these people is, or operates, the agent of the latest proposal of that kind.
create function has_proposed(of_instance uuid, of_kind text, people text[]) returns boolean
language sql stable set search_path = ledger, pg_temp as $$
  select exists (
    select from latest_proposals l join principals agent on agent.id = l.proposer
    left join principals operator on operator.id = agent.operator
    where l.instance = of_instance and l.decision = of_kind and l.since is not null
      and (people && array[agent.person, operator.person]
        or exists (select from unnest(people) as one(person) where is_in_unit(one.person, agent.operator))))
$$;

-- The walls that an instance would pass. A migration (`came_from` is the definition it leaves) enters every state it
-- leads to; it may lead behind a wall from behind one of the same kind. Whoever is behind a wall already may go on
-- there: what was demanded to come behind it may have been demanded by another definition, of a gate with another name.
create function walls_in_the_way(
  of_instance uuid, came_from bytea, goes_to bytea, was_in text[], enters text[]
) returns setof walls language plpgsql stable set search_path = ledger, pg_temp as $$
begin
  return query select w.* from walls w
  where w.definition = goes_to and w.state = any (enters) and (came_from is not null or w.state <> all (was_in))
    and not exists (
      select from decisions d
      where d.instance = of_instance and d.gate = any (w.gates) and d.outcome = 'approved'
        and (not w.after_proposal or d.seq > (
          select max(l.since) from latest_proposals l where l.instance = of_instance and l.decision = w.binds)))
    and not exists (
      select from counts c
      where c.instance = of_instance and c.gate = any (w.gates) and c.outcome = 'approved'
        and (not w.after_proposal or c.seq > (
          select max(l.since) from latest_proposals l where l.instance = of_instance and l.decision = w.binds)))
    and not (w.after_proposal and not exists (
      select from latest_proposals l
      where l.instance = of_instance and l.decision = w.binds and l.since is not null))
    and not exists (
      select from walls o
      where o.definition = coalesce(came_from, goes_to) and o.state = any (was_in)
        and o.binds is not distinct from w.binds and o.after_proposal = w.after_proposal
        and (came_from is not null or o.gates = w.gates and (not w.after_proposal or not exists (
          -- Since it came here by a migration nothing was proposed: else the approval must be newer than that.
          select from latest_proposals l
          where l.instance = of_instance and l.decision = w.binds and l.since is not null and not exists (
            select from entries e where e.instance = of_instance and e.seq > l.since
              and e.text::jsonb ->> 'kind' = 'migration')))));
end $$;

create function check_walls(of_instance uuid, entry jsonb, was_in text[]) returns void
language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  wall walls;
begin
  select w.* into wall from walls_in_the_way(of_instance, decode(entry #>> '{migration,from}', 'hex'),
    decode(entry ->> 'definition', 'hex'), was_in, array(select jsonb_array_elements_text(entry -> 'to'))) w
  limit 1;
  if found then
    raise exception 'The last door is closed: % would enter % without the approval of %.',
      of_instance, wall.state, array_to_string(wall.gates, ' or ') using errcode = 'check_violation';
  end if;
end $$;

create function refuse_at_last_door(of_instance uuid, at_seq integer, why text) returns void
language plpgsql immutable set search_path = ledger, pg_temp as $$
begin
  raise exception 'The last door is closed: entry % of % does not count, because %.',
    at_seq, of_instance, why using errcode = 'check_violation';
end $$;

-- The same, where nothing is wrong but what somebody came with or showed, which may have ended a moment ago. An engine
-- in order tells them so: the state says that this is it, the detail which entry of the instance.
create function refuse_whoever_left(of_instance uuid, at_seq integer, why text) returns void
language plpgsql immutable set search_path = ledger, pg_temp as $$
begin
  raise exception 'The last door is closed: the decision in entry % of % does not count, because %.',
    at_seq, of_instance, why using errcode = 'CS401', detail = at_seq::text;
end $$;

revoke all on function store_door_rules, hold_last_door, take_decision, count_votes, share_of, is_in_unit, check_walls,
  walls_in_the_way, refuse_at_last_door, refuse_whoever_left, hold_reviewer, starter_of, has_proposed from public;
grant execute on function walls_in_the_way to countersign_engine;
grant select on gate_rules, walls, decisions, latest_proposals to countersign_engine;
