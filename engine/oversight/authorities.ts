import { borrowedAuthority } from './borrowed-authority.ts';
import type { ActorSnapshot, Directory, Principal } from './directory.ts';
import { snapshotOf } from './snapshot.ts';

/** With what authority somebody may act in a process at an instant: their own first, then what others passed on to them. */
export function authoritiesOf(
  directory: Directory,
  principal: Principal,
  time: string,
  process: string | null,
): readonly ActorSnapshot[] {
  return [snapshotOf(principal, directory, time), ...borrowedAuthority(directory, principal, time, process)];
}
