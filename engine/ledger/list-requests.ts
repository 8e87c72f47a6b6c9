/** Requests for a proposal that still stand, in the given states, the oldest first. Who may answer which is decided elsewhere. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { OpenRequest } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** `after` is the time, instance and state of the last row seen, joined by one space. */
export async function listRequests(
  sql: Sql,
  definitions: readonly { readonly hash: string; readonly state: string }[],
  agent: string,
  after: string | null,
  limit: number,
): Promise<readonly OpenRequest[]> {
  if (definitions.length === 0) return [];
  const { time, instance, state } = fromCursor(after);
  return reachDatabase(
    sql.unsafe<OpenRequest[]>(
      statement,
      [
        JSON.stringify(definitions.map(({ hash }) => hash)),
        JSON.stringify(definitions.map((place) => place.state)),
        time,
        instance,
        state,
        limit,
        agent,
      ],
      { prepare: true },
    ),
  );
}

/** Every request comes after this. */
const beginning = { time: '-infinity', instance: '00000000-0000-0000-0000-000000000000', state: '' };

function fromCursor(cursor: string | null): typeof beginning {
  const [time = '', instance = '', state = ''] = cursor?.split(' ') ?? [];
  return isInstanceId(instance) ? { time, instance, state } : beginning;
}

// One index range for each state, merged: however many requests are open, a page reads at most a page of each.
const statement = `
  select r.instance, r.state, r.opened, r.decision, w.hash as definition,
    ${instant('r.requested_at')} as "requestedAt",
    ${instant('l.lease_until')} as "leaseUntil", l.claimed_by as "claimedBy"
  from rows from (json_array_elements_text($1::text::json), json_array_elements_text($2::text::json)) w(hash, state)
  cross join lateral (
    select r.* from (
      select q.instance, q.state, q.opened, q.decision, q.places, q.requested_at, q.lease_until, q.claimed_by
      from ledger.proposal_requests q
      where q.definition = decode(w.hash, 'hex') and q.state = w.state
        and (q.requested_at, q.instance) >= ($3::text::timestamptz, $4::uuid)
        and (q.requested_at, q.instance, q.state) > ($3::text::timestamptz, $4::uuid, $5::text)
      order by q.requested_at, q.instance limit $6::int
    ) r
  ) r
  left join lateral (
    select r.lease_until, r.claimed_by where r.places = 1 and r.lease_until > clock_timestamp()
    union all
    -- Of several places: the agent's own, or the first that will be free where all are held.
    select * from (
      select p.lease_until, p.agent from ledger.proposal_places p
      where r.places > 1 and p.instance = r.instance and p.state = r.state and p.opened = r.opened
        and p.lease_until > clock_timestamp()
        and (p.agent = $7::text or r.places <= (
          select count(*) from ledger.latest_proposals n
          where n.instance = r.instance and n.state = r.state and n.opened = r.opened and n.since is null) + (
          select count(*) from ledger.proposal_places o
          where o.instance = r.instance and o.state = r.state and o.opened = r.opened
            and o.lease_until > clock_timestamp() and not exists (
              select from ledger.latest_proposals n
              where n.instance = r.instance and n.state = r.state and n.opened = r.opened and n.since is null
                and n.proposer = o.agent)))
      order by p.agent <> $7::text, p.lease_until limit 1
    ) held
  ) l on true
  order by r.requested_at, r.instance, r.state limit $6::int`;
