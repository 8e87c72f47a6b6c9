/** A wish to move one instance, waiting for its turn in a batch. */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { ActorSnapshot, Directory } from '../oversight/directory.ts';
import type { BallotCast } from '../step/seal-ballot.ts';
import type { Refusal } from '../step/step.ts';
import type { StimulusBody } from '../step/stimulus.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { Answer, Caller, Idempotency, Moved } from './engine-contract.ts';

/** What a command may look at when its turn comes. */
export interface Situation {
  readonly process: CompiledProcess;
  readonly directory: Directory;
  readonly actor: ActorSnapshot;
  readonly stored: { readonly seq: number; readonly state: StoredState } | null;
  /** ISO 8601. */
  readonly time: string;
}

/** A secret vote, or a count: what of it becomes a step, and what goes into the ballot box. */
export interface Casting {
  readonly kind: 'casting';
  readonly body: StimulusBody;
  /** Null where nothing goes into it. */
  readonly cast: BallotCast | null;
  /** Why it could not be sealed, or the box not be opened: told to whoever may vote or count here. */
  readonly unsealed: Refusal | null;
}

export interface Command {
  readonly instance: string;
  /** Definition hash of a new instance; null when the instance is there already. */
  readonly starts: string | null;
  /** Definition hash that a migration leads to; null for everything else. */
  readonly migratesTo: string | null;
  /** Null: the engine itself, for what nobody sends. */
  readonly caller: Caller | null;
  readonly request: string;
  readonly idempotency: Idempotency | null;
  /** With whose authority, where it may be another's; left out: the caller's own. */
  readonly actAs?: (situation: Situation) => ActorSnapshot | Refusal;
  readonly stimulate: (situation: Situation) => StimulusBody | Casting | Refusal;
  readonly settle: (answer: Answer<Moved>) => void;
  readonly fail: (error: unknown) => void;
  /** How often it lost a race so far. */
  attempts: number;
  /** Let no other of its instance share its batch. */
  alone?: boolean;
  /** Look at the stored state, not at what this node remembers. */
  fresh: boolean;
}

export function isRefusal(value: { readonly kind: string }): value is Refusal {
  return value.kind === 'refusal';
}
