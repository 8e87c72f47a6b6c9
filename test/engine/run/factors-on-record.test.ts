/** Signatures on the record, years later: what an engine that lies could have written, and what is named then. */
import { expect, test } from 'vitest';
import type { ShownFactor } from '../../../engine/oversight/assurance.ts';
import { decisionPurpose, decisionStatement, spentOnce } from '../../../engine/oversight/statements.ts';
import type { EnrolledFactor } from '../../../engine/run/administration-problems.ts';
import { fingerprintOf, readChain } from '../../../engine/run/check-certificate-signature.ts';
import { challengeOf } from '../../../engine/run/check-passkey.ts';
import { FactorsOnRecord } from '../../../engine/run/factors-on-record.ts';
import { ScenarioPasskey } from '../../../engine/run/scenario-passkey.ts';
import { pemBlocks } from '../../../engine/run/trust-certificate.ts';
import type { ShownOnRecord } from '../../../engine/step/instance-trial.ts';
import { CertificateAuthority } from '../../support/certificate-authority.ts';

const decision = {
  instance: '0193e7a8-0000-7000-8000-000000000001',
  definition: 'a'.repeat(64),
  gate: 'deciding',
  opened: 2,
  subject: 'b'.repeat(64),
  verdict: 'approve',
  reason: null as string | null,
  principal: 'person:leader',
};
const parts = { nonce: 'n'.repeat(16), expires: '2026-01-05T08:05:00.000Z' };
const signedText = decisionStatement(decision, parts);
const time = '2026-01-05T08:01:00.000Z';

function shownAs(factor: ShownFactor, changed: Partial<typeof decision> = {}): ShownOnRecord {
  const told = { ...decision, ...changed };
  const statement = (given: typeof parts) => decisionStatement(told, given);
  return {
    principal: told.principal,
    factor,
    purpose: decisionPurpose(told),
    once: spentOnce(factor, statement),
    statement: factor.kind === 'otp' ? null : statement(factor),
  };
}

function passkeyShown(passkey: ScenarioPasskey, statement = signedText): ShownFactor {
  const challenge = challengeOf(statement);
  const given = passkey.sign({ ...parts, statement, challenge, credentials: [], relyingParty: 'localhost' });
  if (given.kind !== 'passkey') throw new Error('This is no passkey.');
  const { credential: _, ...factor } = given;
  return { ...factor, id: 'factor' };
}

/** The codes and the places of what is found, whether the key was known at once or told by the acts later. */
function found(shown: ShownOnRecord, detail: string, enrolled: Partial<EnrolledFactor> = {}) {
  const { kind } = shown.factor;
  const acts = new Map([['factor', { kind, principal: 'person:leader', detail, ...enrolled }]]);
  const stored = {
    id: 'factor',
    kind,
    principal: 'person:leader',
    detail,
    enrolledAt: time,
    removedAt: null,
  };
  const [atOnce, later] = [[stored], []].map((known) => {
    const factors = new FactorsOnRecord(known);
    factors.note({ instance: 'i', seq: 3, time } as Parameters<FactorsOnRecord['note']>[0], shown);
    return factors.problems(acts).map(({ code, seq }) => `${code} ${seq}`);
  });
  expect(atOnce).toEqual(later);
  return atOnce;
}

test('P5: a passkey that signed this very decision holds, and nothing else does', () => {
  const passkey = new ScenarioPasskey();
  const factor = passkeyShown(passkey);
  expect(found(shownAs(factor), passkey.detail)).toEqual([]);
  for (const changed of [
    { verdict: 'reject' },
    { reason: 'Another.' },
    { subject: 'c'.repeat(64) },
    { opened: 3 },
    { gate: 'other' },
    { instance: '0193e7a8-0000-7000-8000-000000000002' },
  ]) {
    expect(found(shownAs(factor, changed), passkey.detail)).toEqual(['signature-wrong 3']);
  }
  expect(found(shownAs(factor), new ScenarioPasskey().detail)).toEqual(['signature-wrong 3']);
  const madeUp = { ...factor, signature: Buffer.from('made up').toString('base64url') } as ShownFactor;
  expect(found(shownAs(madeUp), passkey.detail)).toEqual(['signature-wrong 3']);
  expect(found(shownAs(factor), passkey.detail, { principal: 'person:other' })).toEqual(['factor-unknown 3']);
  expect(found(shownAs(factor), 'no key at all')).toEqual(['signature-wrong 3']);
});

test('P5: a certificate holds with its chain, for its time, over this very decision', async () => {
  const authority = await CertificateAuthority.open();
  const signer = await authority.issue('Leader');
  const expired = await authority.issue('Leader', { to: '2025-06-01' });
  const [root] = pemBlocks(authority.roots, 'CERTIFICATE');
  const detailOf = (chain: readonly string[]) => {
    const [certificate] = readChain(chain) ?? [];
    if (certificate === undefined || root === undefined) throw new Error('The chain is none.');
    const { subject, serialNumber: serial } = certificate;
    return JSON.stringify({
      fingerprint: fingerprintOf(certificate),
      subject,
      serial,
      root: root.toString('base64'),
    });
  };
  const factorOf = (by: typeof signer, chain = by.chain): ShownFactor => {
    return { kind: 'certificate', id: 'factor', ...parts, chain, signature: by.sign(signedText) };
  };
  const detail = detailOf(signer.chain);
  expect(found(shownAs(factorOf(signer)), detail)).toEqual([]);
  expect(found(shownAs(factorOf(signer), { verdict: 'reject' }), detail)).toEqual(['signature-wrong 3']);
  expect(found(shownAs(factorOf(expired)), detailOf(expired.chain))).toEqual(['signature-wrong 3']);
  expect(found(shownAs(factorOf(signer, signer.chain.slice(0, 1))), detail)).toEqual(['signature-wrong 3']);
  expect(found(shownAs(factorOf(expired, signer.chain)), detail)).toEqual(['signature-wrong 3']);
  const other = await (await CertificateAuthority.open('Other')).issue('Leader');
  expect(found(shownAs(factorOf(other)), detailOf(other.chain))).toEqual(['signature-wrong 3']);
  expect(found(shownAs(factorOf(signer, ['AAAA'])), detail)).toEqual(['signature-wrong 3']);
});
