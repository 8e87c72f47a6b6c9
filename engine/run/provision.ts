/**
 * An identity provider's changes of the directory, one act each. A program cannot weigh warnings, so they hold nothing
 * up: they go on the record with the act. Changes that meet others try again on the directory as it then is.
 */
import type { StoredKey } from '../ledger/ledger.ts';
import type { Directory } from '../oversight/directory.ts';
import { fromDirectory } from '../oversight/directory.ts';
import { directoryText } from '../oversight/directory-text.ts';
import { applyProvisioning, type ProvisioningView, viewProvisioned } from '../oversight/provisioning.ts';
import { refuseProvisioning } from '../oversight/provisioning-rules.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Caller, Engine } from './engine-contract.ts';
import { findWarnings, putInForce } from './keep-directory.ts';
import { refuse } from './refuse.ts';

/** Within a process they wait for each other; this many changes of other nodes may come in between. */
const mostAttempts = 20;

export function provisioningDoors(world: BatchWorld): Pick<Engine, 'readProvisioned' | 'provision'> {
  const views = new WeakMap<Directory, ProvisioningView>();
  const viewOf = (directory: Directory) => {
    const view = views.get(directory) ?? viewProvisioned(directory);
    views.set(directory, view);
    return view;
  };
  const checkProvisioner = async (caller: Caller) => {
    const reader = await checkReader(world.directory, caller, 'directory');
    return isRefusal(reader) ? reader : checkRole(reader, engineRoles.provision, 'provision people');
  };
  const isKeyOf = (principal: string, key: StoredKey) =>
    key.principal === principal && world.directory.honours(key);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: each would only find that the one before it has changed the directory. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    async readProvisioned(caller) {
      const refusal = await checkProvisioner(caller);
      if (refusal !== null) return refusal;
      return { kind: 'done', value: viewOf((await world.directory.refresh()).directory) };
    },

    provision: (caller, decide) =>
      inTurn(async () => {
        for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
          const refusal = await checkProvisioner(caller);
          if (refusal !== null) return refusal;
          const { directory, keysById } = await world.directory.refresh();
          const change = decide(viewOf(directory));
          if (change.kind === 'provisioning-refusal') return change;
          const before = fromDirectory(directory);
          const applied = applyProvisioning(before, change);
          if (applied.kind !== 'applied') return applied;
          const { lists, id } = applied;
          const isNew = change.kind === 'create-user' && !directory.principals.has(`person:${id}`);
          if (isNew && [...keysById.values()].some((key) => isKeyOf(`person:${id}`, key)))
            return refuseKeyLeft(id);
          if (directoryText(lists) === directoryText(before)) {
            return { kind: 'done', value: { view: viewOf(directory), id } };
          }
          const warnings = await findWarnings(world, directory, lists);
          const { version } = directory;
          const raised = await putInForce(world, caller, lists, { version, via: 'scim', warnings });
          if (raised === null) continue;
          return { kind: 'done', value: { view: viewOf((await world.directory.current()).directory), id } };
        }
        return refuse('conflict', 'Others kept changing the directory first.', 'Send it again in a moment.');
      }),
  };
}

/** An administrator took somebody of that id out of the directory: whoever had their key would be the new one. */
const refuseKeyLeft = (id: string) =>
  refuseProvisioning(
    'taken',
    `There was a person:${id} before, with a key that is still good. A key administrator revokes it first.`,
  );
