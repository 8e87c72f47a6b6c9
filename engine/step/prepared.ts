/** What a stimulus comes to before the machine is asked: what it records by itself, and what it sends. */
import type { Entry } from '../../schemas/entry.ts';
import type { CompiledProcess, MachineEvent } from '../definition/compiled-process.ts';
import type { Stimulus } from './stimulus.ts';
import type { GateDecision, StoredState } from './stored-state.ts';

/** The case a stimulus is for, and the entry it would become. */
export interface Case {
  readonly process: CompiledProcess;
  readonly instance: string;
  /** Seq of the entry that this step would write. */
  readonly seq: number;
  readonly stimulus: Stimulus;
}

export interface Prepared {
  readonly kind: 'prepared';
  /** The state with what the stimulus records by itself: a decision, a proposal, a timer that is spent. */
  readonly state: StoredState;
  /** For the machine; null when nothing moves yet, as with a quorum that is still open. */
  readonly event: MachineEvent | null;
  /** The state to keep when the machine takes nothing; null when that is a refusal. */
  readonly otherwise: StoredState | null;
  /** The decision this stimulus adds at its gate. */
  readonly decision: GateDecision | null;
  readonly entry: Pick<
    Entry,
    'attended' | 'candidates' | 'counted' | 'event' | 'gate' | 'migration' | 'proposal'
  >;
  /** Names the stimulus in a sentence, such as "The event submit". */
  readonly what: string;
}
