/**
 * What a person shows a factor for, as text. A *purpose* names one decision and stands in the database, where the
 * last door compares it with the entry. A *statement* says more, is what passkeys and certificates sign, and can be
 * written again from the record, years later. Both are canonical JSON, so that anybody writes the same bytes.
 */
import { canonicalJson } from '../evidence/canonical-json.ts';
import { sha256Hex } from '../evidence/sha256.ts';
import type { ShownFactor, SignedParts } from './assurance.ts';

export interface DecisionShownFor {
  readonly instance: string;
  readonly definition: string;
  readonly gate: string;
  readonly opened: number;
  readonly subject: string;
  readonly verdict: string;
  /** Digest of the proposal that is approved, where the decision names it. */
  readonly choice?: string;
}

export interface FactorChange {
  readonly change: 'enrol' | 'remove';
  /** The id of the factor that is enrolled or removed. */
  readonly factor: string;
}

export function decisionPurpose(decision: DecisionShownFor): string {
  const { instance, definition, gate, opened, subject, verdict, choice } = decision;
  const named = choice === undefined ? {} : { choice };
  return canonicalJson({ of: 'decision', instance, definition, gate, opened, subject, verdict, ...named });
}

/** The reason goes in as its digest. The nonce keeps a short one from being guessed out of the statement's hash. */
export function decisionStatement(
  decision: DecisionShownFor & { readonly reason: string | null; readonly principal: string },
  { nonce, expires }: SignedParts,
): string {
  const { instance, definition, gate, opened, subject, verdict, choice, reason, principal } = decision;
  return canonicalJson({
    format: 1,
    of: 'countersign.decision',
    instance,
    definition,
    gate,
    opened,
    subject,
    verdict,
    ...(choice === undefined ? {} : { choice }),
    reason: reason === null ? null : sha256Hex(reason),
    principal,
    nonce,
    expires,
  });
}

export function factorPurpose({ change, factor }: FactorChange): string {
  return canonicalJson({ of: 'factors', change, factor });
}

export function factorStatement(
  { change, factor, principal }: FactorChange & { readonly principal: string },
  { nonce, expires }: SignedParts,
): string {
  return canonicalJson({
    format: 1,
    of: 'countersign.factors',
    change,
    factor,
    principal,
    nonce,
    expires,
  });
}

/** What of the factor is spent: a code's time step, or the signed statement by its hash. */
export function spentOnce(factor: ShownFactor, statement: (parts: SignedParts) => string): string {
  return factor.kind === 'otp' ? String(factor.step) : sha256Hex(statement(factor));
}
