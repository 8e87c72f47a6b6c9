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
      let read = { entries: 0, ms: 0 };
      const { ok, problems } = await verifyRecord(
        ledger,
        ({ entries }) => {
          read = { entries, ms: performance.now() - start };
        },
        () => performance.now() >= end,
      );
      if (!ok) throw new Error(`The record does not verify after the load: ${JSON.stringify(problems[0])}`);
      return { 'verify-record': read.entries / (read.ms / 1000) };
    },
  };
}
