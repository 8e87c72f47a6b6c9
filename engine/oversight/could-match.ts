import type { Allow } from '../../schemas/process-definition.ts';
import type { ActorSnapshot } from './directory.ts';

/**
 * Whether somebody could be meant by a selector in some instance or other: looks only at what does not
 * depend on the instance (role, position, body, principal). For finding candidates; `permits` decides.
 */
export function couldMatch(allow: Allow, actor: ActorSnapshot): boolean {
  const selectors = Array.isArray(allow) ? allow : [allow];
  return selectors.some(
    ({ role, position, body, principal }) =>
      anyOf(role, actor.roles) &&
      anyOf(position, actor.positions) &&
      anyOf(body, actor.bodies ?? []) &&
      anyOf(principal, [actor.principal]),
  );
}

function anyOf(wanted: string | readonly string[] | undefined, held: readonly string[]): boolean {
  if (wanted === undefined) return true;
  return typeof wanted === 'string' ? held.includes(wanted) : wanted.some((one) => held.includes(one));
}
