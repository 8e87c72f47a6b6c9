/** Requests for proposals as the agents that may answer them are told of them. */
import type { JsonObject } from '../../schemas/json.ts';
import type { CallbackTry } from '../ledger/callbacks.ts';
import type { RequestName } from '../ledger/ledger.ts';

/** A request for a proposal, as an agent that may answer it is told of it. */
interface ToldRequest extends RequestName {
  /** One text that names it, for addresses. */
  readonly request: string;
  readonly process: string;
  readonly decision: string;
  readonly input: JsonObject;
  readonly instructions: string | null;
  /** JSON Schema of the payload. */
  readonly output: JsonObject;
}

export interface OpenProposalRequest extends ToldRequest {
  readonly requestedAt: string;
  /** Null while nobody holds it. */
  readonly leaseUntil: string | null;
  readonly leasedToYou: boolean;
}

/** Held for this agent until then. A claim has no authority: it only keeps others from doing the same work. */
export interface ClaimedProposal extends ToldRequest {
  readonly claim: string;
  readonly leaseUntil: string;
}

/** What notices to an agent are signed with, as it is told once, when it is made. */
export interface MadeCallbackSecret {
  readonly agent: string;
  /** Where it is called, by the directory; null where that says nothing. */
  readonly callback: string | null;
  readonly secret: string;
}

/** A notice to an agent, and what came of it so far. */
export interface CallbackView extends Omit<CallbackTry, 'opened' | 'state'> {
  readonly request: string;
}
