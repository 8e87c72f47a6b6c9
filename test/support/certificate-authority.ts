/** A small certificate authority: a root, an issuer below it, signers, and the lists of what they revoked. */
import 'reflect-metadata';
import { sign, type webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const { subtle } = globalThis.crypto;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

interface Holder {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface Signer {
  /** DER in base64, the signer's first, the root left out. */
  readonly chain: readonly string[];
  readonly serial: string;
  sign(statement: string): string;
}

export class CertificateAuthority {
  readonly #root: Holder;
  readonly #issuer: Holder;
  #count = 16;

  static async open(name = 'Test'): Promise<CertificateAuthority> {
    const root = await newHolder(
      `CN=${name} Root`,
      null,
      1,
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
    );
    const issuer = await newHolder(
      `CN=${name} Issuer`,
      root,
      2,
      x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
    );
    return new CertificateAuthority(root, issuer);
  }

  private constructor(root: Holder, issuer: Holder) {
    this.#root = root;
    this.#issuer = issuer;
  }

  get roots(): string {
    return this.#root.certificate.toString('pem');
  }

  async issue(
    name: string,
    { from = '2025-01-01', to = '2035-01-01', usage = x509.KeyUsageFlags.digitalSignature as number } = {},
  ): Promise<Signer> {
    this.#count += 1;
    const { certificate, keys } = await newHolder(
      `CN=${name}`,
      this.#issuer,
      this.#count,
      usage,
      { from, to },
      false,
    );
    const pkcs8 = Buffer.from(await subtle.exportKey('pkcs8', keys.privateKey));
    const key = { key: pkcs8, format: 'der', type: 'pkcs8' } as const;
    return {
      chain: [certificate, this.#issuer.certificate].map((one) =>
        Buffer.from(one.rawData).toString('base64'),
      ),
      serial: certificate.serialNumber,
      sign: (statement) => sign('sha256', Buffer.from(statement), key).toString('base64'),
    };
  }

  /** Lists in force, of both issuers. */
  async revoke(serials: readonly string[] = []): Promise<string> {
    const lists = await Promise.all(
      [this.#root, this.#issuer].map(({ certificate, keys }) =>
        x509.X509CrlGenerator.create({
          issuer: certificate.subject,
          thisUpdate: new Date('2025-01-01'),
          nextUpdate: new Date('2035-01-01'),
          entries: serials.map((serialNumber) => ({ serialNumber, revocationDate: new Date('2025-06-01') })),
          signingAlgorithm: algorithm,
          signingKey: keys.privateKey,
        }),
      ),
    );
    return lists.map((list) => list.toString('pem')).join('\n');
  }
}

async function newHolder(
  subject: string,
  issuer: Holder | null,
  serial: number,
  usage: number,
  { from, to } = { from: '2024-01-01', to: '2040-01-01' },
  isAuthority = true,
): Promise<Holder> {
  const keys = (await subtle.generateKey(algorithm, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(2, '0'),
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(from),
    notAfter: new Date(to),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(isAuthority, undefined, true),
      new x509.KeyUsagesExtension(usage, true),
    ],
  });
  return { certificate, keys };
}
