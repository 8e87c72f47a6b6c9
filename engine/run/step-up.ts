/** What the house goes by where people show passkeys and certificates: its own address, and whose certificates it trusts. */
import { readFile } from 'node:fs/promises';

export interface StepUp {
  /** As a browser names it: https://countersign.example. */
  readonly origin: string;
  /** Asked anew whenever a certificate is shown: lists of what was revoked come every day. */
  readonly certificates: () => Promise<TrustedCertificates>;
}

/** PEM. */
export interface TrustedCertificates {
  /** Certificates that chains must lead to; empty where none are taken. */
  readonly roots: string;
  /** What each issuer below them revoked. */
  readonly revoked: string;
}

export interface StepUpSettings {
  readonly origin: string;
  /** Files; null for none. */
  readonly rootsFile: string | null;
  readonly revokedFile: string | null;
}

export const localStepUp: StepUp = {
  origin: 'http://localhost:2727',
  certificates: async () => ({ roots: '', revoked: '' }),
};

export function toStepUp({ origin, rootsFile, revokedFile }: StepUpSettings): StepUp {
  const read = async (file: string | null) => (file === null ? '' : readFile(file, 'utf8'));
  return {
    origin,
    certificates: async () => ({ roots: await read(rootsFile), revoked: await read(revokedFile) }),
  };
}

/** The relying party of WebAuthn: the host alone, without scheme and port. */
export function relyingPartyOf({ origin }: StepUp): string {
  return new URL(origin).hostname;
}
