/** The small part of a definition that questions across instances need: whom it names, and where. */
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import type { ActorSnapshot } from './directory.ts';

export interface ProcessParts {
  readonly hash: string;
  readonly named: Named;
  /** By state: who may decide at its gate, and which agents it asks for a proposal. */
  readonly reviewers: ReadonlyMap<string, Allow>;
  readonly agents: ReadonlyMap<string, Allow>;
}

interface Named {
  readonly roles: ReadonlySet<string>;
  readonly positions: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
}

/** A definition never changes, so what it names is collected once. */
const collected = new WeakMap<CompiledProcess, ProcessParts>();

export function partsOf(process: CompiledProcess): ProcessParts {
  const known = collected.get(process);
  if (known !== undefined) return known;
  const selectors = [...selectorsOf(process)];
  const named = {
    roles: new Set(selectors.flatMap((selector) => selector.role ?? [])),
    positions: new Set(selectors.flatMap((selector) => selector.position ?? [])),
    principals: new Set(selectors.flatMap((selector) => selector.principal ?? [])),
  };
  named.roles.add(process.definition.responsible.role);
  const parts = {
    hash: process.hash,
    named,
    reviewers: new Map([...process.gates.values()].map(({ state, gate }) => [state, gate.reviewers])),
    agents: new Map([...process.proposes.values()].map(({ state, propose }) => [state, propose.agent])),
  };
  collected.set(process, parts);
  return parts;
}

/** Whether the definition names the principal anywhere, for any of its instances. */
export function hasPart({ named }: ProcessParts, actor: ActorSnapshot): boolean {
  return (
    named.principals.has(actor.principal) ||
    actor.roles.some((role) => named.roles.has(role)) ||
    actor.positions.some((position) => named.positions.has(position))
  );
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
