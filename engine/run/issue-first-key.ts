/**
 * The first key of a new installation: there is nobody yet who could issue one over HTTP. Whoever can reach the
 * database's login can make it, once, for a key administrator of the directory; every other key comes from them.
 */
import type { Ledger } from '../ledger/ledger.ts';
import type { Directory } from '../oversight/directory.ts';
import { engineRoles } from './check-caller.ts';
import { type Clock, systemClock } from './clock.ts';
import { DirectoryCache } from './directory-cache.ts';
import type { Answer, IssuedKey } from './engine-contract.ts';
import { addKey, scopesByKind } from './manage-keys.ts';
import { refuse } from './refuse.ts';

export async function issueFirstKey(
  ledger: Ledger,
  principal: string,
  clock: Clock = systemClock,
): Promise<Answer<IssuedKey>> {
  const cache = new DirectoryCache(ledger, clock);
  const { directory, keysById } = await cache.current();
  if (!isKeyAdministrator(directory, principal)) {
    return refuse(
      'not-allowed',
      `${principal} is not an active person with the role ${engineRoles.keys} in the directory.`,
      `Give somebody the role ${engineRoles.keys} in the directory file, start the server with it once, and name them here.`,
    );
  }
  const holder = [...keysById.values()].find(
    (key) =>
      key.scopes.includes('keys') && cache.honours(key) && isKeyAdministrator(directory, key.principal),
  );
  if (holder !== undefined) {
    return refuse(
      'not-allowed',
      `${holder.principal} has a key that can issue keys already, so this is not the first one.`,
      'Ask them for a key: countersign key create.',
    );
  }
  const key = await addKey(
    { ledger, clock },
    { principal, scopes: scopesByKind.person, expiresAt: null, demonstration: false },
  );
  return { kind: 'done', value: key };
}

function isKeyAdministrator(directory: Directory, id: string): boolean {
  const found = directory.principals.get(id);
  return found?.kind === 'person' && found.active && found.roles.includes(engineRoles.keys);
}
