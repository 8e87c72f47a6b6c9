/** What the engine offers about factors: what people show at a decision, besides having signed in. */
import type { JsonObject } from '../../schemas/json.ts';
import type { CertificateProof, FactorKind, PasskeyProof, SignedParts } from '../oversight/assurance.ts';
import type { Verdict } from '../step/stimulus.ts';
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

/** The same for a change of the caller's factors; what is enrolled gets this id. */
export interface FactorChallenge extends Challenge {
  readonly factor: string;
}

export interface WantedChallenge {
  readonly instance: string;
  readonly state: string;
  readonly opened: number;
  readonly subject: string;
  readonly verdict: Verdict;
  readonly choice?: string | null;
  readonly reason: string | null;
}

/** A new passkey, by the challenge of its enrolment. */
export interface NewPasskey extends SignedParts {
  /** As the challenge has it. */
  readonly id: string;
  readonly credential: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

/** A certificate, whose key signed the statement of its enrolment. */
export interface NewCertificate extends SignedParts, CertificateProof {
  readonly id: string;
}

export interface FactorDoors {
  /** The caller's own; those of others are for key administrators. */
  listFactors(caller: Caller, principal: string | null): Promise<Answer<readonly Factor[]>>;
  /** `factor`: one that the caller has already, where they have any. */
  beginOtp(caller: Caller, factor: GivenFactor | null): Promise<Answer<BegunOtp>>;
  confirmOtp(caller: Caller, id: string, code: string): Promise<Answer<Factor>>;
  /** What a passkey or a certificate signs for this decision. Nothing is decided, and nothing is kept. */
  challengeDecision(caller: Caller, wanted: WantedChallenge): Promise<Answer<Challenge>>;
  /** `factor`: the one to be removed; null for an enrolment. */
  challengeChange(caller: Caller, factor: string | null): Promise<Answer<FactorChallenge>>;
  enrolPasskey(caller: Caller, passkey: NewPasskey, factor: GivenFactor | null): Promise<Answer<Factor>>;
  enrolCertificate(
    caller: Caller,
    certificate: NewCertificate,
    factor: GivenFactor | null,
  ): Promise<Answer<Factor>>;
  /** Their own, with a factor. */
  removeFactor(caller: Caller, id: string, factor: GivenFactor | null): Promise<Answer<Factor>>;
  /** Somebody else's, as a key administrator. */
  resetFactor(caller: Caller, id: string): Promise<Answer<Factor>>;
}
