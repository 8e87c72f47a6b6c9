/** Scenarios ready to be played: names are resolved, parts are written out, and every place is known. */
import type { JsonObject } from '../../schemas/json.ts';
import type { Expectation } from '../../schemas/scenario.ts';
import type { CompiledProcess, Position } from '../definition/compiled-process.ts';
import type { Directory, Principal } from '../oversight/directory.ts';
import type { Verdict } from '../step/stimulus.ts';

/** One file of scenarios with the process and the people it is about. */
export interface ScenarioSuite {
  /** The file of the scenarios, as findings and failures name it. */
  readonly file: string;
  readonly process: CompiledProcess;
  readonly directory: Directory;
  /** Principals by their short names in the file. */
  readonly cast: ReadonlyMap<string, Principal>;
  readonly scenarios: readonly Scenario[];
}

export interface Scenario {
  readonly title: string;
  readonly position: Position;
  /** ISO 8601, UTC, milliseconds. */
  readonly startsAt: string;
  readonly steps: readonly ScenarioStep[];
}

export interface ScenarioStep {
  readonly act: Act;
  /** Who does it, one after the other; nobody moves the clock. */
  readonly by: readonly Principal[];
  /** Where the act is written. */
  readonly position: Position;
  readonly refused: ExpectedReason | null;
  readonly then: Expectation | null;
  /** Where a member of the step is written: `['then', 'context', 'summary']`. */
  readonly placeOf: (path: readonly string[]) => Position;
}

export type Act =
  | { readonly kind: 'start'; readonly data: JsonObject }
  | { readonly kind: 'event'; readonly type: string; readonly data: JsonObject }
  | {
      readonly kind: 'decision';
      readonly gate: string;
      readonly verdict: Verdict;
      /** Of several proposals: the agent whose proposal is approved. */
      readonly choice?: Principal;
      readonly reason: string | null;
    }
  | { readonly kind: 'count'; readonly gate: string }
  | { readonly kind: 'view'; readonly gate: string; readonly text: string }
  | {
      readonly kind: 'proposal';
      /** The state that asked; null for the one that asks now. */
      readonly at: string | null;
      readonly payload: JsonObject;
      readonly operator: string | null;
    }
  | { readonly kind: 'advance'; readonly durationMs: number };

/** The refusal that is expected. */
export interface ExpectedReason {
  readonly code: string;
  readonly says: string | null;
  readonly reason: string | null;
}
