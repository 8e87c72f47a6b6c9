/** Passkeys by the library: what comes from a browser is judged here first. It is loaded when somebody shows one. */
import type { JsonWebKey } from 'node:crypto';
import type { PasskeyProof } from '../oversight/assurance.ts';
import { challengeOf, type PasskeyDetail } from './check-passkey.ts';
import { relyingPartyOf, type StepUp } from './step-up.ts';

/** Null when the assertion holds; else why not, to go on after "because". */
export async function assertionProblem(
  stepUp: StepUp,
  { credential, cose }: PasskeyDetail,
  statement: string,
  { clientDataJSON, authenticatorData, signature }: PasskeyProof,
): Promise<string | null> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: {
        id: credential,
        rawId: credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, authenticatorData, signature },
      },
      expectedChallenge: challengeOf(statement),
      expectedOrigin: stepUp.origin,
      expectedRPID: relyingPartyOf(stepUp),
      requireUserVerification: true,
      // The counter is the database's to compare: it knows the last one on every node.
      credential: { id: credential, publicKey: new Uint8Array(Buffer.from(cose, 'base64url')), counter: 0 },
    });
    return verified ? null : 'the signature is not of the enrolled key';
  } catch (error) {
    return inWords(error);
  }
}

export interface Attestation {
  readonly credential: string;
  readonly clientDataJSON: string;
  readonly attestationObject: string;
}

/** What the act of enrolment keeps; or why it cannot be enrolled, to go on after "because". */
export async function readAttestation(
  stepUp: StepUp,
  statement: string,
  { credential, clientDataJSON, attestationObject }: Attestation,
): Promise<PasskeyDetail | string> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { cose, decodeCredentialPublicKey } = await import('@simplewebauthn/server/helpers');
  const relyingParty = relyingPartyOf(stepUp);
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id: credential,
        rawId: credential,
        type: 'public-key',
        clientExtensionResults: {},
        response: { clientDataJSON, attestationObject },
      },
      expectedChallenge: challengeOf(statement),
      expectedOrigin: stepUp.origin,
      expectedRPID: relyingParty,
      requireUserVerification: true,
      supportedAlgorithmIDs: [-7, -8, -257],
    });
    if (!verified || registrationInfo === undefined) return 'its attestation does not hold';
    const { id, publicKey } = registrationInfo.credential;
    const decoded = decodeCredentialPublicKey(publicKey);
    const text = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('base64url');
    let key: JsonWebKey;
    if (cose.isCOSEPublicKeyEC2(decoded)) {
      key = {
        kty: 'EC',
        crv: 'P-256',
        x: text(decoded.get(cose.COSEKEYS.x)),
        y: text(decoded.get(cose.COSEKEYS.y)),
      };
    } else if (cose.isCOSEPublicKeyRSA(decoded)) {
      key = { kty: 'RSA', n: text(decoded.get(cose.COSEKEYS.n)), e: text(decoded.get(cose.COSEKEYS.e)) };
    } else if (cose.isCOSEPublicKeyOKP(decoded)) {
      key = { kty: 'OKP', crv: 'Ed25519', x: text(decoded.get(cose.COSEKEYS.x)) };
    } else return 'its key is of an unknown kind';
    return { credential: id, cose: text(publicKey), key, relyingParty };
  } catch (error) {
    return inWords(error);
  }
}

/** The library throws what is wrong. */
function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return `it cannot be accepted: ${message.slice(0, 300)}`;
}
