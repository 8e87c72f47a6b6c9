/**
 * Decides who somebody is that an identity provider vouched for: the principal to whom the directory links that
 * account, and nobody else. It must not know how they showed it. No token makes a principal or says what kind it is.
 */
import type { Account, Directory, Principal } from './directory.ts';

/** Every account that is linked to exactly one active principal. By mistake to several is to nobody. */
export function linkAccounts(directory: Directory): ReadonlyMap<string, Principal> {
  const linked = new Map<string, Principal>();
  const shared = new Set<string>();
  for (const principal of directory.principals.values()) {
    for (const account of principal.accounts ?? []) {
      const name = accountName(account);
      if (linked.has(name)) shared.add(name);
      linked.set(name, principal);
    }
  }
  for (const [name, { active }] of linked) if (!active || shared.has(name)) linked.delete(name);
  return linked;
}

/** Neither part holds a blank, so no two accounts share a name. */
export function accountName({ issuer, subject }: Account): string {
  return `${issuer} ${subject}`;
}
