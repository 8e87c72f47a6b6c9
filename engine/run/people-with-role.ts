/** Sorted ids of the people who hold a role and are active: who answers for an instance, by the directory now. */
import type { Directory } from '../oversight/directory.ts';

export function peopleWithRole(directory: Directory, role: string): readonly string[] {
  const people = [...directory.principals.values()]
    .filter((principal) => principal.active && principal.kind === 'person' && principal.roles.includes(role))
    .map(({ person }) => person);
  return [...new Set(people)].sort();
}
