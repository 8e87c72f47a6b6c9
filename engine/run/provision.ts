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
  /** What somebody of that id, who is in the directory no more, would still act with. */
  const leftOf = async (principal: string, keys: Iterable<StoredKey>) => {
    for (const key of keys) {
      if (key.principal === principal && world.directory.honours(key)) return 'a key that is still good';
    }
    if ((await world.ledger.listSessions(principal)).length > 0) return 'a session that has not ended';
    const factors = await world.ledger.listFactors(principal);
    return factors.some(({ removedAt }) => removedAt === null)
      ? 'a code or passkey that was not removed'
      : null;
  };
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
          const left = isNew ? await leftOf(`person:${id}`, keysById.values()) : null;
          if (left !== null) return refuseLeft(id, left);
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

/** An administrator took somebody of that id out of the directory: whoever has that of theirs would be the new one. */
const refuseLeft = (id: string, left: string) =>
  refuseProvisioning(
    'taken',
    `There was a person:${id} before, with ${left}. A key administrator puts an end to it first.`,
  );
