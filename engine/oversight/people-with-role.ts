/** Sorted ids of the people who hold a role and are active: who answers for an instance, by the directory at that time. */
import type { Directory, Principal } from './directory.ts';
import { holdsAt } from './snapshot.ts';

export function peopleWithRole(directory: Directory, role: string, time: string): readonly string[] {
  const holds = ({ roles, appointments = [] }: Principal) =>
    roles.includes(role) ||
    appointments.some((one) => one.kind === 'role' && one.name === role && holdsAt(one, time));
  const people = [...directory.principals.values()]
    .filter((principal) => principal.active && principal.kind === 'person' && holds(principal))
    .map(({ person }) => person);
  return [...new Set(people)].sort();
}
