/** What the engine offers about factors: what people show at a decision, besides having signed in. */
import type { JsonObject } from '../../schemas/json.ts';
import type { CertificateProof, FactorKind, PasskeyProof, SignedParts } from '../oversight/assurance.ts';
import type { Answer, Caller } from './engine-contract.ts';

/** A factor as somebody hands it in. */
export type GivenFactor =
  | { readonly kind: 'otp'; readonly code: string }
  | (SignedParts & PasskeyProof & { readonly kind: 'passkey'; readonly credential: string })
  | (SignedParts & CertificateProof & { readonly kind: 'certificate' });

export interface Factor {
  readonly id: string;
  readonly kind: FactorKind;
  readonly principal: string;
  readonly enrolledAt: string;
  readonly removedAt: string | null;
  /** What anybody may know of it: the credential of a passkey, the fingerprint of a certificate. */
  readonly detail: JsonObject;
}

/** An enrolment that its first code completes. */
export interface BegunOtp {
  readonly id: string;
  /** For an authenticator app; told this once. */
  readonly uri: string;
  /** Base32, for apps that take no picture. */
  readonly secret: string;
}

/** What a passkey or a certificate signs for one decision. */
export interface Challenge {
  /** The statement's text: a certificate's key signs its UTF-8 bytes. */
  readonly statement: string;
  readonly nonce: string;
  readonly expires: string;
  /** SHA-256 of the statement, base64url: a passkey's challenge. */
  readonly challenge: string;
  /** The caller's passkeys. */
  readonly credentials: readonly string[];
  readonly relyingParty: string;
}

export interface FactorDoors {
  /** The caller's own; those of others are for key administrators. */
  listFactors(caller: Caller, principal: string | null): Promise<Answer<readonly Factor[]>>;
  /** `factor`: one that the caller has already, where they have any. */
  beginOtp(caller: Caller, factor: GivenFactor | null): Promise<Answer<BegunOtp>>;
  confirmOtp(caller: Caller, id: string, code: string): Promise<Answer<Factor>>;
  /** Their own, with a factor. */
  removeFactor(caller: Caller, id: string, factor: GivenFactor | null): Promise<Answer<Factor>>;
  /** Somebody else's, as a key administrator. */
  resetFactor(caller: Caller, id: string): Promise<Answer<Factor>>;
}
