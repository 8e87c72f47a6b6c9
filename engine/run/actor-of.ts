/** Who acts: the caller as the directory has them now, or Countersign itself for what nobody sends. */
import type { ActorSnapshot } from '../oversight/directory.ts';
import type { Refusal } from '../step/step.ts';
import type { DirectoryCache, Known } from './directory-cache.ts';
import type { Caller } from './engine-contract.ts';
import { refuse } from './refuse.ts';

/** `known` is what the batch decides by, at `time` (ISO 8601). A key or a principal that counts no more is refused. */
export function actorOf(
  directory: DirectoryCache,
  known: Known,
  caller: Caller | null,
  time: string,
): ActorSnapshot | Refusal {
  if (caller === null) return engineActor;
  const key = caller.key === null ? null : known.keysById.get(caller.key);
  const principal = known.directory.principals.get(caller.principal.id);
  if (key === undefined || (key !== null && !directory.honours(key))) {
    return refuse(
      'unauthenticated',
      'This key is no longer valid.',
      'Ask a key administrator for a new one.',
    );
  }
  if (principal === undefined || !principal.active) {
    return refuse(
      'not-allowed',
      `${caller.principal.id} is no longer active in the directory.`,
      'Ask whoever keeps the directory to look at the entry.',
    );
  }
  return directory.snapshotOf(principal, time);
}

const engineActor: ActorSnapshot = {
  principal: 'countersign',
  kind: 'engine',
  person: 'countersign',
  unit: null,
  roles: [],
  positions: [],
};
