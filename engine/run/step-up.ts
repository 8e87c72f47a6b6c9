/** What the house goes by where people show passkeys and certificates: its own address, and whose certificates it trusts. */

export interface StepUp {
  /** As a browser names it: https://countersign.example. */
  readonly origin: string;
  /** PEM: certificates that chains must lead to; null where no certificates are taken. */
  readonly roots: string | null;
  /** PEM: lists of revoked certificates. */
  readonly revoked: string | null;
}

export const localStepUp: StepUp = { origin: 'http://localhost:2727', roots: null, revoked: null };

/** The relying party of WebAuthn: the host alone, without scheme and port. */
export function relyingPartyOf({ origin }: StepUp): string {
  return new URL(origin).hostname;
}
