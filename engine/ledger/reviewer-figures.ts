/**
 * How reviewers decided, by person and process: counted from the decisions and the times of their entries, and kept
 * nowhere. It reads every decision of the processes asked for, so it is for now and then.
 */
import type { Sql } from 'postgres';
import type { GatePlace, ReviewerCount, ReviewerQuestion } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** Only decisions at these gates count. Stepping back (`recuse`) decides nothing. */
export async function countReviewers(
  sql: Sql,
  places: readonly GatePlace[],
  { process, from, until }: ReviewerQuestion,
): Promise<readonly ReviewerCount[]> {
  if (places.length === 0) return [];
  return reachDatabase(
    sql.unsafe<ReviewerCount[]>(statement, [JSON.stringify(places), process, from, until], { prepare: true }),
  );
}

const statement = `
  with places as (
    select p.hash, p.state, p.binds
    from json_to_recordset($1::text::json) as p(hash text, state text, binds text)
  ),
  given as (
    select d.person, i.process, d.verdict, d.instance, d.gate, p.binds,
      (e.text::jsonb ->> 'time')::timestamptz as decided_at,
      (o.text::jsonb ->> 'time')::timestamptz as opened_at,
      -- Whether a proposal lay before them: one that came before the gate opened, or the opening itself.
      p.binds is not null and exists (
        select from ledger.latest_proposals l
        where l.instance = d.instance and l.decision = p.binds and (l.seq <= d.opened or exists (
          select from ledger.entries n where n.instance = d.instance and n.seq <= d.opened
            and n.text::jsonb #>> '{proposal,decision}' = p.binds))) as of_proposal
    from ledger.decisions d
    join ledger.instances i on i.id = d.instance
    join ledger.entries e on e.instance = d.instance and e.seq = d.seq
    join ledger.entries o on o.instance = d.instance and o.seq = d.opened
    join places p on p.hash = e.text::jsonb ->> 'definition' and p.state = d.gate
    where ($2::text is null or i.process = $2::text) and d.verdict <> 'recuse'
  ),
  -- Who returned it once does not agree with the AI by approving what came back.
  judged as (
    select g.*, bool_or(g.verdict = 'return') over (partition by g.person, g.instance, g.gate) as ever_returned
    from given g
  )
  select j.person, j.process, count(*)::int as decisions,
    round(1000 * percentile_cont(0.5) within group (
      order by extract(epoch from j.decided_at - j.opened_at)))::float8 as "medianMs",
    count(*) filter (where j.verdict = 'approve')::int as approvals,
    count(*) filter (where j.of_proposal)::int as "ofProposals",
    count(*) filter (where j.of_proposal and j.verdict = 'approve' and not j.ever_returned)::int as agreements,
    count(*) filter (where j.decided_at - j.opened_at < interval '1 minute')::int as "underAMinute"
  from judged j
  where ($3::timestamptz is null or j.decided_at >= $3::timestamptz)
    and ($4::timestamptz is null or j.decided_at < $4::timestamptz)
  group by j.person, j.process`;
