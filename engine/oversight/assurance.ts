/**
 * How surely a reviewer must be known at the decision itself, and whether what they showed is enough. A password or a
 * sign-in, with however many factors, never counts here: only what was shown for this very decision does (12.2b).
 * It checks no code and no signature; the shell and the database do, before and after.
 */
import type { Gate } from '../../schemas/process-definition.ts';

export type Assurance = NonNullable<Gate['assurance']>;
export type FactorKind = Exclude<Assurance, 'session'>;

/** From the weakest to the strongest. */
const factorKinds: readonly FactorKind[] = ['otp', 'passkey', 'certificate'];

/** A factor as it was shown, and as the record keeps it. What signs is kept whole, to be checked again for ever. */
export type ShownFactor =
  | {
      readonly kind: 'otp';
      readonly id: string;
      /** The time step of the code: thirty seconds each, from 1970. */
      readonly step: number;
    }
  | ({ readonly kind: 'passkey'; readonly id: string } & SignedParts & PasskeyProof)
  | ({ readonly kind: 'certificate'; readonly id: string } & SignedParts & CertificateProof);

/** What the signed statement holds besides the decision. */
export interface SignedParts {
  /** Drawn for this statement alone. */
  readonly nonce: string;
  /** ISO 8601: until when the statement could be handed in. */
  readonly expires: string;
}

/** A WebAuthn assertion; base64url, as the authenticator gave it. */
export interface PasskeyProof {
  readonly clientDataJSON: string;
  readonly authenticatorData: string;
  readonly signature: string;
}

export interface CertificateProof {
  /** DER in base64, the signer's first. */
  readonly chain: readonly string[];
  /** Base64, over the statement's UTF-8 bytes. */
  readonly signature: string;
}

/** The kinds of factor that are enough, weakest first; none has to be shown for `session`. */
export function sufficientKinds(assurance: Assurance): readonly FactorKind[] {
  return assurance === 'session' ? [] : factorKinds.slice(factorKinds.indexOf(assurance));
}

/** As an entry names it among the methods of authentication. */
export function methodOf({ kind, id }: Pick<ShownFactor, 'kind' | 'id'>): string {
  return `${kind}:${id}`;
}

/** Whether the factor is enough for the gate, and is the one that the entry will name. */
export function isAssured(
  { assurance = 'session' }: Gate,
  factor: ShownFactor | undefined,
  authentication: readonly string[],
): boolean {
  if (factor === undefined) return assurance === 'session';
  const enough = assurance === 'session' || sufficientKinds(assurance).includes(factor.kind);
  return enough && authentication.includes(methodOf(factor));
}

/** How often the passkey has signed, as its authenticator says: bytes 33 to 36 of what it signed. */
export function signCounterOf({ authenticatorData }: PasskeyProof): number {
  const bytes = Buffer.from(authenticatorData, 'base64url');
  return bytes.length < 37 ? 0 : bytes.readUInt32BE(33);
}

/** For trials that change nothing: what a decision at this gate would come with. */
export function asIfShown(gate: Gate | undefined): {
  readonly factor: { readonly factor?: ShownFactor };
  readonly authentication: readonly string[];
} {
  if ((gate?.assurance ?? 'session') === 'session') return { factor: {}, authentication: [] };
  const factor: ShownFactor = {
    kind: 'certificate',
    id: 'look',
    nonce: '',
    expires: '',
    chain: [],
    signature: '',
  };
  return { factor: { factor }, authentication: [methodOf(factor)] };
}
