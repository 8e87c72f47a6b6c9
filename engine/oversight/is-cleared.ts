import { type ActorSnapshot, type Clearance, clearances } from './directory.ts';

/** Whether somebody may decide on what is classified so. Where no clearance was given, none is asked. */
export function isCleared(
  { clearance }: Pick<ActorSnapshot, 'clearance'>,
  classification: Clearance,
): boolean {
  return clearance === undefined || clearances.indexOf(clearance) >= clearances.indexOf(classification);
}
