/** Moving running instances to another definition: what is asked, and what comes of each. */
import type { StateMap } from '../step/map-states.ts';
import type { Refusal } from '../step/step.ts';
import type { Page } from './caller.ts';

/** Which instances are to go from one definition to another of the same process, and where their states go. */
export interface MigrationInput {
  /** Definition hashes. */
  readonly from: string;
  readonly to: string;
  readonly map: StateMap;
  /** True: nothing is changed. */
  readonly dryRun: boolean;
  /** Null, in a dry run: all that run on `from`, a page at a time. What is done names its instances. */
  readonly instances: readonly string[] | null;
  /** Why it is done. */
  readonly reason: string | null;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface InstanceMigration {
  readonly instance: string;
  /** `would-move` only in a dry run, `moved` only in no dry run; `already`: it was on `to` before. */
  readonly outcome: 'would-move' | 'moved' | 'already' | 'blocked';
  /** Of its last entry, as far as known. */
  readonly seq: number | null;
  readonly from: readonly string[];
  /** Null when blocked. */
  readonly to: readonly string[] | null;
  /** In a dry run: how many decisions at open gates, and how many acts on proposals, have to be given again. */
  readonly voids: { readonly decisions: number; readonly acts: number } | null;
  /** Why it is blocked. */
  readonly refusal: Refusal | null;
}

export interface Migration extends Page<InstanceMigration> {
  readonly dryRun: boolean;
  readonly from: string;
  readonly to: string;
}
