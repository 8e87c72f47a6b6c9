/** The secrets that notices to agents are signed with, and what came of each notice. */
import { randomBytes } from 'node:crypto';
import { nameOf } from './answer-requests.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Caller, Engine } from './engine-contract.ts';
import { pageSize } from './read-instance.ts';
import { refuse } from './refuse.ts';

export function callbackDoors(world: BatchWorld): Pick<Engine, 'listCallbacks' | 'makeCallbackSecret'> {
  const administrator = async (caller: Caller) => {
    const reader = await checkReader(world.directory, caller, 'keys');
    return isRefusal(reader)
      ? reader
      : checkRole(reader, engineRoles.keys, 'look after the callbacks of agents');
  };

  return {
    async makeCallbackSecret(caller, agent) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const { directory } = await world.directory.refresh();
      const secret = `whsec_${randomBytes(32).toString('base64')}`;
      if (!(await world.ledger.makeCallbackSecret(agent, secret, caller.principal.id))) {
        return refuse(
          'not-found',
          `There is no active AI agent ${agent} in the directory.`,
          'Add it to the directory first, with the "callback" that it is called at.',
        );
      }
      const found = directory.principals.get(agent);
      return { kind: 'done', value: { agent, callback: found?.callback ?? null, secret } };
    },

    async listCallbacks(caller, limit) {
      const refusal = await administrator(caller);
      if (refusal !== null) return refusal;
      const tries = await world.ledger.listCallbacks(pageSize(limit));
      return {
        kind: 'done',
        value: tries.map(({ state: _state, opened: _opened, ...one }) => ({
          request: nameOf({ instance: one.instance, state: _state, opened: _opened }),
          ...one,
        })),
      };
    },
  };
}
