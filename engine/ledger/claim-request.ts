/** Requests for a proposal: leased to one agent at a time. A lease has no authority, and moves no instance. */
import type { Sql } from 'postgres';
import { isInstanceId } from './instance-id.ts';
import { instant } from './instant.ts';
import type { ClaimedRequest, ClaimOutcome, RequestName } from './ledger.ts';
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

/** This very request, unless somebody holds it. */
export async function claimOneRequest(
  sql: Sql,
  { instance, state, opened }: RequestName,
  agent: string,
  leaseMs: number,
): Promise<ClaimOutcome> {
  if (!isInstanceId(instance)) return { kind: 'gone' };
  const [row] = await reachDatabase(
    sql.unsafe<{ verdict: string; claim: string; leaseUntil: string }[]>(
      `select r.verdict, r.claim, ${instant('r.lease_until')} as "leaseUntil"
        from ledger.claim_one_request($1::uuid, $2, $3::integer, $4, $5::bigint) r`,
      [instance, state, opened, agent, Math.round(leaseMs)],
    ),
  );
  if (row === undefined || row.verdict === 'gone') return { kind: 'gone' };
  const { verdict, claim, leaseUntil } = row;
  return verdict === 'leased' ? { kind: 'leased', claim, leaseUntil } : { kind: 'held', leaseUntil };
}

/** Until when the request is leased now; null when the claim has ended, or never was. */
export async function renewClaim(
  sql: Sql,
  { instance, state, opened }: RequestName,
  agent: string,
  claim: string,
  leaseMs: number,
): Promise<string | null> {
  if (!isInstanceId(instance)) return null;
  const [row] = await reachDatabase(
    sql.unsafe<{ until: string | null }[]>(
      `select ${instant('r.until')} as until
        from ledger.renew_claim($1::uuid, $2, $3::integer, $4, $5, $6::bigint) r(until)`,
      [instance, state, opened, agent, claim, Math.round(leaseMs)],
    ),
  );
  return row?.until ?? null;
}

/** Until when somebody holds the request who does not show this claim; null when nobody does. */
export async function heldByAnother(
  sql: Sql,
  { instance, state, opened }: RequestName,
  agent: string,
  claim: string | null,
): Promise<string | null> {
  if (!isInstanceId(instance)) return null;
  const [row] = await reachDatabase(
    sql.unsafe<{ until: string | null }[]>(
      `select ${instant('r.until')} as until
        from ledger.held_by_another($1::uuid, $2, $3::integer, $4, $5) r(until)`,
      [instance, state, opened, agent, claim],
    ),
  );
  return row?.until ?? null;
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
