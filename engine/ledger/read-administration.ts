/** The chain of acts, and what it must agree with: directory, keys and definitions, in one snapshot. */
import type { Sql, TransactionSql } from 'postgres';
import { loadControls } from './controls.ts';
import { loadDirectory, type StoredRest } from './directory.ts';
import { listFactors, otpFingerprints } from './factors.ts';
import { instant } from './instant.ts';
import { findKeys } from './keys.ts';
import { listActs } from './list-acts.ts';
import { atOneInstant } from './one-instant.ts';
import { reachDatabase } from './reach-database.ts';
import type {
  Administration,
  DefinitionHead,
  DirectoryChange,
  StoredCallbackSecret,
} from './record-reader.ts';
import { readSessions } from './sessions.ts';

const actsAtOnce = 1000;
/** Each holds a whole directory. */
const changesAtOnce = 10;

export async function withAdministration<T>(
  sql: Sql,
  work: (administration: Administration) => Promise<T>,
): Promise<T> {
  return atOneInstant(sql, async (transaction) => {
    const directory = await loadDirectory(transaction);
    const keys = await findKeys(transaction);
    const controls = await loadControls(transaction, null);
    const factors = await listFactors(transaction, null);
    const fingerprints = await otpFingerprints(transaction);
    const sessions = await readSessions(transaction);
    const callbackSecrets = await reachDatabase(
      transaction.unsafe<StoredCallbackSecret[]>(
        `select agent, encode(sha256(convert_to(secret, 'UTF8')), 'hex') as fingerprint,
          encode(sha256(convert_to(previous, 'UTF8')), 'hex') as previous,
          ${instant('made_at')} as "madeAt", made_by as "madeBy" from ledger.callback_secrets order by agent`,
      ),
    );
    const definitions = await reachDatabase(
      transaction.unsafe<DefinitionHead[]>(
        `select encode(hash, 'hex') as hash, process, version,
          encode(sha256(convert_to(certificate, 'UTF8')), 'hex') as certificate,
          ${instant('deployed_at')} as "deployedAt", deployed_by as "deployedBy" from ledger.definitions order by hash`,
      ),
    );
    const current = await reachDatabase(
      transaction<{ process: string; hash: string }[]>`
        select process, encode(definition, 'hex') as hash from ledger.current_definitions order by process`,
    );
    return work({
      acts: () =>
        pages(
          actsAtOnce,
          (after) => listActs(transaction, after, actsAtOnce),
          ({ seq }) => seq,
        ),
      directoryChanges: () =>
        pages(
          changesAtOnce,
          (after) => readChanges(transaction, after),
          ({ version }) => version,
        ),
      directory,
      keys,
      controls,
      factors,
      otpFingerprints: fingerprints,
      sessions,
      callbackSecrets,
      definitions,
      current: new Map(current.map(({ process, hash }) => [process, hash])),
    });
  });
}

async function readChanges(sql: TransactionSql, after: number): Promise<readonly DirectoryChange[]> {
  const rows = await reachDatabase(
    sql.unsafe<
      (Omit<DirectoryChange, 'principals' | 'units' | 'rest' | 'version'> & {
        version: string;
        principals: string | null;
        units: string | null;
        rest: string | null;
      })[]
    >(
      `select version, ${instant('changed_at')} as "changedAt", changed_by as "changedBy", principals, units,
        rest,
        coalesce(encode(sha256(convert_to(principals || E'\\n' || units || E'\\n' || rest, 'UTF8')), 'hex'), '') as digest
      from ledger.directory_changes where version > $1::bigint order by version limit ${changesAtOnce}`,
      [after],
    ),
  );
  return rows.map(({ version, principals, units, rest, ...row }) => ({
    ...row,
    version: Number(version),
    principals: listIn(principals),
    units: listIn(units),
    rest: restIn(rest),
  }));
}

/** Null where somebody left no list there. */
function listIn<T>(text: string | null): readonly T[] | null {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return Array.isArray(value) ? (value as T[]) : null;
  } catch {
    return null;
  }
}

function restIn(text: string | null): StoredRest | null {
  try {
    const { roles, bodies, delegations } = JSON.parse(text ?? '') as StoredRest;
    return [roles, bodies, delegations].every(Array.isArray) ? { roles, bodies, delegations } : null;
  } catch {
    return null;
  }
}

async function* pages<T>(
  size: number,
  read: (after: number) => Promise<readonly T[]>,
  placeOf: (item: T) => number,
): AsyncGenerator<readonly T[]> {
  let after = -2147483648;
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < size) return;
    after = placeOf(last);
  }
}
