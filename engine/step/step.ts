/** What a stimulus leads to: a step to commit, or a refusal that says why. */

import type { Json, JsonObject } from '../../schemas/json.ts';
import type { ProblemCode } from '../../schemas/problem-codes.ts';
import type { Position } from '../definition/compiled-process.ts';
import type { UnsealedEntry } from '../evidence/entry-template.ts';
import type { FactorKind } from '../oversight/assurance.ts';
import type { Stimulus } from './stimulus.ts';
import type { StoredState } from './stored-state.ts';

/** An entry without what only sealing can add. */
export type EntryDraft = UnsealedEntry;

export interface Step {
  readonly kind: 'step';
  readonly state: StoredState;
  readonly entry: EntryDraft;
  /** The stimulus, whole: with it and the definition the step can be replayed. */
  readonly data: Stimulus;
  /** Context fields that changed, with their new values; null when none did. */
  readonly changed: JsonObject | null;
  readonly effects: readonly Effect[];
  /** Ids of the transitions taken, in order, one list a microstep. */
  readonly taken: readonly (readonly string[])[];
}

/** Work that the commit writes down in the same transaction. */
export type Effect =
  | {
      readonly kind: 'gate-opened';
      readonly state: string;
      readonly opened: number;
      /** ISO 8601: until when its reviewers have time; left out where they have for ever. */
      readonly dueAt?: string;
    }
  | { readonly kind: 'gate-closed'; readonly state: string; readonly opened: number }
  | {
      readonly kind: 'proposal-requested';
      readonly state: string;
      readonly opened: number;
      readonly decision: string;
      /** How many agents may answer; left out where it is one. */
      readonly places?: number;
    }
  | { readonly kind: 'proposal-request-closed'; readonly state: string; readonly opened: number }
  | { readonly kind: 'timer-set'; readonly timer: string; readonly set: number; readonly dueAt: string }
  | { readonly kind: 'timer-cleared'; readonly timer: string }
  /** Whether a gate stands in the inbox of somebody who does not review there: see `noticeName`. */
  | { readonly kind: 'notice-given' | 'notice-taken-back'; readonly notice: string };

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: ProblemCode;
  /** A whole sentence for the person who tried. */
  readonly message: string;
  /** What to do next, a whole sentence. */
  readonly next: string;
  readonly considered: readonly Considered[];
  readonly issues?: readonly { readonly at: string; readonly message: string }[];
  /** Of `assurance-required`: the kinds of factor that would do, weakest first. */
  readonly factors?: readonly FactorKind[];
  /** Where a sign-in is too old: how old it may be, in seconds. */
  readonly maxAgeSeconds?: number;
}

/** A candidate transition that was looked at, and why it was not taken. */
export interface Considered {
  readonly transition: string;
  readonly from: string;
  readonly position: Position;
  readonly reason: 'forbidden' | 'not-allowed' | 'bad-input' | 'guard-failed' | 'expression-failed';
  readonly detail: Json;
}
