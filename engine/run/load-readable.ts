/** An instance that a caller may read, loaded and ready to look at; or the refusal they get instead. */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { StoredInstance } from '../ledger/ledger.ts';
import { borrowedAuthority } from '../oversight/borrowed-authority.ts';
import type { Control } from '../oversight/controls.ts';
import type { ActorSnapshot, Directory, Principal } from '../oversight/directory.ts';
import { mayRead } from '../oversight/may-read.ts';
import type { Refusal } from '../step/step.ts';
import type { StoredState } from '../step/stored-state.ts';
import { checkReader } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Caller } from './engine-contract.ts';
import { refuseUnknownInstance } from './refuse.ts';

export interface Readable {
  readonly kind: 'readable';
  readonly stored: StoredInstance;
  readonly state: StoredState;
  readonly process: CompiledProcess;
  readonly principal: Principal;
  readonly actor: ActorSnapshot;
  readonly directory: Directory;
  /** Those that stand. */
  readonly controls: readonly Control[];
  /** ISO 8601. */
  readonly time: string;
}

/** Who may not see an instance is told the same as if there were none. */
export async function loadReadable(
  world: BatchWorld,
  caller: Caller,
  instance: string,
): Promise<Readable | Refusal> {
  const principal = await checkReader(world.directory, caller, 'read');
  if (isRefusal(principal)) return principal;
  const stored = (await world.ledger.loadInstances([instance])).get(instance);
  return stored === undefined
    ? refuseUnknownInstance(instance)
    : toReadable(world, principal, stored).then((found) => found ?? refuseUnknownInstance(instance));
}

/** Null when this principal may not read it. */
export async function toReadable(
  world: BatchWorld,
  principal: Principal,
  stored: StoredInstance,
): Promise<Readable | null> {
  const process = await world.processes.get(stored.definition);
  if (process === null)
    throw new Error(`Instance ${stored.id} names the unknown definition ${stored.definition}.`);
  const { directory, controls } = await world.directory.current();
  const state = JSON.parse(stored.state) as StoredState;
  const time = new Date(world.clock.now()).toISOString();
  const actor = world.directory.snapshotOf(principal, time);
  // Whoever acts for another reads what that one has a part in.
  const borrowed = borrowedAuthority(directory, principal, time, process.definition.id);
  if (![actor, ...borrowed].some((one) => mayRead(process, one, state))) return null;
  return { kind: 'readable', stored, state, process, principal, actor, directory, controls, time };
}
