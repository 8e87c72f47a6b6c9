/**
 * Sessions of people: opened once for each sign-in that the identity provider vouched for, listed, and ended. It
 * knows nothing of that provider, nor of cookies: whoever talks to both hands in what came of it.
 */
import { randomBytes } from 'node:crypto';
import { sha256Hex } from '../evidence/sha256.ts';
import type { StoredSession } from '../ledger/ledger.ts';
import { accountName } from '../oversight/link-accounts.ts';
import type { Refusal } from '../step/step.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Answer, Caller, Engine, SessionsToEnd, SessionView } from './engine-contract.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { newId } from './new-id.ts';
import { refuse } from './refuse.ts';

/** How long sessions last, and how recent a sign-in must be for a decision. */
export interface SessionRules {
  readonly lifetimeSeconds: number;
  readonly idleSeconds: number;
  readonly decideWithinSeconds: number;
}

export const usualSessionRules: SessionRules = {
  lifetimeSeconds: 12 * 3600,
  idleSeconds: 30 * 60,
  decideWithinSeconds: 3600,
};

export function sessionDoors(
  world: BatchWorld,
): Pick<Engine, 'openSession' | 'listSessions' | 'endSessions'> {
  return {
    async openSession({ issuer, subject, acr, amr, authenticatedAt, signIn, replaces }) {
      const { principalsByAccount } = await world.directory.refresh();
      const principal = principalsByAccount.get(accountName({ issuer, subject }));
      if (principal === undefined) return refuseStranger(issuer, subject);
      if (principal.kind !== 'person') return refuseMachine(principal.id);
      const { lifetimeSeconds, idleSeconds } = world.sessions;
      const old = replaces === null ? null : await world.ledger.findSession(keyHashOf(proofOf(replaces)));
      const secret = newSessionSecret();
      const id = newId(world.clock.now());
      const opening = await world.ledger.openSession({
        id,
        hash: keyHashOf(proofOf(secret)),
        principal: principal.id,
        ...{ issuer, subject, acr, amr, authenticatedAt, lifetimeSeconds, idleSeconds },
        signIn: sha256Hex(signIn),
        replaces: old?.id ?? null,
      });
      if (opening.kind === 'nobody') return refuseStranger(issuer, subject);
      if (opening.kind === 'used') return refuseUsed();
      return { kind: 'done', value: { id, principal: principal.id, secret, expiresAt: opening.expiresAt } };
    },

    async listSessions(caller, wanted) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      const principal = wanted ?? reader.id;
      const refusal = principal === reader.id ? null : await checkAdministrator(world, caller);
      if (refusal !== null) return refusal;
      const sessions = await world.ledger.listSessions(principal);
      return { kind: 'done', value: sessions.map((session) => toView(session, caller)) };
    },

    async endSessions(caller, which) {
      const target = await targetOf(world, caller, which);
      if ('code' in target) return target;
      const ended = await world.ledger.endSessions(target.principal, target.only, caller.principal.id);
      if (which.kind === 'one' && ended.length === 0) return refuseNoSession(which.session);
      return { kind: 'done', value: { ended } };
    },
  };
}

/** 256 random bits, as of a key. */
function newSessionSecret(): string {
  return `css_${randomBytes(32).toString('base64url')}`;
}

interface Target {
  readonly principal: string;
  /** Null: all of them. */
  readonly only: string | null;
}

/** Whoever is signed in may always sign out, whatever became of their rights. */
async function targetOf(world: BatchWorld, caller: Caller, which: SessionsToEnd): Promise<Target | Refusal> {
  const own = caller.principal.id;
  if (which.kind === 'own') return { principal: own, only: null };
  if (which.kind === 'one') return { principal: own, only: which.session };
  if (which.kind === 'current') {
    return caller.session === undefined
      ? refuseWithoutSession()
      : { principal: own, only: caller.session.id };
  }
  if (which.principal === own) return { principal: own, only: null };
  const refusal = await checkAdministrator(world, caller);
  return refusal ?? { principal: which.principal, only: null };
}

async function checkAdministrator(world: BatchWorld, caller: Caller): Promise<Refusal | null> {
  const reader = await checkReader(world.directory, caller, 'keys');
  return isRefusal(reader) ? reader : checkRole(reader, engineRoles.keys, "see or end others' sessions");
}

function toView(session: StoredSession, caller: Caller): SessionView {
  const { id, principal, issuer, acr, amr, authenticatedAt, openedAt, expiresAt, usedAt } = session;
  const current = caller.session?.id === id;
  return { id, principal, issuer, acr, amr, authenticatedAt, openedAt, expiresAt, usedAt, current };
}

/** The one thing a signed-in person asks an administrator for: so the account is named whole. */
const refuseStranger = (issuer: string, subject: string): Answer<never> =>
  refuse(
    'sign-in-refused',
    `The directory links the account ${subject} of ${issuer} to no active person.`,
    'Ask whoever keeps the directory to add this account to your entry, and sign in again.',
  );

const refuseMachine = (principal: string): Answer<never> =>
  refuse(
    'sign-in-refused',
    `This account is that of ${principal}, and only people sign in.`,
    'Services and agents come with a key, or with a token.',
  );

const refuseUsed = (): Answer<never> =>
  refuse(
    'sign-in-refused',
    'This sign-in has ended already: each opens one session.',
    'Begin again at /v1/sign-in.',
  );

const refuseWithoutSession = () =>
  refuse(
    'not-allowed',
    'You came with a key, so there is no session to sign out of.',
    'Leave the key out from now on, or have it revoked.',
  );

const refuseNoSession = (id: string): Answer<never> =>
  refuse('not-found', `You have no live session ${id}.`, 'List your sessions to find its id.');
