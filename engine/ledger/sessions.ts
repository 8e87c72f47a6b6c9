/** Sessions of people who signed in, stored by the hash of their secret's hash. Opening and ending are acts. */
import type { Sql, TransactionSql } from 'postgres';
import { instant } from './instant.ts';
import type { NewSession, OpeningOfSession, StoredSession } from './ledger.ts';
import { reachDatabase } from './reach-database.ts';

export async function openSession(sql: Sql, session: NewSession): Promise<OpeningOfSession> {
  const { id, hash, principal, issuer, subject, acr, amr, authenticatedAt } = session;
  const { lifetimeSeconds, idleSeconds, signIn, replaces } = session;
  const [row] = await reachDatabase(
    sql.unsafe<{ verdict: OpeningOfSession['kind']; openedAt: string; expiresAt: string }[]>(
      `select verdict, ${instant('opened')} as "openedAt", ${instant('expires')} as "expiresAt"
       from ledger.open_session($1, $2, $3, $4, $5, $6, array(select json_array_elements_text($7::text::json)),
        $8::timestamptz, $9::integer, $10::integer, $11, $12)`,
      [
        ...[id, hash, principal, issuer, subject, acr, JSON.stringify(amr), authenticatedAt],
        ...[lifetimeSeconds, idleSeconds, signIn, replaces],
      ],
    ),
  );
  if (row === undefined) throw new Error('The ledger said nothing of a session.');
  const { verdict, openedAt, expiresAt } = row;
  return verdict === 'opened' ? { kind: verdict, openedAt, expiresAt } : { kind: verdict };
}

/** By the hash of its secret's hash; ended and expired ones, too. */
export async function findSession(sql: Sql, hash: string): Promise<StoredSession | null> {
  const [row] = await reachDatabase(
    sql.unsafe<StoredSession[]>(`select ${columns} from ledger.find_session($1) s`, [hash]),
  );
  return row ?? null;
}

/** Those of a principal that are live, the newest first. */
export async function listSessions(sql: Sql, principal: string): Promise<readonly StoredSession[]> {
  const rows = await reachDatabase(
    sql.unsafe<StoredSession[]>(`select ${columns} from ledger.list_sessions($1) s`, [principal]),
  );
  return [...rows];
}

/** Every one that is kept, for verifying them. */
export async function readSessions(sql: Sql | TransactionSql): Promise<readonly StoredSession[]> {
  const rows = await reachDatabase(
    sql.unsafe<StoredSession[]>(`select ${columns} from ledger.read_sessions() s`),
  );
  return [...rows];
}

export async function useSession(sql: Sql, id: string, at: string): Promise<void> {
  await reachDatabase(sql`select ledger.use_session(${id}, ${at}::timestamptz)`);
}

/** One session of a principal, or (`only` null) all of them. Answers the ids of those that it ended. */
export async function endSessions(
  sql: Sql,
  principal: string,
  only: string | null,
  by: string,
): Promise<readonly string[]> {
  const [row] = await reachDatabase(
    sql<{ ended: string[] }[]>`select to_json(ledger.end_sessions(${principal}, ${only}, ${by})) as ended`,
  );
  return row?.ended ?? [];
}

const columns = `s.id, s.hash, s.principal, s.issuer, s.subject, s.acr, to_json(s.amr) as amr,
  ${instant('s.authenticated_at')} as "authenticatedAt", ${instant('s.opened_at')} as "openedAt",
  ${instant('s.expires_at')} as "expiresAt", s.idle_seconds as "idleSeconds", ${instant('s.used_at')} as "usedAt",
  ${instant('s.ended_at')} as "endedAt"`;
