/**
 * A vote in a secret ballot, taken apart before it is a step: the record gets that somebody voted, and a commitment
 * that nobody can try out; the ballot box gets how, without who. What only chance can give is handed in.
 */
import type { Gate } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { canonicalJson, NotCanonical } from '../evidence/canonical-json.ts';
import { commitmentOf } from '../evidence/sha256.ts';
import { candidatesFor, type Proposed } from '../oversight/candidates.ts';
import { refuseChoice } from './choose-proposal.ts';
import { lengthOf, mostRemarks } from './gate-remarks.ts';
import { refuseInput } from './refuse.ts';
import { type Given, outcomeFor, refuseVerdict } from './refuse-verdict.ts';
import type { Refusal } from './step.ts';
import type { Ballot, RecordedVerdict } from './stimulus.ts';

/** What goes into the ballot box. */
export interface SealedBallot {
  readonly number: string;
  /** SHA-256 of the salt's bytes and then of the text. */
  readonly commitment: string;
  /** 32 bytes, hexadecimal. */
  readonly salt: string;
  /** The ballot as canonical JSON. */
  readonly text: string;
}

/** For the commit to put it in the box. No step gives this, for no step is told what is in a ballot. */
export interface BallotCast {
  readonly kind: 'ballot-cast';
  readonly gate: string;
  readonly opened: number;
  readonly subject: string;
  readonly ballot: SealedBallot;
}

/** What a decision says in the open. */
export interface Envelope {
  readonly verdict: RecordedVerdict;
  readonly choice?: string;
  readonly reason: string | null;
  readonly ballot?: string;
}

export interface Sealed {
  readonly kind: 'sealed';
  readonly envelope: Envelope;
  readonly ballot: SealedBallot;
}

/** 16 and 32 random bytes, hexadecimal. */
export interface Drawn {
  readonly number: string;
  readonly salt: string;
}

/** Stepping back is no vote: it says who does not vote, and goes in the open. */
export function isSecretVote(gate: Pick<Gate, 'ballot'> | undefined, verdict: RecordedVerdict): boolean {
  return gate?.ballot === 'secret' && verdict !== 'recuse';
}

/** `onBehalfOf` is set for whoever votes in another's seat. */
export function sealBallot(
  process: CompiledProcess,
  state: Proposed,
  gate: string,
  given: Given & { readonly verdict: Ballot['verdict']; readonly mark?: string },
  onBehalfOf: string | undefined,
  { number, salt }: Drawn,
): Sealed | Refusal {
  const refusal = refuseSecretVote(process, state, gate, given, onBehalfOf);
  if (refusal !== null) return refusal;
  const { verdict, reason, mark = null } = given;
  // Where there is one proposal every approval is for it, named or not.
  const isChoice = candidatesFor(state, process.gates.get(gate)?.gate ?? {}).length > 0;
  const choice = isChoice ? (given.choice ?? null) : null;
  try {
    const text = canonicalJson({ choice, mark, number, reason, verdict } satisfies Ballot);
    const commitment = commitmentOf(salt, text);
    return {
      kind: 'sealed',
      envelope: { verdict: 'sealed', reason: null, ballot: commitment },
      ballot: { number, commitment, salt, text },
    };
  } catch (error) {
    if (error instanceof NotCanonical) return refuseInput('The reason', [{ at: '', message: error.message }]);
    throw error;
  }
}

/** Whether what a vote says can be said at this gate: its verdict, its reason, and the proposal that it is for. */
export function refuseSecretVote(
  process: CompiledProcess,
  state: Proposed,
  gate: string,
  given: Given,
  onBehalfOf: string | undefined,
): Refusal | null {
  const compiled = process.gates.get(gate);
  return (
    refuseVerdict(process, gate, given, onBehalfOf) ??
    refuseLength(process, gate, given) ??
    (compiled === undefined ? null : refuseChoice(state, given, compiled))
  );
}

/** At the count it would be too late to say it in fewer words. */
function refuseLength(process: CompiledProcess, gate: string, { verdict, reason }: Given): Refusal | null {
  const outcome = outcomeFor(verdict);
  const most = outcome === null ? Number.POSITIVE_INFINITY : mostRemarks(process, gate, outcome);
  if (reason === null || lengthOf(reason) <= most) return null;
  return refuseInput('The decision', [
    { at: '/reason', message: `must not have more than ${most} characters` },
  ]);
}

/** For trials that change nothing, and for what is signed before the vote is cast: the envelope of any vote. */
export const anyEnvelope: Envelope = { verdict: 'sealed', reason: null, ballot: '0'.repeat(64) };
