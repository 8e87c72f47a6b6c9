/**
 * Whether a certificate's signature holds, from what the record and the chain of acts keep alone: the chain up to the
 * root that was trusted when it was enrolled, valid at the time of the decision, and the signature over the statement.
 * Revocation is looked up when it is shown, and not here: lists of revoked certificates are not on the record.
 */
import { verify, X509Certificate } from 'node:crypto';
import type { CertificateProof } from '../oversight/assurance.ts';

/** What the act of its enrolment keeps of a certificate. */
export interface CertificateDetail {
  /** SHA-256 of the signer's certificate, and of the root it led to. */
  readonly fingerprint: string;
  readonly subject: string;
  readonly serial: string;
  /** DER, base64. */
  readonly root: string;
}

/** Null when it holds; else why not, to go on after "because". `time` is the decision's, ISO 8601. */
export function certificateProblem(
  detail: CertificateDetail,
  statement: string,
  { chain, signature }: CertificateProof,
  time: string,
): string | null {
  const certificates = readChain([...chain, detail.root]);
  const [signer] = certificates ?? [];
  if (certificates === null || signer === undefined) return 'its chain is not one of certificates';
  if (fingerprintOf(signer) !== detail.fingerprint)
    return 'it is of another certificate than the enrolled one';
  const broken = chainProblem(certificates, time);
  if (broken !== null) return broken;
  const isRight = isSignedBy(signer, statement, signature);
  return isRight ? null : "the signature is not of the certificate's key";
}

/** The signer's first, the root last. */
export function chainProblem(certificates: readonly X509Certificate[], time: string): string | null {
  const at = Date.parse(time);
  for (const [place, certificate] of certificates.entries()) {
    if (Date.parse(certificate.validFrom) > at || Date.parse(certificate.validTo) < at)
      return `the certificate of ${nameOf(certificate)} was not valid then`;
    if (place > 0 && !certificate.ca) return `${nameOf(certificate)} may not issue certificates`;
    const issuer = certificates[place + 1] ?? certificate;
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
      return `the certificate of ${nameOf(certificate)} was not issued by the next in its chain`;
  }
  return null;
}

export function readChain(chain: readonly string[]): readonly X509Certificate[] | null {
  try {
    return chain.map((der) => new X509Certificate(Buffer.from(der, 'base64')));
  } catch {
    return null;
  }
}

/** SHA-256 of its DER, lower-case hexadecimal. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

export const nameOf = ({ subject }: X509Certificate) => subject.replaceAll('\n', ', ');

function isSignedBy({ publicKey }: X509Certificate, statement: string, signature: string): boolean {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) return false;
  if (type !== 'rsa' && type !== 'ec' && type !== 'ed25519') return false;
  try {
    const digest = type === 'ed25519' ? null : 'sha256';
    return verify(digest, Buffer.from(statement), publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}
