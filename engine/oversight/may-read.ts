/** Decides who may read an instance and its record: whoever has a part in it, and the auditors. */
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { noticesOf } from '../step/notices.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { ActorSnapshot } from './directory.ts';
import { hasPart, partsOf } from './process-parts.ts';

export const auditorRole = 'auditor';

/** The initiator, those responsible, auditors, everyone whom the definition gives something to do in it, and whoever was told of a gate. */
export function mayRead(process: CompiledProcess, actor: ActorSnapshot, state: StoredState): boolean {
  if (actor.principal === state.initiator.principal || actor.person === state.initiator.person) return true;
  if (state.responsible.includes(actor.person)) return true;
  if (actor.roles.includes(auditorRole)) return true;
  if (noticesOf(state).some(({ person }) => person === actor.person)) return true;
  return hasPart(partsOf(process), actor, state.initiator.unit);
}
