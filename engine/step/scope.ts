/** Puts together what expressions may read while one stimulus is decided. */
import type { JsonObject } from '../../schemas/json.ts';
import type { CompiledProcess, MachineEvent, Scope } from '../definition/compiled-process.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import { actorInScope, permits } from '../oversight/permits.ts';
import type { Stimulus } from './stimulus.ts';
import type { HeldProposal, Initiator, StoredState } from './stored-state.ts';

/** What the scope needs of the state: at a start there is no stored one yet. */
export type ScopeState = Pick<StoredState, 'context' | 'initiator' | 'proposals'>;

const nothing: JsonObject = {};

/** `event` is the data that came with the stimulus; `gate` is set only on a gate's outcome. */
export function scopeOf(state: ScopeState, stimulus: Stimulus, event = nothing, gate = nothing): Scope {
  return {
    context: state.context,
    event,
    initiator: initiatorInScope(state.initiator),
    actor: actorInScope(stimulus.actor),
    now: stimulus.time,
    gate,
    proposal: approvedPayloads(state.proposals),
  };
}

/** The scope in which the reviewers of an open gate are found, for whoever needs the roster. */
export function rosterScope(state: StoredState, actor: ActorSnapshot, now: string): Scope {
  return {
    context: state.context,
    event: nothing,
    initiator: initiatorInScope(state.initiator),
    actor: actorInScope(actor),
    now,
    gate: nothing,
    proposal: approvedPayloads(state.proposals),
  };
}

export function initiatorOf({ principal, person, unit }: ActorSnapshot): Initiator {
  return { principal, person, unit };
}

/** The event for the machine. Its `permits` decides for the principal behind the stimulus alone. */
export function machineEvent(
  type: string,
  scope: Scope,
  process: CompiledProcess,
  stimulus: Stimulus,
): MachineEvent {
  return { type, scope, permits: (allow, within) => permits(allow, stimulus.actor, within, process) };
}

function initiatorInScope({ principal, person, unit }: Initiator): JsonObject {
  return { person, principal, unit };
}

/** A live proposal is inert (P2): no expression can read it before its gate approved it. */
function approvedPayloads(proposals: { readonly [decision: string]: HeldProposal }): JsonObject {
  const payloads: { [decision: string]: JsonObject } = {};
  for (const [decision, { status, payload }] of Object.entries(proposals)) {
    if (status === 'approved') payloads[decision] = payload;
  }
  return payloads;
}
