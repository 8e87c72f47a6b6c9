/**
 * The claim of one engine on one data folder: an advisory lock, held by a connection that does
 * nothing else. The server takes the lock back the moment that connection ends, however the engine
 * ended, so that there is nothing to clean up. The connection's name says who holds it.
 */
import postgres from 'postgres';
import { type DatabaseAddress, toConnectionOptions } from '../../ledger/database-address.ts';

export interface FolderClaim {
  /** Says in the claim where this engine serves. Does nothing once the claim is lost. */
  announce(url: string): Promise<void>;
  /** Calls back once when the connection ends before `release`. */
  onLost(listener: () => void): void;
  release(): Promise<void>;
}

export interface ClaimHolder {
  readonly pid: number | null;
  readonly url: string | null;
}

// Any number will do, as long as it is always the same.
const claimKey = 2_727_379;

/** Claims the folder, or answers who holds it. Throws when the server cannot be reached. */
export async function claimFolder(
  address: DatabaseAddress,
  url: string | null,
): Promise<FolderClaim | ClaimHolder> {
  let lost: (() => void) | null = null;
  let over = false;
  const sql = postgres({
    ...toConnectionOptions(address),
    max: 1,
    // It has to live as long as the engine does.
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    backoff: false,
    onnotice: () => {},
    fetch_types: false,
    connection: { application_name: nameOf(url) },
    onclose: () => {
      if (!over) lost?.();
      over = true;
    },
  });
  try {
    const [row] = await sql<{ claimed: boolean }[]>`select pg_try_advisory_lock(${claimKey}) as claimed`;
    if (row?.claimed !== true) {
      const holder = await findHolder(sql);
      over = true;
      await sql.end({ timeout: 1 });
      return holder;
    }
  } catch (error) {
    over = true;
    await sql.end({ timeout: 1 });
    throw error;
  }
  return {
    announce: async (where) => {
      // A query on a closed connection would open a new one, which holds no claim.
      if (over) return;
      await sql`select set_config('application_name', ${nameOf(where)}, false)`;
    },
    onLost: (listener) => {
      if (over) queueMicrotask(listener);
      else lost = listener;
    },
    release: async () => {
      over = true;
      await sql.end({ timeout: 1 });
    },
  };
}

export function isClaim(answer: FolderClaim | ClaimHolder): answer is FolderClaim {
  return 'release' in answer;
}

function nameOf(url: string | null): string {
  return `countersign ${process.pid} ${url ?? ''}`.trim();
}

async function findHolder(sql: postgres.Sql): Promise<ClaimHolder> {
  const [row] = await sql<{ name: string }[]>`
    select a.application_name as name
    from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${claimKey}`;
  const [, pid, url] = /^countersign (\d+) ?(\S*)/.exec(row?.name ?? '') ?? [];
  return { pid: pid === undefined ? null : Number(pid), url: url ? url : null };
}
