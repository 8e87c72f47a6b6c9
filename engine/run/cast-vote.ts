/**
 * What somebody decides at a gate, as the step is to have it: as it was given where the ballot is open, and sealed
 * where it is secret. The vote itself then goes into the ballot box, past the step and the record.
 */
import { randomBytes } from 'node:crypto';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { Proposed } from '../oversight/candidates.ts';
import type { ActorSnapshot } from '../oversight/directory.ts';
import type { Given } from '../step/refuse-verdict.ts';
import {
  anyEnvelope,
  type Envelope,
  isSecretVote,
  refuseSecretVote,
  sealBallot,
} from '../step/seal-ballot.ts';
import type { Refusal } from '../step/step.ts';
import type { StimulusBody, Verdict } from '../step/stimulus.ts';
import type { Casting } from './command.ts';
import { refuse } from './refuse.ts';

type DecisionBody = Extract<StimulusBody, { kind: 'decision' }>;

/** A decision with the verdict as it was given. */
export type OpenDecision = Omit<DecisionBody, 'verdict' | 'ballot'> & { readonly verdict: Verdict };

const markedOpenly = refuse(
  'bad-input',
  'Only a vote in a secret ballot has a mark: here everybody reads how you decide.',
  'Leave the mark out.',
);

export function castVote(
  process: CompiledProcess,
  state: Proposed,
  decision: OpenDecision,
  { onBehalfOf }: Pick<ActorSnapshot, 'onBehalfOf'>,
  mark: string | null,
): DecisionBody | Casting {
  const { choice, ...rest } = decision;
  const { gate, opened, subject, verdict, reason } = decision;
  if (verdict === 'recuse' || !isSecretVote(process.gates.get(gate)?.gate, verdict)) {
    return mark === null ? decision : { kind: 'casting', body: decision, cast: null, unsealed: markedOpenly };
  }
  const drawn = { number: randomBytes(16).toString('hex'), salt: randomBytes(32).toString('hex') };
  const given = {
    verdict,
    ...(choice === undefined ? {} : { choice }),
    ...(mark === null ? {} : { mark }),
    reason,
  };
  const sealed = sealBallot(process, state, gate, given, onBehalfOf, drawn);
  // Whoever may not vote here at all is told that, and not what is wrong with their vote.
  if (sealed.kind === 'refusal')
    return { kind: 'casting', body: { ...rest, ...anyEnvelope }, cast: null, unsealed: sealed };
  const { envelope, ballot } = sealed;
  return {
    kind: 'casting',
    body: { ...rest, ...envelope },
    cast: { kind: 'ballot-cast', gate, opened, subject, ballot },
    unsealed: null,
  };
}

/** What of a decision is said in the open, for whoever tries it or has it signed before it is cast. */
export function openPartOf(
  process: CompiledProcess,
  state: Proposed,
  gate: string,
  given: Given,
  { onBehalfOf }: Pick<ActorSnapshot, 'onBehalfOf'>,
): { readonly envelope: Envelope; readonly unsealed: Refusal | null } {
  if (!isSecretVote(process.gates.get(gate)?.gate, given.verdict)) return { envelope: given, unsealed: null };
  return { envelope: anyEnvelope, unsealed: refuseSecretVote(process, state, gate, given, onBehalfOf) };
}

/**
 * What is kept of the request that cast a secret vote, for when it comes again. Of its own hash, which is of a few
 * possible votes, anybody could find the right one; what shows that the voter was there is stored nowhere.
 */
export function hashOfCasting(bodyHash: string, proof: string | null): string {
  return sha256Hex(canonicalJson(['casting', bodyHash, proof]));
}
