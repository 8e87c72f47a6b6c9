/** The small part of a definition that questions across instances need: whom it names, and where. */
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { memberOf } from '../evidence/member-of.ts';
import type { ActorSnapshot } from './directory.ts';

export interface ProcessParts {
  readonly hash: string;
  readonly parts: readonly Part[];
  /** By state: who may decide at its gate, and which agents it asks for a proposal. */
  readonly reviewers: ReadonlyMap<string, Allow>;
  readonly agents: ReadonlyMap<string, Allow>;
}

/** Whom a selector names, by any of these, and in which unit. */
interface Part {
  readonly roles: readonly string[];
  readonly positions: readonly string[];
  readonly bodies: readonly string[];
  readonly principals: readonly string[];
  /** `initiator`: the unit of whoever started it. Null: any, or one that only an expression can tell. */
  readonly unit: string | null;
  readonly subunits: boolean;
}

/** A definition never changes, so what it names is collected once. */
const collected = new WeakMap<CompiledProcess, ProcessParts>();

export function partsOf(process: CompiledProcess): ProcessParts {
  const known = collected.get(process);
  if (known !== undefined) return known;
  const parts = {
    hash: process.hash,
    parts: [
      {
        roles: [process.definition.responsible.role],
        positions: [],
        bodies: [],
        principals: [],
        unit: null,
        subunits: false,
      },
      ...[...selectorsOf(process)].flatMap(toPart),
    ],
    reviewers: new Map([...process.gates.values()].map(({ state, gate }) => [state, gate.reviewers])),
    agents: new Map([...process.proposes.values()].map(({ state, propose }) => [state, propose.agent])),
  };
  collected.set(process, parts);
  return parts;
}

/**
 * Whether the definition gives the principal something to do in an instance that was started in this unit: what
 * is left to their own unit is nobody else's to read. Null asks for instances of all units.
 */
export function hasPart(
  { parts }: ProcessParts,
  actor: ActorSnapshot,
  initiatorUnit: string | null,
): boolean {
  return parts.some(({ roles, positions, bodies, principals, unit, subunits }) => {
    const wanted = unit === 'initiator' ? initiatorUnit : unit;
    if (unit !== null && (wanted === null || !isOfUnit(actor, wanted, subunits))) return false;
    return (
      principals.includes(actor.principal) ||
      actor.roles.some((role) => roles.includes(role)) ||
      actor.positions.some((position) => positions.includes(position)) ||
      (actor.bodies ?? []).some((body) => bodies.includes(body))
    );
  });
}

/** Theirs, or one in which they hold something; or beneath it, where the rule takes these too. */
function isOfUnit(
  { unit, held = [], unitsAbove = {} }: ActorSnapshot,
  wanted: string,
  subunits: boolean,
): boolean {
  return [unit, ...held.map((one) => one.unit)].some(
    (one) =>
      one !== null && (one === wanted || (subunits && (memberOf(unitsAbove, one) ?? []).includes(wanted))),
  );
}

/** None of one that only whoever started the instance fits: they may read it anyway. */
function toPart(selector: Selector): readonly Part[] {
  const { role = [], position = [], body = [], principal = [], unit, initiator } = selector;
  if (initiator === true) return [];
  const part = {
    roles: [role].flat(),
    positions: [position].flat(),
    bodies: [body].flat(),
    principals: [principal].flat(),
    subunits: selector.subunits === true,
  };
  if (unit === 'initiator.unit') return [{ ...part, unit: 'initiator' }];
  return [{ ...part, unit: unit?.startsWith('unit:') === true ? unit : null }];
}

/** Whoever may start one has no part in those of others. */
function* selectorsOf(process: CompiledProcess): Generator<Selector> {
  for (const transition of process.transitions.values()) yield* eachOf(transition.allow);
  for (const { gate } of process.gates.values()) yield* eachOf(gate.reviewers);
  for (const { propose } of process.proposes.values()) yield* eachOf(propose.agent);
}

function eachOf(allow: Allow | undefined): readonly Selector[] {
  if (allow === undefined) return [];
  return Array.isArray(allow) ? allow : [allow];
}
