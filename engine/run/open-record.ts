/** Opens a record for reading alone: to verify it, or to replay an instance. */
import { access } from 'node:fs/promises';
import { fromDatabaseUrl } from '../ledger/database-address.ts';
import { engineAddress } from '../ledger/engine-address.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { EmbeddedProblem } from './embedded/embedded-problem.ts';
import { findRunning } from './embedded/find-running.ts';
import { startEmbedded } from './embedded/start-embedded.ts';
import { StartProblem } from './start-problem.ts';

export interface OpenRecord {
  readonly ledger: Ledger;
  close(): Promise<void>;
}

/**
 * Where an engine runs on the embedded database, it is read through that engine's server; where none does, the
 * server is started for the time being.
 */
export async function openRecord(where: {
  readonly databaseUrl: string | null;
  readonly dataFolder: string;
  readonly report: (sentence: string) => void;
}): Promise<OpenRecord> {
  if (where.databaseUrl !== null) {
    const ledger = await openLedger(engineAddress(fromDatabaseUrl(where.databaseUrl)));
    return { ledger, close: () => ledger.close() };
  }
  await mustExist(where.dataFolder);
  try {
    const database = await startEmbedded(where.dataFolder, { report: where.report });
    const ledger = await openLedger(engineAddress(database.address)).catch(async (error) => {
      await database.stop();
      throw error;
    });
    return {
      ledger,
      async close() {
        await ledger.close();
        await database.stop();
      },
    };
  } catch (error) {
    const running =
      error instanceof EmbeddedProblem && error.code === 'second-engine'
        ? await findRunning(where.dataFolder)
        : null;
    if (running === null) throw error;
    const ledger = await openLedger(engineAddress(running));
    return { ledger, close: () => ledger.close() };
  }
}

async function mustExist(dataFolder: string): Promise<void> {
  try {
    await access(dataFolder);
  } catch {
    throw new StartProblem(
      `There is no data folder ${dataFolder}. Set COUNTERSIGN_DATA to the folder of the record, or DATABASE_URL to its database.`,
    );
  }
}
