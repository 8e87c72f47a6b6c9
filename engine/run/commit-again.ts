import { setTimeout as delay } from 'node:timers/promises';
import { type CommitOutcome, type Ledger, LedgerUnavailable, type StepToCommit } from '../ledger/ledger.ts';

const waitsMs = [50, 100, 200, 400, 800, 1600, 3200];

/**
 * The connection broke while a batch was being committed: did it take effect, or will it yet? The very same
 * entries are offered again. Either they are committed now, and a straggling first attempt can no longer be,
 * because the versions moved on; or they conflict, and the record tells whether it was with themselves.
 * Null when that could not be found out in about six seconds.
 */
export async function commitAgain(
  ledger: Ledger,
  steps: readonly StepToCommit[],
  directoryVersion: number,
): Promise<readonly CommitOutcome[] | null> {
  for (const waitMs of waitsMs) {
    await delay(waitMs);
    try {
      const outcomes: CommitOutcome[] = [];
      const offered = await ledger.commitSteps(steps, directoryVersion);
      for (const [index, step] of steps.entries()) {
        const outcome = offered[index] ?? { kind: 'conflict' };
        if (outcome.kind === 'directory-changed') return null;
        const isStored =
          outcome.kind === 'conflict' &&
          (await ledger.findEntry(step.instance, step.seq))?.hash === step.sealed.hash;
        outcomes.push(isStored ? { kind: 'committed' } : outcome);
      }
      return outcomes;
    } catch (error) {
      if (!(error instanceof LedgerUnavailable)) throw error;
    }
  }
  return null;
}
