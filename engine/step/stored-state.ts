/**
 * What the ledger stores of an instance, as canonical JSON. Replaying the record through the
 * pinned definition gives exactly these bytes (P7), so nothing here may depend on anything
 * but the definition and the stimuli.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { RecordedVerdict } from './stimulus.ts';

export interface StoredState {
  readonly status: 'active' | 'done';
  /** XState's state value. */
  readonly value: Json;
  readonly context: JsonObject;
  /** History state id -> ids of the states it would restore. */
  readonly history: { readonly [historyState: string]: readonly string[] };
  readonly output: Json;
  readonly initiator: Initiator;
  /** Person ids who answer for this instance (Article 27.2b), resolved at start. */
  readonly responsible: readonly string[];
  /** Open gates by state id. */
  readonly gates: { readonly [state: string]: OpenGate };
  /** Requests for a proposal that no agent has answered yet, by state id. */
  readonly requests: { readonly [state: string]: ProposalRequest };
  /** The latest proposal of each kind of decision. */
  readonly proposals: { readonly [decision: string]: HeldProposal };
  /**
   * Proposals of one kind among which people have yet to choose, by digest: at least two, and no proposal of the
   * kind beside them. Left out while there are none.
   */
  readonly candidates?: { readonly [decision: string]: readonly HeldProposal[] };
  /** Person ids by gate: who ever gave a decision there, also one that is void by now. Left out while there are none. */
  readonly acted?: { readonly [gate: string]: readonly string[] };
  /** Person ids by field: whose start or event changed it. Kept where a gate of the process asks who drafted. */
  readonly drafters?: { readonly [field: string]: readonly string[] };
  /** Timers by XState event type (xstate.after.…) or `timeout:STATE`. */
  readonly timers: { readonly [timer: string]: Timer };
}

export interface Initiator {
  readonly principal: string;
  readonly person: string;
  readonly unit: string | null;
}

export interface OpenGate {
  /** The seq of the entry that opened it: a gate entered again is another gate. */
  readonly opened: number;
  /** The time of that entry, ISO 8601. */
  readonly openedAt: string;
  /** Digest of what is decided: the bound proposal, or else the context. */
  readonly subject: string;
  readonly decisions: readonly GateDecision[];
  /** Seq of the entry that last changed what is decided; left out while it is what it was at the opening. */
  readonly edited?: number;
  /** When its reviewers are late, ISO 8601; left out where the file gives them no time. */
  readonly dueAt?: string;
  /** Once they are. */
  readonly overdue?: Overdue;
  /** What reviewers thought before the proposal was shown to them; left out while nobody said anything. */
  readonly views?: readonly IndependentView[];
  /** The reviewer who holds it, until then. */
  readonly claim?: Claim;
  /** What others were asked for; it binds nobody. */
  readonly opinions?: readonly Opinion[];
}

export interface Claim {
  readonly person: string;
  /** ISO 8601. */
  readonly until: string;
}

export interface Opinion {
  readonly askedBy: string;
  readonly person: string;
  readonly question: string;
  readonly askedAt: string;
  /** Null until it is given. */
  readonly opinion: string | null;
  readonly givenAt: string | null;
}

export interface Overdue {
  readonly since: string;
  /** Person ids of who was told of it besides the reviewers. They gained no vote by it. */
  readonly escalatedTo: readonly string[];
  /** How often the reviewers were reminded since, and when somebody was told last. */
  readonly reminders: number;
  readonly toldAt: string;
}

export interface IndependentView {
  readonly principal: string;
  readonly person: string;
  readonly text: string;
  readonly seq: number;
  readonly time: string;
}

export interface GateDecision {
  readonly principal: string;
  readonly person: string;
  /** The natural person in whose seat they decided; left out: their own. */
  readonly onBehalfOf?: string;
  readonly verdict: RecordedVerdict;
  /** Digest of the one that was approved, where several proposals were decided on. */
  readonly choice?: string;
  readonly reason: string | null;
  /** Digest that binds everything the reviewer decided on (design section 5). */
  readonly digest: string;
  /** Seq of the entry with the view that this person gave first, where the gate asks for one. */
  readonly view?: number;
  readonly seq: number;
  readonly time: string;
}

export interface ProposalRequest {
  readonly opened: number;
  readonly decision: string;
  readonly input: JsonObject;
  /** How many agents may answer; left out where it is one. */
  readonly places?: number;
  /** What came so far, in its order; left out while nothing has. */
  readonly candidates?: readonly HeldProposal[];
}

/** A proposal, inert until its gate approved this very digest. */
export interface HeldProposal {
  readonly digest: string;
  readonly payload: JsonObject;
  readonly proposer: string;
  /** The person or unit operating the agent, as it declared. */
  readonly operator: string | null;
  readonly provenance: JsonObject;
  readonly seq: number;
  /** live: may not reach an effect. approved: cleared by the gate. */
  readonly status: 'live' | 'approved';
  /** The acts of Article 4.7 recorded on this digest so far, in order. */
  readonly acts: readonly ('consider' | 'appraise' | 'approve')[];
  /** Of several proposals for one request: those that were not chosen. None of them ever has an effect. */
  readonly passedOver?: readonly PassedOver[];
  /** Hash of the definition that its digest binds, once the instance was migrated to another one. */
  readonly definition?: string;
}

export interface PassedOver {
  readonly digest: string;
  readonly proposer: string;
  readonly operator: string | null;
}

export interface Timer {
  readonly set: number;
  readonly dueAt: string;
}
