/** A ledger on a database of its own in a temporary folder, which is gone when it is closed. */
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineAddress } from '../ledger/engine-address.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { migrate } from '../ledger/migrate.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { EmbeddedProblem } from './embedded/embedded-problem.ts';
import { isAlive } from './embedded/process-life.ts';
import { startEmbedded } from './embedded/start-embedded.ts';

export interface ScratchLedger {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

/** Throws `EmbeddedProblem` where the database cannot be started. Durable as ever: the same server, the same settings. */
export async function openScratchLedger(): Promise<ScratchLedger> {
  await sweepAbandoned();
  const folder = await mkdtemp(join(tmpdir(), `${prefix}${process.pid}-`));
  // The user that the server runs as must be able to walk through it.
  await chmod(folder, 0o711);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const database = await startEmbedded(folder);
    try {
      await migrate(database.address);
      const ledger = await openLedger(engineAddress(database.address));
      return {
        ledger,
        async close() {
          await ledger.close();
          await database.stop();
          await remove();
        },
      };
    } catch (error) {
      await database.stop();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

const prefix = 'countersign-scratch-';

/** Whoever was killed left its server running: stop it, and remove its folder. */
async function sweepAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    const folder = join(tmpdir(), name);
    try {
      const left = await startEmbedded(folder);
      await left.stop();
      await rm(folder, { recursive: true, force: true });
    } catch (error) {
      // Somebody else's folder, or one that somebody else is sweeping: it does no harm here.
      if (!(error instanceof EmbeddedProblem)) throw error;
    }
  }
}
