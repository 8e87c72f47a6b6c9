/**
 * A checked definition, ready to run: what `compileProcess` gives and the step reads.
 * Nothing in it is ever written again; keep one per definition hash.
 */
import type { AnyStateMachine } from 'xstate';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type {
  Allow,
  Decision,
  Gate,
  ProcessDefinition,
  Propose,
  Title,
} from '../../schemas/process-definition.ts';

/** 1-based line and column in the YAML file. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What expressions may read. Every member is plain JSON; `now` is an ISO 8601 instant. */
export interface Scope {
  readonly context: JsonObject;
  readonly event: JsonObject;
  readonly initiator: JsonObject;
  readonly actor: JsonObject;
  readonly now: string;
  /** Only on a gate's outcome: outcome, remarks ('' for none), approvals (how many). */
  readonly gate: JsonObject;
  /** The proposals by kind of decision: each its payload. */
  readonly proposal: JsonObject;
  /** What work gave, or why it failed; only where it is done or has failed. */
  readonly task?: JsonObject;
  /** The process's documents by name; one that was not begun is not there. */
  readonly documents?: JsonObject;
  /** The item that one child of several is started for. */
  readonly item?: Json;
}

/** An expression of the file, checked. `evaluate` throws `ExpressionError`; it never gives undefined. */
export interface CompiledExpression {
  readonly source: string;
  readonly position: Position;
  evaluate(scope: Scope): Json;
}

/** Why an expression could not be evaluated, with its place in the file. */
export class ExpressionError extends Error {
  readonly expression: CompiledExpression;
  constructor(expression: CompiledExpression, cause: unknown) {
    super(
      `line ${expression.position.line}: ${expression.source}: ${cause instanceof Error ? cause.message : cause}`,
      {
        cause,
      },
    );
    this.name = 'ExpressionError';
    this.expression = expression;
  }
}

/** Checks a JSON value against an embedded schema; an empty list means it fits. */
export type CheckJson = (value: Json) => readonly SchemaIssue[];
export interface SchemaIssue {
  /** JSON Pointer into the value. */
  readonly at: string;
  readonly message: string;
}

export type TransitionCause =
  | { readonly kind: 'start' }
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'always' }
  | { readonly kind: 'after'; readonly delay: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'error' }
  | { readonly kind: 'outcome'; readonly outcome: GateOutcome }
  /** Nobody decided at the gate in time. */
  | { readonly kind: 'overdue' }
  /** A message that the file declares has come from another process. */
  | { readonly kind: 'message'; readonly message: string }
  /** An operator leaves the state, or sets the process to another one; `to` is the target as the file names it. */
  | { readonly kind: 'skip' }
  | { readonly kind: 'repair'; readonly to: string };

/** The expression for the reasons that reviewers gave for an outcome. */
export const gateRemarks = 'gate.remarks';

export type GateOutcome = 'approved' | 'rejected' | 'returned';

/** One candidate transition of the file. Its id is `STATE:CAUSE:INDEX` and is stable within the file. */
export interface CompiledTransition {
  readonly id: string;
  /** State id (path of names joined by dots; '' for the root). */
  readonly source: string;
  readonly cause: TransitionCause;
  /** State ids; empty when the transition stays where it is. */
  readonly targets: readonly string[];
  readonly forbidden: boolean;
  readonly allow?: Allow;
  readonly input?: CheckJson;
  readonly guard?: CompiledExpression;
  readonly assign: ReadonlyMap<string, CompiledExpression>;
  /** Messages it sends and actions on documents, in order. */
  readonly effects?: readonly CompiledEffect[];
  readonly title?: Title;
  readonly legalBasis: readonly string[];
  readonly position: Position;
}

/** A state of the file, for whoever shows or explains it. */
export interface CompiledState {
  readonly id: string;
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Null for the root. */
  readonly parent: string | null;
  /** Name of the child in which a compound state begins. */
  readonly initial?: string;
  /** Of a history state that names one: the state it leads to when there is no history. */
  readonly historyDefault?: string;
  readonly title?: Title;
  readonly legalBasis: readonly string[];
  readonly position: Position;
}

export interface CompiledGate {
  readonly state: string;
  readonly gate: Gate;
  readonly position: Position;
}

export interface CompiledPropose {
  readonly state: string;
  readonly propose: Propose;
  readonly input: ReadonlyMap<string, CompiledExpression>;
  readonly output: CheckJson;
  readonly timeoutMs: number | null;
  readonly position: Position;
}

/** What a state waits for, or what undoes it. */
export interface CompiledWork {
  readonly state: string;
  readonly kind: 'task' | 'process' | 'compensate';
  /** The task's or the process's; `all` for a compensation. */
  readonly name: string;
  readonly input: ReadonlyMap<string, CompiledExpression>;
  readonly timeoutMs: number | null;
  readonly position: Position;
}

/** A message to send, or an action on a document. */
export interface CompiledEffect {
  /** `send`, or the action's name. */
  readonly name: string;
  /** The message, or the document; null for the only document there is. */
  readonly of: string | null;
  readonly values: ReadonlyMap<string, CompiledExpression>;
  readonly position: Position;
}

export interface CompiledProcess {
  /** SHA-256 of the YAML source bytes, lower-case hexadecimal. The definition's identity. */
  readonly hash: string;
  readonly definition: ProcessDefinition;
  /**
   * The XState machine. Its guards and actions read the scope from the event: see `MachineEvent`.
   * Each transition carries a marker action `countersign.taken` with `params.id`, first in its list, and each
   * state with a gate, propose or invoke an entry and an exit marker (`countersign.entered`, `countersign.left`,
   * `params.state`), so that the step knows what was taken even where the snapshot did not change. Each
   * message to send and each action on a document is a `countersign.reaches` with its name and what it is of.
   */
  readonly machine: AnyStateMachine;
  readonly transitions: ReadonlyMap<string, CompiledTransition>;
  /** Every state by id, in the file's order, the root ('') first. */
  readonly states?: ReadonlyMap<string, CompiledState>;
  /** Candidates by state id and XState event type, in the file's order: what a refusal reports. */
  readonly candidates: ReadonlyMap<string, ReadonlyMap<string, readonly CompiledTransition[]>>;
  readonly gates: ReadonlyMap<string, CompiledGate>;
  readonly proposes: ReadonlyMap<string, CompiledPropose>;
  /** By the state that waits. */
  readonly invokes?: ReadonlyMap<string, CompiledWork>;
  /** By the state that is undone. */
  readonly compensations?: ReadonlyMap<string, CompiledWork>;
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Context field -> the decision that alone may write it. */
  readonly decisionFields: ReadonlyMap<string, string>;
  readonly indexedFields: readonly string[];
  readonly checkContext: CheckJson;
  readonly checkStart: CheckJson;
  readonly subject?: CompiledExpression;
  /** Selector `unit` and `expression` members that are CEL, by their source text. */
  readonly selectorExpressions: ReadonlyMap<string, CompiledExpression>;
  /** Event types that some state takes from outside, sorted. */
  readonly events: readonly string[];
}

/** A definition that may be shown and explained but never run: there is no machine in it. */
export type UnprovenProcess = Omit<CompiledProcess, 'machine'>;

/**
 * The event handed to the machine; to start, hand it over as the machine's input, with the start's data as
 * `scope.context`. `type` is the file's own event name, or one of:
 * `countersign.outcome.STATE.OUTCOME`, `countersign.overdue.STATE`, `countersign.proposed.STATE`,
 * `countersign.completed.STATE`, `countersign.failed.STATE`, `countersign.message.MESSAGE`,
 * `countersign.skipped.STATE`, `countersign.repaired.STATE.TARGET`,
 * and XState's own `xstate.after.DELAY.STATE`, which only the step builds. None of these may come from outside.
 */
export interface MachineEvent {
  readonly type: string;
  readonly scope: Scope;
  /** Decides `allow` for the acting principal; the step provides it. */
  readonly permits: (allow: Allow | undefined, scope: Scope) => boolean;
}
