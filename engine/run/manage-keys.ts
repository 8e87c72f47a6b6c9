/** Bearer keys: drawn at random, told once, stored as a hash, narrowed by scopes, revocable at once. */

import { randomBytes } from 'node:crypto';
import { isInstant } from '../definition/schema-formats.ts';
import type { StoredKey } from '../ledger/ledger.ts';
import type { Directory, PrincipalKind } from '../oversight/directory.ts';
import type { Refusal } from '../step/step.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine, IssuedKey, Scope } from './engine-contract.ts';
import { keyHashOf, proofOf } from './key-proof.ts';
import { newId } from './new-id.ts';
import { refuse } from './refuse.ts';

/** What a key may be good for, by what kind of principal holds it: an agent can propose, and nothing else (P2). */
export const scopesByKind: Readonly<Record<PrincipalKind, readonly Scope[]>> = {
  person: ['read', 'start', 'event', 'decide', 'deploy', 'migrate', 'directory', 'control', 'keys'],
  service: ['read', 'start', 'event', 'deploy', 'directory'],
  agent: ['propose'],
};

export function keyDoors(world: BatchWorld): Pick<Engine, 'issueKey' | 'listKeys' | 'revokeKey'> {
  const administrator = async (caller: Parameters<Engine['listKeys']>[0]): Promise<Refusal | null> => {
    const reader = await checkReader(world.directory, caller, 'keys');
    return isRefusal(reader) ? reader : checkRole(reader, engineRoles.keys, 'issue, list or revoke keys');
  };

  return {
    async issueKey(caller, wanted) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const { directory } = await world.directory.current();
      const unfit = checkWanted(directory, wanted, new Date(world.clock.now()).toISOString());
      if (unfit !== null) return unfit;
      return {
        kind: 'done',
        value: await addKey(world, { ...wanted, demonstration: false, issuedBy: caller.principal.id }),
      };
    },

    async listKeys(caller) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const keys = await world.ledger.findKeys();
      return { kind: 'done', value: keys.map(withoutHash) };
    },

    async revokeKey(caller, id) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const revoked = await world.ledger.revokeKey(id, caller.principal.id);
      const { keysById } = await world.directory.reload();
      const key = keysById.get(id);
      if (!revoked || key === undefined) {
        return refuse('not-found', `There is no key ${id}.`, 'List the keys to find its id.');
      }
      return { kind: 'done', value: withoutHash(key) };
    },
  };
}

/** Draws a key and stores its hash. The secret leaves here once and is kept nowhere. */
export async function addKey(
  world: Pick<BatchWorld, 'ledger' | 'clock'>,
  wanted: {
    readonly principal: string;
    readonly scopes: readonly Scope[];
    readonly expiresAt: string | null;
    readonly demonstration: boolean;
    readonly secret?: string;
    /** Countersign itself when nobody is named. */
    readonly issuedBy?: string;
  },
): Promise<IssuedKey> {
  const secret = wanted.secret ?? newSecret();
  const { principal, scopes, expiresAt, demonstration, issuedBy = 'countersign' } = wanted;
  const stored = await world.ledger.addKey({
    id: newId(world.clock.now()),
    hash: keyHashOf(proofOf(secret)),
    principal,
    scopes,
    expiresAt,
    demonstration,
    issuedBy,
  });
  return { ...stored, secret };
}

/** 256 random bits: too many to guess, so a plain hash protects them. */
export function newSecret(): string {
  return `cs_${randomBytes(32).toString('base64url')}`;
}

/** Whether such a key may be made: its owner exists, and its kind may use every scope. */
export function checkWanted(
  directory: Directory,
  wanted: {
    readonly principal: string;
    readonly scopes: readonly Scope[];
    readonly expiresAt: string | null;
  },
  now: string,
): Refusal | null {
  const owner = directory.principals.get(wanted.principal);
  if (owner === undefined || !owner.active) {
    return refuse(
      'not-found',
      `There is no active principal ${wanted.principal} in the directory.`,
      'Add the principal to the directory first.',
    );
  }
  const beyond = wanted.scopes.filter((scope) => !scopesByKind[owner.kind].includes(scope));
  if (beyond.length > 0) {
    return refuse(
      'not-allowed',
      `A key of ${article(owner.kind)} cannot have the scope ${beyond.join(', ')}.`,
      `Choose from ${scopesByKind[owner.kind].join(', ')}.`,
    );
  }
  if (wanted.expiresAt !== null && !isInstant(wanted.expiresAt)) {
    return refuse(
      'bad-input',
      `There is no such time as ${wanted.expiresAt}.`,
      'Give a day of the calendar and a time of that day, without a leap second.',
    );
  }
  if (wanted.expiresAt !== null && Date.parse(wanted.expiresAt) <= Date.parse(now)) {
    return refuse('bad-input', 'The key would have expired already.', 'Give a time in the future, or none.');
  }
  return null;
}

const article = (kind: PrincipalKind) => (kind === 'agent' ? 'an AI agent' : `a ${kind}`);

function withoutHash(key: StoredKey & { readonly hash?: string }): StoredKey {
  const { id, principal, scopes, createdAt, expiresAt, revokedAt, demonstration } = key;
  return { id, principal, scopes, createdAt, expiresAt, revokedAt, demonstration };
}
