/**
 * What a link in a message leads to: one opening of a gate. It carries no secret and no authority: whoever follows
 * it signs in like everywhere else, and sees what a reviewer sees. A link that was used, or came too late, is gone;
 * one that is somebody else's is not there. Following it changes nothing.
 */
import { isRefusal } from './command.ts';
import type { BatchWorld } from './command-batch.ts';
import type { Engine } from './engine-contract.ts';
import { loadReadable } from './load-readable.ts';
import { gateViewOf, refusalsAtGate } from './read-gate.ts';
import { refuse } from './refuse.ts';

export function openingDoors(world: BatchWorld): Pick<Engine, 'readOpening'> {
  return {
    async readOpening(caller, instance, gate, opened) {
      const readable = await loadReadable(world, caller, instance);
      if (isRefusal(readable)) return readable;
      const { state, process, stored, actor } = readable;
      if (!process.gates.has(gate) || opened > stored.seq) return refuseForeign();
      if (state.gates[gate]?.opened !== opened)
        return refuse(
          'gone',
          'This gate has closed since the link was made.',
          'List your gates to see what waits for you now.',
        );
      const refusal = refusalsAtGate(readable, gate)(actor);
      if (refusal?.code === 'not-allowed' || refusal?.code === 'people-only') return refuseForeign();
      if (refusal?.code === 'already-decided')
        return refuse('gone', 'You have decided at this gate.', 'Nothing is left for you to do here.');
      return { kind: 'done', value: gateViewOf(readable, gate) };
    },
  };
}

/** The same for a gate that never was and for one that others decide at. */
function refuseForeign() {
  return refuse(
    'not-found',
    'This link leads to no gate that is yours to decide at.',
    'List your gates to see what waits for you.',
  );
}
