/** The first question of every method: may this key be used for this, and does its owner still count? */
import type { Principal } from '../oversight/directory.ts';
import { engineRoles } from '../oversight/engine-roles.ts';
import type { Refusal } from '../step/step.ts';
import type { DirectoryCache } from './directory-cache.ts';
import type { Caller, Scope } from './engine-contract.ts';
import { refuse } from './refuse.ts';

export { engineRoles };

/** For what moves an instance: the commit looks at the directory's version again, so no question is asked here. */
export function checkScope(caller: Caller, scope: Scope): Refusal | null {
  if (caller.scopes.includes(scope)) return null;
  return refuse(
    'not-allowed',
    `This key may not be used for ${scope}; it is good for ${caller.scopes.join(', ') || 'nothing'}.`,
    `Ask a key administrator for a key with the scope ${scope}.`,
  );
}

/** For reads: the principal as the directory has it now, asked anew. */
export async function checkReader(
  directory: DirectoryCache,
  caller: Caller,
  scope: Scope,
): Promise<Principal | Refusal> {
  const wrongScope = checkScope(caller, scope);
  if (wrongScope !== null) return wrongScope;
  const known = await directory.refresh();
  const key = caller.key === null ? null : known.keysById.get(caller.key);
  const principal = known.directory.principals.get(caller.principal.id);
  if (key === undefined || (key !== null && !directory.honours(key)) || principal?.active !== true) {
    return refuse(
      'unauthenticated',
      'This key is no longer valid, or its owner is no longer active.',
      'Ask a key administrator for a new key.',
    );
  }
  return withRolesOfNow(directory, principal);
}

/** What is held for a time, or in another unit, counts among the roles while it holds. */
function withRolesOfNow(directory: DirectoryCache, principal: Principal): Principal {
  if ((principal.appointments ?? []).length === 0) return principal;
  const { roles, positions } = directory.snapshotOf(principal);
  return { ...principal, roles, positions };
}

export function checkRole(principal: Principal, role: string, act: string): Refusal | null {
  if (principal.kind !== 'agent' && principal.roles.includes(role)) return null;
  return refuse(
    'not-allowed',
    `Only the role ${role} may ${act}.`,
    `Ask somebody with the role ${role}, or to be given it in the directory.`,
  );
}
