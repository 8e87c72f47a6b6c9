/** Finds the embedded database of an engine that runs elsewhere, for commands that only read. It starts nothing. */
import type { DatabaseAddress } from '../../ledger/database-address.ts';
import { findDataFolder, readPassword } from './data-folder.ts';
import { adminUser } from './make-cluster.ts';
import { findPostmaster } from './postmaster.ts';

/** The embedded database that runs in a folder at this moment, for whoever only reads; null when none does. */
export async function findRunning(
  dataFolder: string,
  database = 'countersign',
): Promise<DatabaseAddress | null> {
  const folder = await findDataFolder(dataFolder);
  if (folder === null) return null;
  const running = await findPostmaster(folder);
  if (running === null || running.status !== 'ready') return null;
  const password = await readPassword(folder);
  return { host: running.socketFolder, port: 5432, user: adminUser, password, database, sslMode: 'disable' };
}
