import type { Allow } from '../../schemas/process-definition.ts';
import type { Principal } from './directory.ts';

/**
 * Whether a principal could be meant by a selector in some instance or other: looks only at what does not
 * depend on the instance (role, position, principal). For finding candidates; `permits` decides.
 */
export function couldMatch(allow: Allow, principal: Principal): boolean {
  const selectors = Array.isArray(allow) ? allow : [allow];
  return selectors.some(
    ({ role, position, principal: named }) =>
      anyOf(role, principal.roles) && anyOf(position, principal.positions) && anyOf(named, [principal.id]),
  );
}

function anyOf(wanted: string | readonly string[] | undefined, held: readonly string[]): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? held.includes(wanted) : wanted.some((one) => held.includes(one));
}
