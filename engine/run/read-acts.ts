/** The chain of acts as auditors read it: keys, directories, deployments, and whatever else is done to the ledger itself. */
import type { JsonObject } from '../../schemas/json.ts';
import { checkReader, checkRole, engineRoles } from './check-caller.ts';
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine } from './engine-contract.ts';
import { pageSize } from './read-instance.ts';

export function actDoors(world: BatchWorld): Pick<Engine, 'readActs'> {
  return {
    async readActs(caller, afterSeq, wantedLimit) {
      const reader = await checkReader(world.directory, caller, 'read');
      if (isRefusal(reader)) return reader;
      const refusal = checkRole(reader, engineRoles.audit, 'read what was done to the ledger itself');
      if (refusal !== null) return refusal;
      const limit = pageSize(wantedLimit);
      const found = await world.ledger.listActs(afterSeq, limit + 1);
      const items = found
        .slice(0, limit)
        .map(({ hash, text }) => ({ act: JSON.parse(text) as JsonObject, hash }));
      const next = found.length > limit ? String(found[limit - 1]?.seq ?? '') : null;
      return { kind: 'done', value: { items, next } };
    },
  };
}
