/** An instance and its record as those who may read them are shown them. */
import type { Entry } from '../../schemas/entry.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Meaning, Title } from '../../schemas/process-definition.ts';
import type { GateOutcome } from '../definition/compiled-process.ts';
import type { AiLabel, FieldFromAi, ShownProposal } from './label-ai.ts';

/** What moving an instance answers with. */
export interface Moved {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly states: readonly string[];
  readonly output: Json;
  readonly entry: string;
  /** For a decision: what it came to, or null while the quorum is still open. */
  readonly outcome: GateOutcome | null;
  /** For a secret vote, and this once: its number at the count. It is stored nowhere beside the voter's name. */
  readonly ballot?: string;
}

export interface InstanceView {
  readonly instance: string;
  readonly process: string;
  readonly definition: string;
  readonly title: Title;
  readonly seq: number;
  readonly status: 'active' | 'done';
  readonly states: readonly { readonly state: string; readonly title: Title | null }[];
  readonly context: JsonObject;
  readonly output: Json;
  readonly initiator: string;
  readonly responsible: readonly string[];
  readonly proposals: { readonly [decision: string]: ShownProposal };
  /** Proposals of one kind among which people have yet to choose, in an order that is every reader's own. */
  readonly alternatives: { readonly [decision: string]: readonly ShownProposal[] };
  /** What of the context, or `output`, an AI made. */
  readonly fromAi: readonly FieldFromAi[];
  /** Kinds of decision whose proposals this reader is not shown before they gave a view of their own. */
  readonly withheld: readonly string[];
  readonly timers: readonly { readonly timer: string; readonly dueAt: string }[];
  /** What this caller may do now, and why not where it may not. */
  readonly events: readonly {
    readonly event: string;
    readonly title: Title | null;
    readonly allowed: boolean;
    readonly why: string;
  }[];
  readonly gates: readonly {
    readonly state: string;
    readonly meaning: Meaning;
    readonly allowed: boolean;
    readonly why: string;
  }[];
  readonly startedAt: string;
  readonly updatedAt: string;
}

/** One act on the ledger itself, as it is hashed. */
export interface RecordedAct {
  readonly act: JsonObject;
  readonly hash: string;
}

export interface RecordEntry {
  readonly entry: Entry;
  readonly hash: string;
  /** What the commitment `data` binds; null when it was destroyed, or is withheld. */
  readonly data: Json;
  /** Of an entry with a proposal: that an AI made it, and which. */
  readonly ai: AiLabel | null;
  /** Whether the reader owes a view of their own before they are shown it. */
  readonly withheld: boolean;
}

export interface SearchQuery {
  readonly process?: string;
  readonly status?: 'active' | 'done';
  readonly state?: string;
  readonly fields?: { readonly [field: string]: string };
  readonly cursor?: string;
  readonly limit?: number;
}
