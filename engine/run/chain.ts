/** One instance within a batch: what is stored of it, and the steps that the batch adds in memory. */
import type { JsonObject } from '../../schemas/json.ts';
import type { StepToCommit } from '../ledger/ledger.ts';
import type { Refusal, Step } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { hashOfCasting } from './cast-vote.ts';
import type { Command } from './command.ts';
import type { Moved } from './engine-contract.ts';

/** An instance as the batch sees it: what is stored, plus the batch's own steps so far. */
export interface Chain {
  readonly instance: string;
  readonly process: string;
  /** Only a migration changes it, and one is the first step of its chain. */
  definition: string;
  /** True when the base came from memory, and a refusal must be checked against the ledger. */
  readonly remembered: boolean;
  seq: number;
  head: string;
  state: StoredState | null;
  readonly steps: {
    readonly command: Command;
    /** Its state is written once the whole chain is known. */
    readonly step: StepToCommit & { state: string };
    readonly moved: Moved;
  }[];
  /** Refusals that rest on the steps before them: given only once those are committed. */
  readonly refusals: { readonly command: Command; readonly refusal: Refusal }[];
}

export function toChain(
  instance: string,
  base: {
    readonly process: string;
    readonly definition: string;
    readonly seq: number;
    readonly head: string;
    readonly state: StoredState | null;
  },
  remembered: boolean,
): Chain {
  const { process, definition, seq, head, state } = base;
  return { instance, process, definition, remembered, seq, head, state, steps: [], refusals: [] };
}

export function indexedOf(step: Step, indexedFields: readonly string[]): JsonObject | null {
  if (step.changed === null || indexedFields.length === 0) return null;
  const changed = step.changed;
  const touched = indexedFields.filter((field) => Object.hasOwn(changed, field));
  if (touched.length === 0) return null;
  return Object.fromEntries(touched.map((field) => [field, step.state.context[field] ?? null]));
}

/** After a migration: every field that either definition makes searchable, those that no longer are as null. */
export function indexedAnew(step: Step, before: readonly string[], after: readonly string[]): JsonObject {
  const gone = before.filter((field) => !after.includes(field)).map((field) => [field, null] as const);
  return Object.fromEntries([
    ...gone,
    ...after.map((field) => [field, step.state.context[field] ?? null] as const),
  ]);
}

export function toIdempotency(
  command: Command,
  moved: Moved,
  isCasting: boolean,
): StepToCommit['idempotency'] {
  if (command.idempotency === null || command.caller === null) return null;
  const { caller, idempotency } = command;
  return {
    principal: caller.principal.id,
    key: idempotency.key,
    bodyHash: isCasting ? hashOfCasting(idempotency.bodyHash, caller.proof) : idempotency.bodyHash,
    answer: JSON.stringify(moved),
  };
}
