/**
 * A passkey of somebody in a scenario: made for the play, enrolled and checked like anybody's. So a gate that demands
 * more than a sign-in is played through a real database with nothing switched off.
 */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { PasskeyDetail } from './check-passkey.ts';
import type { Challenge, GivenFactor } from './factor-contract.ts';
import { localStepUp, relyingPartyOf } from './step-up.ts';

export class ScenarioPasskey {
  readonly #credential = randomBytes(16).toString('base64url');
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  /** What is enrolled of it, as canonical JSON. */
  get detail(): string {
    const { kty = '', crv = '', x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const bytes = (text: string) => Buffer.from(text, 'base64url');
    // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} in CBOR.
    const head = Buffer.from('a50102032620012158', 'hex');
    const cose = Buffer.concat([head, Buffer.from([32]), bytes(x), Buffer.from([0x22, 0x58, 32]), bytes(y)]);
    const detail: PasskeyDetail = {
      credential: this.#credential,
      cose: cose.toString('base64url'),
      key: { kty, crv, x, y },
      relyingParty: relyingPartyOf(localStepUp),
    };
    return canonicalJson(detail);
  }

  sign({ challenge, nonce, expires, relyingParty }: Challenge): GivenFactor {
    const { origin } = localStepUp;
    const clientData = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin }));
    // Its user is present and verified, and it does not count.
    const authenticatorData = Buffer.concat([sha256(relyingParty), Buffer.from([0x05, 0, 0, 0, 0])]);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    return {
      kind: 'passkey',
      credential: this.#credential,
      nonce,
      expires,
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
    };
  }
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();
