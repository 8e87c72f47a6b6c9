import { canonicalJson } from '../evidence/canonical-json.ts';
import type { DirectoryContent, Principal } from './directory.ts';

/** The same text for directories that say the same, in whatever order. */
export function directoryText({ principals, units, roles, bodies, delegations }: DirectoryContent): string {
  return canonicalJson({
    principals: principals.map(inOrder).sort(byId),
    units: [...units].sort(byId),
    roles: Object.fromEntries(roles ?? []),
    bodies: [...(bodies?.values() ?? [])]
      .map((body) => ({ ...body, members: body.members.map((one) => canonicalJson(one)).sort() }))
      .sort(byId),
    delegations: (delegations ?? []).map((one) => canonicalJson(one)).sort(),
  });
}

function inOrder(principal: Principal) {
  const { appointments, competences } = principal;
  return {
    ...principal,
    roles: [...principal.roles].sort(),
    positions: [...principal.positions].sort(),
    ...(appointments === undefined
      ? {}
      : { appointments: appointments.map((one) => canonicalJson(one)).sort() }),
    ...(competences === undefined ? {} : { competences: [...competences].sort() }),
  };
}

const byId = (one: { readonly id: string }, other: { readonly id: string }) => (one.id < other.id ? -1 : 1);
