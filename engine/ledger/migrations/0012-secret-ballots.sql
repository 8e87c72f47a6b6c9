-- Secret ballots: how somebody voted lies in `ballots`, the box of an open gate, and nowhere else; that they voted
-- stands on the record, committed to by SHA-256 over a salt and the ballot. At the count the box is emptied in the
-- commit that puts its ballots on the record, in the order of numbers that chance drew. From then on nothing tells
-- which ballot belongs to which commitment. A box that closes uncounted is emptied unread.
--
-- The engine's login reads no ballot in a box, except through `open_ballot_box`: with the key or session of somebody
-- who may decide there, and once the ballots may be counted. Whether they may, the database tells by the directory, by
-- the decisions and by the time that the gate got when it opened, which nothing moves. No rule of a secret ballot tells
-- its members by an expression. But who is the subject of a case, and who drafted it, the database cannot tell: where a
-- process asks that, the engine alone tells whether everybody has voted. What it takes to approve holds in any case.
--
-- Lock order: everything here belongs to instances that `commit_steps` has locked.

create table ballots (
  instance uuid not null,
  commitment text not null,
  gate text not null,
  opened integer not null,
  subject text not null,
  salt bytea not null check (length(salt) = 32),
  -- Canonical JSON, which ends with the verdict. No person, no time, no place in the order of votes. The mark is its voter's.
  ballot text not null check (
    ballot ~ '^\{"choice":(null|"[0-9a-f]{64}"),"mark":(null|"[0-9A-Za-z]{6,32}"),"number":"[0-9a-f]{32}","reason":(null|".*"),"verdict":"(approve|reject|return|abstain)"\}$'),
  primary key (instance, commitment),
  check (commitment = encode(sha256(salt || convert_to(ballot, 'UTF8')), 'hex'))
) with (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0);

-- Whether a gate's opening has ballots: only then is its box looked at when it closes. Who changed that by hand would
-- leave ballots behind, and `countersign verify` finds those.
alter table gates add column has_ballots boolean not null default false;
-- Until when its reviewers have time; null where they have for ever. Written when it opens, and no timer moves it.
alter table gates add column due_at timestamptz;

create table counts (
  instance uuid not null,
  seq integer not null,
  gate text not null,
  opened integer not null,
  subject text not null,
  approved integer not null,
  rejected integer not null,
  returned integer not null,
  abstained integer not null,
  struck integer not null,
  outcome text not null check (outcome in ('approved', 'rejected', 'returned')),
  -- Digest of the one of several proposals that was chosen.
  chosen text,
  primary key (instance, seq),
  unique (instance, gate, opened)
);
create trigger counts_are_append_only before update or delete or truncate on counts
  for each statement execute function refuse_change();

create function ballot_verdict(ballot text) returns text
language sql immutable set search_path = ledger, pg_temp as $$
  select substring(ballot from '"verdict":"([a-z]+)"\}$')
$$;

create function ballot_number(ballot text) returns text
language sql immutable set search_path = ledger, pg_temp as $$
  select substring(ballot from '^\{"choice":(?:null|"[0-9a-f]{64}"),"mark":(?:null|"[0-9A-Za-z]{6,32}"),"number":"([0-9a-f]{32})"')
$$;

-- The empty text where it names no proposal.
create function ballot_choice(ballot text) returns text
language sql immutable set search_path = ledger, pg_temp as $$
  select coalesce(substring(ballot from '^\{"choice":"([0-9a-f]{64})"'), '')
$$;

-- `ballot+` effects, each named by its commitment: gate, subject, salt and ballot joined by U+001E. One whose gate has
-- closed within the batch is not kept. None is taken without the vote that it belongs to.
create function apply_ballots(
  ids uuid[], live boolean[], effect_of integer[], kinds text[], names text[], numbers integer[], details text[]
) returns void language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  insert into ballots (instance, commitment, gate, opened, subject, salt, ballot)
  select b.id, b.commitment, b.parts[1], b.opening, b.parts[2], decode(b.parts[3], 'hex'), b.parts[4]
  from (
    select ids[e.at] as id, e.name as commitment, e.number as opening, string_to_array(e.detail, E'\x1e') as parts
    from unnest(effect_of, kinds, names, numbers, details) as e(at, kind, name, number, detail)
    where e.kind = 'ballot+' and live[e.at]
  ) b
  where exists (
    select from gates g where g.instance = b.id and g.state = b.parts[1] and g.opened = b.opening);
  update gates g set has_ballots = true
  from unnest(effect_of, kinds, details) as e(at, kind, detail)
  where e.kind = 'ballot+' and live[e.at] and g.instance = ids[e.at] and g.state = split_part(e.detail, E'\x1e', 1)
    and not g.has_ballots;
  if exists (
    select from unnest(effect_of, kinds, names) as e(at, kind, name)
    join ballots b on b.instance = ids[e.at] and b.commitment = e.name
    where e.kind = 'ballot+' and live[e.at] and not exists (
      select from decisions d where d.instance = b.instance and d.ballot = b.commitment and d.gate = b.gate
        and d.opened = b.opened and d.subject = b.subject))
  then
    raise exception 'The last door is closed: a ballot without a vote.' using errcode = 'check_violation';
  end if;
end $$;

-- After everything of a batch is written: no secret vote without its ballot, as long as its gate is open.
create function hold_ballots(
  ids uuid[], live boolean[], step_of integer[], template_of integer[], seqs integer[], entries_told jsonb[]
) returns void language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  vote decisions;
begin
  select d.* into vote
  from unnest(step_of, template_of, seqs) as s(at, template, seq)
  join decisions d on d.instance = ids[s.at] and d.seq = s.seq
  join gates g on g.instance = d.instance and g.state = d.gate and g.opened = d.opened
  where live[s.at] and entries_told[s.template] #>> '{gate,verdict}' = 'sealed'
    and not exists (select from ballots b where b.instance = d.instance and b.commitment = d.ballot)
  limit 1;
  if found then
    perform refuse_at_last_door(vote.instance, vote.seq, 'its ballot is not in the box');
  end if;
end $$;

create function empty_ballot_box() returns trigger
language plpgsql volatile set search_path = ledger, pg_temp as $$
begin
  delete from ballots b where b.instance = old.instance and b.gate = old.state and b.opened = old.opened;
  return null;
end $$;
create trigger closing_empties_the_ballot_box after delete on gates
  for each row when (old.has_ballots) execute function empty_ballot_box();
create trigger reopening_empties_the_ballot_box after update of opened on gates
  for each row when (old.has_ballots and old.opened <> new.opened) execute function empty_ballot_box();

-- Whether members could still vote, and have the time to. Where the rule leaves it to the engine to tell who of them may
-- vote, it says no. Whoever decided earlier at a gate of a name that this definition does not have came here by a
-- migration, and only the engine knows which gate it is now: where the rule excludes any, they are not waited for.
create function awaits_votes(
  rule gate_rules, of_instance uuid, opening integer, of_subject text, at timestamptz
) returns boolean language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  starter record;
begin
  if rule.excludes_untold or rule.has_due and exists (
    select from gates g
    where g.instance = of_instance and g.state = rule.gate and g.opened = opening and g.due_at <= at)
  then
    return false;
  end if;
  starter := starter_of(of_instance);
  return exists (
    select from principals p
    where p.kind = 'person' and p.active and is_cleared(p.clearance, rule.classification)
      and is_reviewer(rule.reviewers, p, p.person, null, starter.person, starter.unit, at)
      and not (rule.excludes_initiator and p.person = starter.person)
      and not exists (
        select from decisions d where d.instance = of_instance and d.gate = rule.gate and d.opened = opening
          and (d.subject = of_subject or d.verdict = 'recuse') and p.person in (d.person, d.seat))
      and not exists (
        select from decisions d where d.instance = of_instance and p.person in (d.person, d.seat)
          and (d.gate = any (rule.excludes_gates) or cardinality(rule.excludes_gates) > 0 and not exists (
            select from gate_rules known where known.definition = rule.definition and known.gate = d.gate)))
      and not has_proposed(of_instance, rule.binds, array[p.person]));
end $$;

-- Why somebody may not decide at a gate, in their own seat or in one that was lent to them; null where they may.
create function refuse_to_open(
  rule gate_rules, of_instance uuid, opening integer, by text, proof text, at timestamptz
) returns text language plpgsql stable set search_path = ledger, pg_temp as $$
declare
  hashed constant text := encode(sha256(convert_to(proof, 'UTF8')), 'hex');
  shown constant jsonb := (
    select coalesce(jsonb_agg(m.name), '[]') from (
      select 'key:' || k.id as name from keys k where k.hash = hashed
      union all select 'session:' || s.id from sessions s where s.hash = hashed) m);
  person constant text := (select p.person from principals p where p.id = by);
  its_seat text;
  said text;
  why text;
begin
  for its_seat in
    select s.seat from (
      select person as seat, 0 as place
      union select d.of_person, 1 from delegations d where d.to_person = person) s
    order by s.place
  loop
    begin
      perform hold_reviewer(rule, of_instance, 0, opening, jsonb_build_object(
        'actor', jsonb_build_object('principal', by, 'kind', 'person', 'onBehalfOf', its_seat),
        'authentication', shown), proof, at);
      return null;
    exception when check_violation or sqlstate 'CS401' then
      get stacked diagnostics said = message_text;
      why := coalesce(why, substring(said from 'because (.*)\.$'));
    end;
  end loop;
  return why;
end $$;

-- The ballots of a box, and nothing else of it. None, but `why`, unless a reviewer who may decide is there, the gate is
-- open, and nothing more is awaited: so nobody, the engine included, reads a ballot before it may be counted.
create function open_ballot_box(
  of_instance uuid, of_gate text, opening integer, of_subject text, by text, proof text, told timestamptz,
  out ballot text, out why text
) returns setof record language plpgsql volatile security definer set search_path = ledger, pg_temp as $$
declare
  rule gate_rules;
  at constant timestamptz := judged_at(told);
begin
  select r.* into rule from instances i join gate_rules r on r.definition = i.definition
  where i.id = of_instance and r.gate = of_gate and r.secret;
  if not found then
    why := 'there is no secret ballot';
  elsif not exists (
    select from gates g where g.instance = of_instance and g.state = of_gate and g.opened = opening)
  then
    why := 'the gate is not open';
  else
    why := refuse_to_open(rule, of_instance, opening, by, proof, at);
    if why is null and awaits_votes(rule, of_instance, opening, of_subject, at) then
      why := 'members could still vote, and have the time to';
    end if;
  end if;
  if why is not null then
    return next;
    return;
  end if;
  return query select b.ballot, null::text from ballots b
    where b.instance = of_instance and b.gate = of_gate and b.opened = opening and b.subject = of_subject
    order by ballot_number(b.ballot) collate "C";
end $$;

-- Whether a ballot in a box is the one that its vote is committed to, for verification.
create function is_whole_ballot(of_instance uuid, its_commitment text) returns boolean
language sql stable security definer set search_path = ledger, pg_temp as $$
  select exists (
    select from ballots b where b.instance = of_instance and b.commitment = its_commitment
      and b.commitment = encode(sha256(b.salt || convert_to(b.ballot, 'UTF8')), 'hex'))
$$;

-- Takes the count of a secret ballot: by a reviewer who is there, of all ballots that were cast and no others, and
-- approved only with the approvals it takes. The box is empty then.
create function take_count(of_instance uuid, at_seq integer, entry jsonb, proof text) returns void
language plpgsql volatile set search_path = ledger, pg_temp as $$
declare
  told constant jsonb := entry -> 'counted';
  opening constant integer := (told ->> 'opened')::integer;
  of_subject constant text := told ->> 'subject';
  at constant timestamptz := judged_at((entry ->> 'time')::timestamptz);
  rule gate_rules;
  starter record;
  box record;
  tally record;
  votes integer;
  choices text[];
  in_favour integer;
begin
  select r.* into rule from gate_rules r
  where r.definition = decode(entry ->> 'definition', 'hex') and r.gate = told ->> 'gate' and r.secret;
  if not found then
    perform refuse_at_last_door(of_instance, at_seq, 'its definition has no secret ballot there');
  end if;
  if not exists (
    select from gates g where g.instance = of_instance and g.state = rule.gate and g.opened = opening)
    or exists (select from counts c where c.instance = of_instance and c.gate = rule.gate and c.opened = opening)
  then
    perform refuse_at_last_door(of_instance, at_seq, 'the gate is not open');
  end if;
  perform hold_reviewer(rule, of_instance, at_seq, opening, entry, proof, at);
  if awaits_votes(rule, of_instance, opening, of_subject, at) then
    perform refuse_at_last_door(of_instance, at_seq, 'members could still vote, and have the time to');
  end if;

  -- Each ballot has its vote, and each vote its ballot.
  select count(*) into votes from decisions d
  where d.instance = of_instance and d.gate = rule.gate and d.opened = opening and d.subject = of_subject
    and d.verdict = 'sealed';
  select count(*) as all_of_them,
    count(*) filter (where exists (
      select from decisions d where d.instance = of_instance and d.ballot = b.commitment and d.gate = rule.gate
        and d.opened = opening and d.subject = of_subject)
      and b.commitment = encode(sha256(b.salt || convert_to(b.ballot, 'UTF8')), 'hex')) as cast_here,
    count(*) filter (where ballot_verdict(b.ballot) = 'approve') as approved,
    count(*) filter (where ballot_verdict(b.ballot) = 'reject') as rejected,
    count(*) filter (where ballot_verdict(b.ballot) = 'return') as returned,
    count(*) filter (where ballot_verdict(b.ballot) = 'abstain') as abstained,
    encode(sha256(convert_to(
      '[' || coalesce(string_agg(b.ballot, ',' order by ballot_number(b.ballot) collate "C"), '') || ']', 'UTF8')),
      'hex') as digest
  into box
  from ballots b
  where b.instance = of_instance and b.gate = rule.gate and b.opened = opening and b.subject = of_subject;
  if box.all_of_them <> votes or box.cast_here <> votes then
    perform refuse_at_last_door(of_instance, at_seq, 'the box does not hold what was cast');
  end if;
  if (box.digest = told ->> 'ballots' and box.approved = (told ->> 'approved')::integer
    and box.rejected = (told ->> 'rejected')::integer and box.returned = (told ->> 'returned')::integer
    and box.abstained = (told ->> 'abstained')::integer and (told ->> 'struck')::integer >= 0) is not true
  then
    perform refuse_at_last_door(of_instance, at_seq, 'it tells other ballots than the box holds');
  end if;

  starter := starter_of(of_instance);
  choices := check_choice(of_instance, at_seq, rule.binds, told);
  select c.* into tally
  from count_votes(rule, of_instance, opening, of_subject, choices, starter.person, starter.unit, at) c;
  select count(*) into in_favour from ballots b
  where b.instance = of_instance and b.gate = rule.gate and b.opened = opening and b.subject = of_subject
    and ballot_verdict(b.ballot) = 'approve' and ballot_choice(b.ballot) = any (choices);
  -- Which ballot is that of somebody who is no member any more nobody knows: it may be any approval.
  if told ->> 'outcome' = 'approved' and (
    in_favour - greatest(votes - tally.present, (told ->> 'struck')::integer) < tally.needed
    or tally.present < tally.present_needed)
  then
    perform refuse_at_last_door(of_instance, at_seq, format('%s approvals, of which %s do not count, are not %s',
      in_favour, greatest(votes - tally.present, (told ->> 'struck')::integer), tally.needed));
  end if;
  insert into counts (instance, seq, gate, opened, subject, approved, rejected, returned, abstained, struck, outcome, chosen)
  values (of_instance, at_seq, rule.gate, opening, of_subject, box.approved, box.rejected, box.returned,
    box.abstained, (told ->> 'struck')::integer, told ->> 'outcome', told ->> 'chosen');
  if told ->> 'outcome' = 'approved' then
    perform choose_candidate(of_instance, rule.binds, told ->> 'chosen');
  end if;
  delete from ballots b where b.instance = of_instance and b.gate = rule.gate and b.opened = opening;
end $$;

revoke all on ballots, counts from public;
revoke all on function ballot_verdict, ballot_number, ballot_choice, apply_ballots, hold_ballots, empty_ballot_box, awaits_votes,
  refuse_to_open, open_ballot_box, is_whole_ballot, take_count from public;
grant execute on function open_ballot_box, is_whole_ballot to countersign_engine;
grant select on counts to countersign_engine;
grant select (instance, commitment, gate, opened, subject) on ballots to countersign_engine;
