/**
 * Enrols and removes what people show at decisions. Each change is an act on the chain of acts, takes the person's
 * own key, and one of the factors they have already; the database holds the engine to both.
 */
import { randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { canonicalJson } from '../evidence/canonical-json.ts';
import type { StoredFactor } from '../ledger/factors.ts';
import type { SignedParts } from '../oversight/assurance.ts';
import { type FactorChange, factorPurpose, factorStatement } from '../oversight/statements.ts';
import type { Refusal } from '../step/step.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { type CertificateDetail, certificateProblem, fingerprintOf } from './check-certificate-signature.ts';
import { challengeOf, type PasskeyDetail } from './check-passkey.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, Caller } from './engine-contract.ts';
import type { Challenge, Factor, FactorDoors, GivenFactor } from './factor-contract.ts';
import { newId } from './new-id.ts';
import { refuse } from './refuse.ts';
import { refuseCode, refuseLate, refuseSignature, showFactor, statementLastsMs } from './show-factor.ts';
import { purposeOf } from './show-for-decision.ts';
import { localStepUp, relyingPartyOf } from './step-up.ts';
import { trustCertificate } from './trust-certificate.ts';
import { readAttestation } from './webauthn.ts';

export function factorDoors(world: BatchWorld): FactorDoors {
  const { ledger } = world;
  return {
    async listFactors(caller, principal) {
      const refusal =
        principal === null ? await checkPerson(world, caller) : await checkAdministrator(world, caller);
      if (refusal !== null) return refusal;
      const factors = await ledger.listFactors(principal ?? caller.principal.id);
      return { kind: 'done', value: factors.map(toFactor) };
    },

    async beginOtp(caller, given) {
      const refusal = await checkPerson(world, caller);
      if (refusal !== null) return refusal;
      const held = await heldBy(world, caller);
      if (held.some(({ kind }) => kind === 'otp')) return refuseSecondOtp();
      const id = newId(world.clock.now());
      const unproven = await proveChange(world, caller, { change: 'enrol', factor: id }, held, given);
      if (unproven !== null) return unproven;
      const secret = Secret.fromHex(await ledger.beginOtp(ownerOf(caller), id));
      const label = caller.principal.id;
      const totp = new TOTP({
        issuer: 'Countersign',
        label,
        algorithm: 'SHA256',
        digits: 6,
        period: 30,
        secret,
      });
      return { kind: 'done', value: { id, uri: totp.toString(), secret: secret.base32 } };
    },

    async confirmOtp(caller, id, code) {
      const refusal = await checkPerson(world, caller);
      if (refusal !== null) return refusal;
      const outcome = await ledger.confirmOtp(ownerOf(caller), id, code);
      if (outcome === 'held') return refuseSecondOtp();
      if (outcome === 'wrong' || outcome === 'limited') return refuseCode(outcome);
      if (outcome === 'none') return refuseUnknown(id);
      return answerFactor(world, id);
    },

    async challengeDecision(caller, wanted) {
      const refusal = await checkPerson(world, caller);
      if (refusal !== null) return refusal;
      const purpose = await purposeOf(world, caller, wanted);
      if (isRefusal(purpose)) return purpose;
      return { kind: 'done', value: await toChallenge(world, caller, purpose.statement) };
    },

    async challengeChange(caller, removed) {
      const refusal = await checkPerson(world, caller);
      if (refusal !== null) return refusal;
      const factor = removed ?? newId(world.clock.now());
      const change = { change: removed === null ? ('enrol' as const) : ('remove' as const), factor };
      const principal = caller.principal.id;
      const challenge = await toChallenge(world, caller, (parts) =>
        factorStatement({ ...change, principal }, parts),
      );
      return { kind: 'done', value: { ...challenge, factor } };
    },

    async enrolPasskey(caller, passkey, given) {
      const { id } = passkey;
      const refusal = (await checkPerson(world, caller)) ?? refuseLate(passkey, world.clock.now());
      if (refusal !== null) return refusal;
      const statement = factorStatement(
        { change: 'enrol', factor: id, principal: caller.principal.id },
        passkey,
      );
      const detail = await readAttestation(world.stepUp ?? localStepUp, statement, passkey);
      if (typeof detail === 'string') return refuseSignature(detail);
      return enrol(world, caller, { id, kind: 'passkey', detail: canonicalJson(detail) }, given);
    },

    async enrolCertificate(caller, certificate, given) {
      const { id, chain } = certificate;
      const refusal = (await checkPerson(world, caller)) ?? refuseLate(certificate, world.clock.now());
      if (refusal !== null) return refusal;
      const time = new Date(world.clock.now()).toISOString();
      const trusted = await trustCertificate(world.stepUp ?? localStepUp, chain, time);
      if (trusted.kind === 'problem') return refuseSignature(trusted.why);
      const { signer, root } = trusted;
      const detail: CertificateDetail = {
        fingerprint: fingerprintOf(signer),
        subject: signer.subject,
        serial: signer.serialNumber,
        root: root.raw.toString('base64'),
      };
      const statement = factorStatement(
        { change: 'enrol', factor: id, principal: caller.principal.id },
        certificate,
      );
      const why = certificateProblem(detail, statement, certificate, time);
      if (why !== null) return refuseSignature(why);
      return enrol(world, caller, { id, kind: 'certificate', detail: canonicalJson(detail) }, given);
    },

    async removeFactor(caller, id, given) {
      const refusal = await checkPerson(world, caller);
      if (refusal !== null) return refusal;
      const held = await heldBy(world, caller);
      if (!held.some((one) => one.id === id)) return refuseUnknown(id);
      const unproven = await proveChange(world, caller, { change: 'remove', factor: id }, held, given);
      if (unproven !== null) return unproven;
      await ledger.removeFactor(id, ownerOf(caller));
      return answerFactor(world, id);
    },

    async resetFactor(caller, id) {
      const refusal = await checkAdministrator(world, caller);
      if (refusal !== null) return refusal;
      const stored = (await ledger.listFactors(null)).find((one) => one.id === id && one.removedAt === null);
      if (stored === undefined) return refuseUnknown(id);
      const own = await checkOther(world, caller, stored);
      if (own !== null) return own;
      await ledger.removeFactor(id, ownerOf(caller));
      return answerFactor(world, id);
    },
  };
}

/** The same credential or certificate is nobody else's, and there is only one of it. */
async function enrol(
  world: BatchWorld,
  caller: Caller,
  factor: { readonly id: string; readonly kind: 'passkey' | 'certificate'; readonly detail: string },
  given: GivenFactor | null,
): Promise<Answer<Factor>> {
  const { id, kind, detail } = factor;
  const taken = (await world.ledger.listFactors(null)).some(
    (one) =>
      one.id === id || (one.removedAt === null && one.kind === kind && nameIn(one.detail) === nameIn(detail)),
  );
  if (taken) {
    return refuse(
      'not-possible-here',
      'This is enrolled already, for you or for somebody else.',
      'Ask for a new challenge, and enrol another one.',
    );
  }
  const held = await heldBy(world, caller);
  const unproven = await proveChange(world, caller, { change: 'enrol', factor: id }, held, given);
  if (unproven !== null) return unproven;
  await world.ledger.enrolFactor(ownerOf(caller), factor);
  return answerFactor(world, id);
}

/** What tells one credential or certificate from all others. */
function nameIn(detail: string): string {
  const { credential, fingerprint } = JSON.parse(detail) as Partial<PasskeyDetail & CertificateDetail>;
  return credential ?? fingerprint ?? '';
}

async function toChallenge(
  world: BatchWorld,
  caller: Caller,
  statementOf: (parts: SignedParts) => string,
): Promise<Challenge> {
  const parts = {
    nonce: randomBytes(24).toString('base64url'),
    expires: new Date(world.clock.now() + statementLastsMs).toISOString(),
  };
  const statement = statementOf(parts);
  const held = await heldBy(world, caller);
  const passkeys = held.filter(({ kind }) => kind === 'passkey');
  return {
    ...parts,
    statement,
    challenge: challengeOf(statement),
    credentials: passkeys.map(({ detail }) => nameIn(detail)),
    relyingParty: relyingPartyOf(world.stepUp ?? localStepUp),
  };
}

async function checkPerson(world: BatchWorld, caller: Caller): Promise<Refusal | null> {
  const reader = await checkReader(world.directory, caller, 'decide');
  if (isRefusal(reader)) return reader;
  return reader.kind === 'person'
    ? null
    : refuse('people-only', 'Only people decide, and so only people have factors.', 'Use your own key.');
}

async function checkAdministrator(world: BatchWorld, caller: Caller): Promise<Refusal | null> {
  const reader = await checkReader(world.directory, caller, 'keys');
  if (isRefusal(reader)) return reader;
  return checkRole(reader, engineRoles.keys, "see or remove somebody else's factors");
}

/** An administrator is somebody else, also under another account: their own they remove like everybody. */
async function checkOther(
  world: BatchWorld,
  caller: Caller,
  { principal }: StoredFactor,
): Promise<Refusal | null> {
  const { principals } = (await world.directory.current()).directory;
  if (principals.get(principal)?.person !== caller.principal.person) return null;
  return refuse(
    'not-allowed',
    'This factor is your own; an administrator removes only those of other people.',
    'Remove it under /v1/me/factors, or ask another key administrator.',
  );
}

/** Whoever has a factor shows one of those, so that a stolen key alone enrols and removes nothing. */
async function proveChange(
  world: BatchWorld,
  caller: Caller,
  change: FactorChange,
  held: readonly StoredFactor[],
  given: GivenFactor | null,
): Promise<Refusal | null> {
  if (held.length === 0) return null;
  if (given === null) {
    return {
      ...refuse(
        'assurance-required',
        'You have a factor, so a change of your factors needs one of them.',
        'Send the request again with `factor`. If you have lost it, ask a key administrator to remove it.',
      ),
      factors: [...new Set(held.map(({ kind }) => kind))],
    };
  }
  const principal = caller.principal.id;
  const shown = await showFactor(
    world,
    {
      principal,
      purpose: factorPurpose(change),
      statement: (parts) => factorStatement({ ...change, principal }, parts),
    },
    given,
  );
  return shown.kind === 'refusal' ? shown : null;
}

async function heldBy({ ledger }: BatchWorld, caller: Caller): Promise<readonly StoredFactor[]> {
  const factors = await ledger.listFactors(caller.principal.id);
  return factors.filter(({ removedAt }) => removedAt === null);
}

const ownerOf = ({ principal, proof }: Caller) => ({ principal: principal.id, proof: proof ?? '' });

async function answerFactor({ ledger }: BatchWorld, id: string): Promise<Answer<Factor>> {
  const stored = (await ledger.listFactors(null)).find((one) => one.id === id);
  return stored === undefined ? refuseUnknown(id) : { kind: 'done', value: toFactor(stored) };
}

function toFactor({ id, kind, principal, detail, enrolledAt, removedAt }: StoredFactor): Factor {
  return { id, kind, principal, enrolledAt, removedAt, detail: JSON.parse(detail) as Factor['detail'] };
}

const refuseUnknown = (id: string) =>
  refuse('not-found', `There is no factor ${id} here, or its enrolment is over.`, 'List your factors.');

const refuseSecondOtp = () =>
  refuse(
    'not-possible-here',
    'You have one-time codes already, and one device for them is enough.',
    'Remove the one you have first; if it is lost, ask a key administrator to remove it.',
  );
