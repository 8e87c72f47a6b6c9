/**
 * Plays an instance's record again through its pinned definition, and after a migration through the one it
 * led to (P7). Nothing but the definitions and the recorded stimuli goes in: no database, no directory, no clock.
 */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { Destinations } from './destination.ts';
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

/**
 * The step for each entry in order. Ends after a refusal, and before an entry whose stimulus is gone. `first` is
 * the definition of the start.
 */
export function* replayInstance(
  first: CompiledProcess,
  entries: Iterable<RecordedStimulus>,
  destinations: Destinations = () => null,
): Generator<Replayed, void, undefined> {
  let standing: Standing | null = null;
  let process = first;
  for (const { instance, seq, data } of entries) {
    if (data === null) return;
    const stimulus = JSON.parse(data) as Stimulus;
    const destination = stimulus.body.kind === 'migration' ? destinations(stimulus.body.to) : null;
    const result: Step | Refusal = nextStep(process, instance, standing, stimulus, destination);
    yield { seq, result };
    if (result.kind === 'refusal') return;
    if (destination !== null) process = destination.process;
    standing = { seq: result.entry.seq, state: result.state };
  }
}
