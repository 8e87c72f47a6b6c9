/**
 * Whether a chain is trusted now: it leads to one of the roots, nothing in it is revoked, and the signer's key may
 * sign. Which root it was goes into the enrolment, so that the record can be verified without this server's settings.
 */
import { X509Certificate } from 'node:crypto';
import { chainProblem, nameOf, readChain } from './check-certificate-signature.ts';
import type { StepUp } from './step-up.ts';

export type Trusted =
  | { readonly kind: 'trusted'; readonly signer: X509Certificate; readonly root: X509Certificate }
  /** To go on after "because". */
  | { readonly kind: 'problem'; readonly why: string };

export async function trustCertificate(
  { certificates }: StepUp,
  chain: readonly string[],
  time: string,
): Promise<Trusted> {
  const given = readChain(chain);
  const [signer] = given ?? [];
  if (given === null || signer === undefined) return problem('its chain is not one of certificates');
  const { roots, revoked } = await certificates();
  const why: string[] = [];
  for (const root of pemBlocks(roots, 'CERTIFICATE').map((der) => new X509Certificate(der))) {
    const broken = chainProblem([...given, root], time);
    if (broken !== null) why.push(broken);
    else {
      const [unfit] = await unfitness([...given, root], revoked, time);
      return unfit === undefined ? { kind: 'trusted', signer, root } : problem(unfit);
    }
  }
  return problem(why[0] ?? 'this server trusts no certificates');
}

const problem = (why: string): Trusted => ({ kind: 'problem', why });

export function pemBlocks(pem: string, label: string): readonly Buffer[] {
  const pattern = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`, 'g');
  return [...pem.matchAll(pattern)].map(([, body = '']) => Buffer.from(body, 'base64'));
}

async function unfitness(
  chain: readonly X509Certificate[],
  revoked: string,
  time: string,
): Promise<readonly string[]> {
  // It takes long to load, so only those who show a certificate wait for it.
  await import('reflect-metadata');
  const x509 = await import('@peculiar/x509');
  const parsed = chain.map(({ raw }) => new x509.X509Certificate(new Uint8Array(raw)));
  const found: string[] = [];
  const usage = parsed[0]?.getExtension(x509.KeyUsagesExtension)?.usages;
  const signing = x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation;
  if (usage === undefined || (usage & signing) === 0) found.push('its key is not meant for signatures');
  const lists = pemBlocks(revoked, '(?:X509 )?CRL').map((der) => new x509.X509Crl(new Uint8Array(der)));
  for (const [place, certificate] of chain.entries()) {
    const issuer = parsed[place + 1];
    if (issuer === undefined) continue;
    let isKnown = false;
    for (const list of lists) {
      // Only what the issuer itself signed, and has not outdated, tells anything.
      if (list.issuer !== issuer.subject || (list.nextUpdate?.getTime() ?? 0) < Date.parse(time)) continue;
      if (!(await list.verify({ publicKey: issuer.publicKey }))) continue;
      isKnown = true;
      if (list.findRevoked(certificate.serialNumber.toLowerCase()) !== null)
        found.push(`the certificate of ${nameOf(certificate)} has been revoked`);
    }
    if (!isKnown)
      found.push(`this server has no list in force of what the issuer of ${nameOf(certificate)} revoked`);
  }
  return found;
}
