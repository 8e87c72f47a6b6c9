/** Requests for a proposal: leased to one agent at a time. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { ClaimedRequest } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** The request of the given states that waits longest and that nobody holds; null when there is none. */
export async function claimRequest(
  sql: Sql,
  definitions: readonly { readonly hash: string; readonly state: string }[],
  agent: string,
  leaseMs: number,
): Promise<ClaimedRequest | null> {
  if (definitions.length === 0) return null;
  const [claimed] = await reachDatabase(
    sql.unsafe<ClaimedRequest[]>(statement, [
      JSON.stringify(definitions.map(({ hash }) => hash)),
      JSON.stringify(definitions.map(({ state }) => state)),
      agent,
      Math.round(leaseMs),
    ]),
  );
  return claimed ?? null;
}

/** Whether this agent holds this request now, and shows what it was told when it claimed it. */
export async function checkClaim(
  sql: Sql,
  request: { readonly instance: string; readonly state: string; readonly opened: number },
  agent: string,
  claim: string,
): Promise<boolean> {
  if (!isInstanceId(request.instance)) return false;
  const [row] = await reachDatabase(
    sql<
      { held: boolean }[]
    >`select ledger.check_claim(${request.instance}::uuid, ${request.state}, ${request.opened},
      ${agent}, ${claim}) as held`,
  );
  return row?.held === true;
}

/** Gives a claimed request back, for others to claim at once. */
export async function releaseClaim(sql: Sql, instance: string, state: string, claim: string): Promise<void> {
  await reachDatabase(sql`select ledger.release_claim(${instance}::uuid, ${state}, ${claim})`);
}

const statement = `
  select r.instance, r.state, r.opened, r.decision, encode(r.definition, 'hex') as definition, r.claim,
    ${instant('r.lease_until')} as "leaseUntil"
  from ledger.claim_request(
    array(select json_array_elements_text($1::text::json)), array(select json_array_elements_text($2::text::json)),
    $3::text, $4::bigint) r
  where r.instance is not null`;
