/** Decides who may read an instance and its record: whoever has a part in it, and the auditors. */
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { StoredState } from '../step/stored-state.ts';
import type { ActorSnapshot } from './directory.ts';

export const auditorRole = 'auditor';

/** The initiator, those responsible, auditors, and everyone the definition names by role, position or id. */
export function mayRead(process: CompiledProcess, actor: ActorSnapshot, state: StoredState): boolean {
  if (actor.principal === state.initiator.principal || actor.person === state.initiator.person) return true;
  if (state.responsible.includes(actor.person)) return true;
  if (actor.roles.includes(auditorRole)) return true;
  return hasPart(process, actor);
}

/** Whether the definition names the principal anywhere, for any of its instances. */
export function hasPart(process: CompiledProcess, actor: ActorSnapshot): boolean {
  const named = namedIn(process);
  return (
    named.principals.has(actor.principal) ||
    actor.roles.some((role) => named.roles.has(role)) ||
    actor.positions.some((position) => named.positions.has(position))
  );
}

interface Named {
  readonly roles: ReadonlySet<string>;
  readonly positions: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
}

/** A definition never changes, so what it names is collected once. */
const collected = new WeakMap<CompiledProcess, Named>();

function namedIn(process: CompiledProcess): Named {
  const known = collected.get(process);
  if (known !== undefined) return known;
  const selectors = [...selectorsOf(process)];
  const named = {
    roles: new Set(selectors.flatMap((selector) => selector.role ?? [])),
    positions: new Set(selectors.flatMap((selector) => selector.position ?? [])),
    principals: new Set(selectors.flatMap((selector) => selector.principal ?? [])),
  };
  named.roles.add(process.definition.responsible.role);
  collected.set(process, named);
  return named;
}

function* selectorsOf(process: CompiledProcess): Generator<Selector> {
  yield* eachOf(process.definition.start.allow);
  for (const transition of process.transitions.values()) yield* eachOf(transition.allow);
  for (const { gate } of process.gates.values()) yield* eachOf(gate.reviewers);
  for (const { propose } of process.proposes.values()) yield* eachOf(propose.agent);
}

function eachOf(allow: Allow | undefined): readonly Selector[] {
  if (allow === undefined) return [];
  return Array.isArray(allow) ? allow : [allow];
}
