import type { RecordReport, Settings } from '../engine/index.ts';

/** Verifies the record where the settings say it is, and tells on standard error how far it has come. */
export async function verifyPlace({ databaseUrl, dataFolder }: Settings): Promise<RecordReport> {
  const { openRecord, verifyRecord } = await import('../engine/index.ts');
  const report = (sentence: string) => console.error(sentence);
  const record = await openRecord({ databaseUrl, dataFolder, report });
  const told = { at: performance.now() };
  try {
    return await verifyRecord(record.ledger, ({ instances, entries }) => {
      if (performance.now() - told.at < 2_000) return;
      told.at = performance.now();
      report(`Verified ${entries} entries of ${instances} instances so far …`);
    });
  } finally {
    await record.close();
  }
}
