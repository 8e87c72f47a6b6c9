/**
 * How fast the record is verified: every hash, commitment and state by replay, read from the database
 * that the rounds before have filled. It is also a check on them: a record that does not verify
 * after the load is an error, not a result.
 */
import { type Ledger, verifyRecord } from '../engine/index.ts';
import type { Side } from './rounds.ts';

export function toVerifySide(ledger: Ledger): Side {
  return {
    name: 'verify-record',
    async measure(seconds) {
      const start = performance.now();
      const end = start + seconds * 1000;
      const { ok, entries, problems } = await verifyRecord(untilTime(ledger, end));
      if (!ok) throw new Error(`The record does not verify after the load: ${JSON.stringify(problems[0])}`);
      return { 'verify-record': entries / ((performance.now() - start) / 1000) };
    },
  };
}

/** The same ledger, which has no more instances when the time is over. */
function untilTime(ledger: Ledger, end: number): Parameters<typeof verifyRecord>[0] {
  return {
    listInstances: async (after, limit) =>
      performance.now() < end ? ledger.listInstances(after, limit) : [],
    loadInstances: (ids) => ledger.loadInstances(ids),
    listOrphans: (limit) => ledger.listOrphans(limit),
    readEntries: (instance, afterSeq, limit) => ledger.readEntries(instance, afterSeq, limit),
    loadDefinition: (hash) => ledger.loadDefinition(hash),
    listDefinitions: () => ledger.listDefinitions(),
  };
}
