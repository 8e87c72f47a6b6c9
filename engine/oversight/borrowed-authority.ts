/**
 * Whose authority somebody may use at an instant besides their own: by a delegation, by standing in for somebody
 * absent, or through several of these where each but the last may be passed on. It knows no rule: `permits` decides
 * what the authority is good for.
 */
import type { ActorSnapshot, Delegation, Directory, Principal } from './directory.ts';
import { holdsAt, snapshotOf } from './snapshot.ts';

/** More links than any organisation passes an authority through. */
const longestChain = 5;

/** What is passed on; null: all of them. */
type Scope = Pick<Delegation, 'roles' | 'positions'> & { readonly bodies: readonly string[] | null };

/**
 * One snapshot for each account whose authority may be used in that process: the acting principal's identity,
 * clearance and competences with the other's unit, roles, positions and bodies, as far as passed on. By the ids of
 * these accounts, in order. `process` null: in any.
 */
export function borrowedAuthority(
  directory: Directory,
  principal: Principal,
  time: string,
  process: string | null,
): readonly ActorSnapshot[] {
  if (principal.kind !== 'person' || !principal.active || directory.delegations.length === 0) return [];
  const lent = lentTo(directory, principal.person, time, process);
  if (lent.length === 0) return [];
  const own = snapshotOf(principal, directory, time);
  const accounts = [...directory.principals.values()].filter(
    ({ kind, active }) => kind === 'person' && active,
  );
  return lent.flatMap(({ of, scope }) =>
    accounts
      .filter(({ person }) => person === of)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .map((account) => narrowed(own, snapshotOf(account, directory, time), scope)),
  );
}

interface Lent {
  readonly of: string;
  readonly scope: Scope;
}

function lentTo(directory: Directory, person: string, time: string, process: string | null): readonly Lent[] {
  const links = directory.delegations.filter(
    (link) =>
      holdsAt(link, time) &&
      (process === null || link.processes === null || link.processes.includes(process)),
  );
  const lent: Lent[] = [];
  const follow = (to: string, scope: Scope, through: readonly string[]) => {
    for (const link of links) {
      if (link.to !== to || through.includes(link.of) || through.length > longestChain) continue;
      // Only the last link, the one to whoever acts, need not allow passing on.
      if (through.length > 1 && !link.mayDelegate) continue;
      const narrower = both(scope, link);
      lent.push({ of: link.of, scope: narrower });
      follow(link.of, narrower, [...through, link.of]);
    }
  };
  follow(person, { roles: null, positions: null, bodies: null }, [person]);
  return lent;
}

function both(one: Scope, other: Scope): Scope {
  return {
    roles: common(one.roles, other.roles),
    positions: common(one.positions, other.positions),
    bodies: common(one.bodies, other.bodies),
  };
}

function common(one: readonly string[] | null, other: readonly string[] | null): readonly string[] | null {
  if (one === null || other === null) return one ?? other;
  return one.filter((name) => other.includes(name));
}

function narrowed(own: ActorSnapshot, lender: ActorSnapshot, scope: Scope): ActorSnapshot {
  const { principal, kind, person, clearance, competences } = own;
  const within = (names: readonly string[] | null, name: string) => names === null || names.includes(name);
  const held = lender.held?.filter((one) =>
    within(one.kind === 'role' ? scope.roles : scope.positions, one.name),
  );
  const bodies = (lender.bodies ?? []).filter((body) => within(scope.bodies, body));
  return {
    principal,
    kind,
    person,
    unit: lender.unit,
    roles: lender.roles.filter((role) => within(scope.roles, role)),
    positions: lender.positions.filter((position) => within(scope.positions, position)),
    ...(held === undefined ? {} : { held }),
    ...(lender.unitsAbove === undefined ? {} : { unitsAbove: lender.unitsAbove }),
    ...(bodies.length === 0 ? {} : { bodies }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(competences === undefined ? {} : { competences }),
    onBehalfOf: lender.person,
  };
}
