/** A passkey in software: ES256, user verification, a counter; what a browser would hand over. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest();

export interface Asked {
  readonly challenge: string;
  readonly relyingParty: string;
}

export class SoftwareAuthenticator {
  readonly #id = randomBytes(16);
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #origin: string;
  /** How often it has signed. */
  counter = 0;
  /** Whether it asks its user for a finger. */
  verifies = true;

  constructor(origin: string) {
    this.#origin = origin;
  }

  get credential(): string {
    return this.#id.toString('base64url');
  }

  /** As `navigator.credentials.create` would answer. */
  create({ challenge, relyingParty }: Asked) {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(this.#id.length);
    const attested = Buffer.concat([Buffer.alloc(16), length, this.#id, this.#coseKey()]);
    const authData = Buffer.concat([this.#authenticatorData(relyingParty, 0x40), attested]);
    const attestationObject = Buffer.concat([
      Buffer.from([0xa3]),
      ...[text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0])],
      ...[text('authData'), bytes(authData)],
    ]);
    return {
      credential: this.credential,
      clientDataJSON: this.#clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: attestationObject.toString('base64url'),
    };
  }

  /** As `navigator.credentials.get` would answer. */
  get({ challenge, relyingParty }: Asked) {
    this.counter += 1;
    const clientData = this.#clientData('webauthn.get', challenge);
    const authenticatorData = this.#authenticatorData(relyingParty, 0);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    return {
      credential: this.credential,
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authenticatorData.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
    };
  }

  #clientData(type: string, challenge: string): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }

  #authenticatorData(relyingParty: string, more: number): Buffer {
    const rest = Buffer.alloc(5);
    rest.writeUInt8(0x01 | (this.verifies ? 0x04 : 0) | more, 0);
    rest.writeUInt32BE(this.counter, 1);
    return Buffer.concat([sha256(relyingParty), rest]);
  }

  /** {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} */
  #coseKey(): Buffer {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    return Buffer.concat([
      Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
      bytes(Buffer.from(x, 'base64url')),
      Buffer.from([0x22]),
      bytes(Buffer.from(y, 'base64url')),
    ]);
  }
}

/** CBOR, as far as it is needed here. */
function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
}

function bytes(value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x58, value.length]), value]);
}
