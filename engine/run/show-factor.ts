/**
 * Takes a factor that somebody hands in, for one purpose: asks the database about a code, checks a signature, and
 * has either spent. What comes back is what the record keeps. It knows neither gates nor enrolment.
 */

import { sha256Hex } from '../evidence/sha256.ts';
import type { StoredFactor } from '../ledger/factors.ts';
import type { FactorKind, ShownFactor, SignedParts } from '../oversight/assurance.ts';
import { signCounterOf } from '../oversight/assurance.ts';
import type { Refusal } from '../step/step.ts';
import {
  type CertificateDetail,
  certificateProblem,
  fingerprintOf,
  readChain,
} from './check-certificate-signature.ts';
import { type PasskeyDetail, passkeyProblem } from './check-passkey.ts';
import type { BatchWorld } from './command-batch.ts';
import type { GivenFactor } from './factor-contract.ts';
import { refuse } from './refuse.ts';
import { localStepUp } from './step-up.ts';
import { trustCertificate } from './trust-certificate.ts';
import { assertionProblem } from './webauthn.ts';

/** What it is shown for, in both of its spellings. */
export interface ShownPurpose {
  readonly principal: string;
  readonly purpose: string;
  readonly statement: (parts: SignedParts) => string;
}

/** How long a statement may be handed in at most. */
export const statementLastsMs = 300_000;

export async function showFactor(
  world: BatchWorld,
  shown: ShownPurpose,
  given: GivenFactor,
): Promise<ShownFactor | Refusal> {
  if (given.kind === 'otp') return showCode(world, shown, given.code);
  const late = refuseLate(given, world.clock.now());
  if (late !== null) return late;
  const statement = shown.statement(given);
  const held = (await world.ledger.listFactors(shown.principal)).filter(
    ({ kind, removedAt }) => kind === given.kind && removedAt === null,
  );
  const found = await (given.kind === 'passkey'
    ? findPasskey(world, held, statement, given)
    : findCertificate(world, held, statement, given));
  if (found === null) return refuseNone(given.kind);
  if (found.why !== null) return refuseSignature(found.why);
  const counter = found.factor.kind === 'passkey' ? signCounterOf(found.factor) : null;
  const outcome = await world.ledger.showSignature(
    shown.principal,
    shown.purpose,
    found.factor.id,
    sha256Hex(statement),
    counter,
  );
  if (outcome === 'shown') return found.factor;
  if (outcome === 'copied') return refuseSignature('its counter is behind, as that of a copy would be');
  return outcome === 'none' ? refuseNone(given.kind) : refuseCode('used');
}

async function showCode(
  { ledger }: BatchWorld,
  { principal, purpose }: ShownPurpose,
  code: string,
): Promise<ShownFactor | Refusal> {
  const shown = await ledger.showCode(principal, purpose, code);
  if (shown.outcome === 'shown') return { kind: 'otp', id: shown.factor, step: shown.step };
  return shown.outcome === 'none' ? refuseNone('otp') : refuseCode(shown.outcome);
}

interface Found {
  readonly factor: ShownFactor;
  /** Why it is not right, to go on after "because"; null when it is. */
  readonly why: string | null;
}

async function findPasskey(
  { stepUp = localStepUp }: BatchWorld,
  held: readonly StoredFactor[],
  statement: string,
  { credential, kind, ...proof }: GivenFactor & { readonly kind: 'passkey' },
): Promise<Found | null> {
  for (const { id, detail: text } of held) {
    const detail = JSON.parse(text) as PasskeyDetail;
    if (detail.credential !== credential) continue;
    const why =
      (await assertionProblem(stepUp, detail, statement, proof)) ?? passkeyProblem(detail, statement, proof);
    const { clientDataJSON, authenticatorData, signature, nonce, expires } = proof;
    return { factor: { kind, id, clientDataJSON, authenticatorData, signature, nonce, expires }, why };
  }
  return null;
}

async function findCertificate(
  { stepUp = localStepUp, clock }: BatchWorld,
  held: readonly StoredFactor[],
  statement: string,
  { kind, chain, signature, nonce, expires }: GivenFactor & { readonly kind: 'certificate' },
): Promise<Found | null> {
  const [signer] = readChain(chain) ?? [];
  for (const { id, detail: text } of held) {
    const detail = JSON.parse(text) as CertificateDetail;
    if (signer === undefined || detail.fingerprint !== fingerprintOf(signer)) continue;
    const time = new Date(clock.now()).toISOString();
    const trusted = await trustCertificate(stepUp, chain, time);
    const why =
      trusted.kind === 'problem'
        ? trusted.why
        : certificateProblem(detail, statement, { chain, signature }, time);
    return { factor: { kind, id, chain, signature, nonce, expires }, why };
  }
  return null;
}

/** A statement is signed for now: neither one of long ago nor one for later. */
export function refuseLate({ expires }: SignedParts, nowMs: number): Refusal | null {
  const left = Date.parse(expires) - nowMs;
  if (left >= 0 && left <= statementLastsMs) return null;
  return refuse(
    'factor-refused',
    'What was signed is not for now: its time is over, or too far ahead.',
    'Ask for a new challenge, and sign that within five minutes.',
  );
}

export const refuseSignature = (why: string) =>
  refuse(
    'factor-refused',
    `The signature does not count, because ${why}.`,
    'Ask for a new challenge, and sign its statement as it is with the factor you enrolled.',
  );

export function refuseCode(outcome: 'wrong' | 'used' | 'limited'): Refusal {
  if (outcome === 'limited') {
    return refuse(
      'too-many-attempts',
      'Too many wrong codes came for you in the last quarter of an hour.',
      'Wait a quarter of an hour. If it was not you who tried, tell a key administrator.',
    );
  }
  if (outcome === 'used') {
    return refuse(
      'factor-refused',
      'This has been used already; each code and each signature counts once.',
      'Wait for the next code, at most thirty seconds, or sign anew.',
    );
  }
  return refuse(
    'factor-refused',
    'The one-time code is wrong.',
    'Enter the code that your app shows now, and see that the clock of its device is right.',
  );
}

export function refuseNone(kind: FactorKind): Refusal {
  return refuse(
    'factor-refused',
    `You have enrolled nothing of the kind ${kind} that this could be.`,
    'See what you have under /v1/me/factors, and enrol it there first.',
  );
}
