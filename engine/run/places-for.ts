/** Where something waits that a principal could be meant by: only definitions with such work are looked at. */
import type { WorkPlace } from '../ledger/ledger.ts';
import { authoritiesOf } from '../oversight/authorities.ts';
import { couldMatch } from '../oversight/could-match.ts';
import type { Principal } from '../oversight/directory.ts';
import type { BatchWorld } from './command-batch.ts';

/** States with open gates that this person could review, or with requests that this agent could answer. */
export async function placesFor(
  world: Pick<BatchWorld, 'ledger' | 'processes' | 'directory' | 'clock'>,
  kind: 'gates' | 'requests',
  principal: Principal,
): Promise<readonly WorkPlace[]> {
  const waiting = await world.ledger.listWorkPlaces(kind);
  const parts = await world.processes.parts([...new Set(waiting.map(({ hash }) => hash))]);
  const { directory } = await world.directory.current();
  const time = new Date(world.clock.now()).toISOString();
  const authorities = authoritiesOf(directory, principal, time, null);
  const byHash = new Map(parts.map((one) => [one.hash, one]));
  return waiting.filter(({ hash, state }) => {
    const allowed = byHash.get(hash)?.[kind === 'gates' ? 'reviewers' : 'agents'].get(state);
    return allowed !== undefined && authorities.some((actor) => couldMatch(allowed, actor));
  });
}
