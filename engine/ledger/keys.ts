/** Bearer keys, stored as SHA-256 only. Each change raises the directory's version. */
import type { Sql, TransactionSql } from 'postgres';
import { instant } from './instant.ts';
import type { NewKey, StoredKey } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

export async function addKey(sql: Sql, key: NewKey): Promise<StoredKey> {
  const { id, hash, principal, scopes, expiresAt, demonstration, issuedBy = 'countersign' } = key;
  const [row] = await reachDatabase(
    sql.unsafe<{ createdAt: string }[]>(
      `select ${instant('created_at')} as "createdAt" from ledger.add_key($1, $2, $3,
        array(select json_array_elements_text($4::text::json)), $5::timestamptz, $6::boolean, $7)`,
      [id, hash, principal, JSON.stringify(scopes), expiresAt, demonstration, issuedBy],
    ),
  );
  if (row === undefined) throw new Error(`Key ${id} was added and is not there.`);
  return { id, principal, scopes, createdAt: row.createdAt, expiresAt, revokedAt: null, demonstration };
}

/** Every key with its hash, revoked and expired ones too. */
export async function findKeys(
  sql: Sql | TransactionSql,
): Promise<readonly (StoredKey & { readonly hash: string })[]> {
  const rows = await reachDatabase(
    sql.unsafe<(StoredKey & { hash: string })[]>(
      `select k.id, k.hash, k.principal, to_json(k.scopes) as scopes, ${instant('k.created_at')} as "createdAt",
        ${instant('k.expires_at')} as "expiresAt", ${instant('k.revoked_at')} as "revokedAt", k.demonstration
       from ledger.find_keys() k`,
    ),
  );
  return [...rows];
}

/** False when there is no such key, or it was revoked before. */
export async function revokeKey(sql: Sql, id: string, by = 'countersign'): Promise<boolean> {
  const [row] = await reachDatabase(
    sql<{ revoked: boolean }[]>`select ledger.revoke_key(${id}, ${by}) as revoked`,
  );
  return row?.revoked === true;
}
