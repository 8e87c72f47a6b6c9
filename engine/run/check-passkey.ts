/**
 * Whether a passkey's signature holds, from what the record and the chain of acts keep alone: no clock, no network, no
 * library. The verifier asks it years later; at the decision a library answers first, and this must agree.
 */
import { createHash, createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import type { PasskeyProof } from '../oversight/assurance.ts';

/** What the act of its enrolment keeps of a passkey. */
export interface PasskeyDetail {
  readonly credential: string;
  /** COSE, base64url, as the authenticator gave it; and the same key as a JWK. */
  readonly cose: string;
  readonly key: JsonWebKey;
  readonly relyingParty: string;
}

/** Null when it holds; else why not, to go on after "because". */
export function passkeyProblem(detail: PasskeyDetail, statement: string, proof: PasskeyProof): string | null {
  const clientData = Buffer.from(proof.clientDataJSON, 'base64url');
  const authenticatorData = Buffer.from(proof.authenticatorData, 'base64url');
  const client = parseClientData(clientData.toString('utf8'));
  if (client?.type !== 'webauthn.get') return 'its client data is not of an assertion';
  if (client.challenge !== challengeOf(statement)) return 'it signs another statement';
  if (!isWithin(client.origin, detail.relyingParty)) return 'it was given to another site';
  if (authenticatorData.length < 37) return 'its authenticator data is cut short';
  if (!authenticatorData.subarray(0, 32).equals(sha256(detail.relyingParty)))
    return 'it is for another relying party';
  const flags = authenticatorData.readUInt8(32);
  if ((flags & present) === 0 || (flags & verified) === 0) return 'the user was not verified';
  const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
  const isRight = isSignedBy(detail.key, signed, Buffer.from(proof.signature, 'base64url'));
  return isRight ? null : 'the signature is not of the enrolled key';
}

/** SHA-256 of the statement, as WebAuthn spells a challenge. */
export function challengeOf(statement: string): string {
  return sha256(statement).toString('base64url');
}

const present = 0x01;
const verified = 0x04;

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();

interface ClientData {
  readonly type: unknown;
  readonly challenge: unknown;
  readonly origin: unknown;
}

function parseClientData(text: string): ClientData | null {
  try {
    return JSON.parse(text) as ClientData | null;
  } catch {
    return null;
  }
}

function isWithin(origin: unknown, relyingParty: string): boolean {
  if (typeof origin !== 'string' || !URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return hostname === relyingParty || hostname.endsWith(`.${relyingParty}`);
}

function isSignedBy(jwk: JsonWebKey, data: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(jwk.kty === 'OKP' ? null : 'sha256', data, key, signature);
  } catch {
    return false;
  }
}
