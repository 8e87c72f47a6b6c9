/** Short-lived tokens of services and agents: each belongs to a key, and ends with it. */
import type { Sql } from 'postgres';
import { instant } from './instant.ts';
import type { StoredAccessToken } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

/** Answers when it expires; null when the key is no longer in force, or the scopes go beyond it. */
export async function addAccessToken(
  sql: Sql,
  token: { readonly hash: string; readonly key: string; readonly scopes: readonly string[] },
  lifetimeSeconds: number,
): Promise<string | null> {
  const [row] = await reachDatabase(
    sql.unsafe<{ expiresAt: string | null }[]>(
      `select ${instant('expires')} as "expiresAt" from ledger.add_access_token($1, $2,
        array(select json_array_elements_text($3::text::json)), $4::integer) as expires`,
      [token.hash, token.key, JSON.stringify(token.scopes), lifetimeSeconds],
    ),
  );
  return row?.expiresAt ?? null;
}

/** Expired ones, too. */
export async function findAccessToken(sql: Sql, hash: string): Promise<StoredAccessToken | null> {
  const [row] = await reachDatabase(
    sql.unsafe<StoredAccessToken[]>(
      `select t.key, to_json(t.scopes) as scopes, ${instant('t.expires_at')} as "expiresAt"
       from ledger.find_access_token($1) t`,
      [hash],
    ),
  );
  return row ?? null;
}
