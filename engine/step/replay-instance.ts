/**
 * Plays an instance's record again through its pinned definition (P7). Nothing but the definition and the
 * recorded stimuli goes in: no database, no directory, no clock.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { nextStep, type Standing } from './next-step.ts';
import type { Refusal, Step } from './step.ts';
import type { Stimulus } from './stimulus.ts';

export interface RecordedStimulus {
  readonly instance: string;
  readonly seq: number;
  /** The stimulus as canonical JSON; null once it was destroyed. */
  readonly data: string | null;
}

export interface Replayed {
  readonly seq: number;
  /** What the definition makes of the stimulus; a refusal means the record and the definition do not agree. */
  readonly result: Step | Refusal;
}

/** The step for each entry in order. Ends after a refusal, and before an entry whose stimulus is gone. */
export function* replayInstance(
  process: CompiledProcess,
  entries: Iterable<RecordedStimulus>,
): Generator<Replayed, void, undefined> {
  let standing: Standing | null = null;
  for (const { instance, seq, data } of entries) {
    if (data === null) return;
    const result: Step | Refusal = nextStep(process, instance, standing, JSON.parse(data) as Stimulus);
    yield { seq, result };
    if (result.kind === 'refusal') return;
    standing = { seq: result.entry.seq, state: result.state };
  }
}
