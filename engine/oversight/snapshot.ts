/**
 * What somebody of the directory holds at an instant, as the record keeps it: replay then needs no directory.
 * It knows no rule and allows nothing.
 */
import type { ActorSnapshot, Directory, Held, Principal, Span } from './directory.ts';

/** Where memberships and the tree of units are looked up. */
export type Surroundings = Pick<Directory, 'units' | 'bodies'>;

/** `time` is ISO 8601 in UTC with milliseconds. Names come in order. */
export function snapshotOf(
  principal: Principal,
  { units, bodies }: Surroundings,
  time: string,
): ActorSnapshot {
  const { id, kind, person, unit, clearance, competences = [] } = principal;
  const held = heldAt(principal, time);
  const elsewhere = held.some((one) => one.unit !== unit);
  const above = unitsAbove([unit, ...held.map((one) => one.unit)], units);
  const sitsIn = kind === 'person' ? bodiesOf(person, bodies, time) : [];
  return {
    principal: id,
    kind,
    person,
    unit,
    roles: namesOf('role', held),
    positions: namesOf('position', held),
    ...(elsewhere ? { held } : {}),
    ...(Object.keys(above).length === 0 ? {} : { unitsAbove: above }),
    ...(sitsIn.length === 0 ? {} : { bodies: sitsIn }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(competences.length === 0 ? {} : { competences: [...competences].sort() }),
  };
}

/** Whether what somebody holds is the same at every time, by this directory. */
export function isTimeless({ person, appointments = [] }: Principal, { bodies }: Surroundings): boolean {
  const seats = [...bodies.values()].flatMap(({ members }) => members.filter((one) => one.person === person));
  return [...appointments, ...seats].every(({ from, until }) => from === null && until === null);
}

/** Instants of one form compare as texts. */
export function holdsAt({ from, until }: Span, time: string): boolean {
  return (from === null || from <= time) && (until === null || time < until);
}

function heldAt({ unit, roles, positions, appointments = [] }: Principal, time: string): readonly Held[] {
  const plain = (kind: Held['kind'], names: readonly string[]) => names.map((name) => ({ kind, name, unit }));
  const appointed = appointments
    .filter((one) => holdsAt(one, time))
    .map((one) => ({ kind: one.kind, name: one.name, unit: one.unit ?? unit }));
  const byText = new Map(
    [...plain('role', roles), ...plain('position', positions), ...appointed].map((one) => [
      `${one.kind} ${one.name} ${one.unit}`,
      one,
    ]),
  );
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, one]) => one);
}

function namesOf(kind: Held['kind'], held: readonly Held[]): readonly string[] {
  return [...new Set(held.filter((one) => one.kind === kind).map(({ name }) => name))].sort();
}

/** The nearest first. A circle, which no checked directory has, ends where it closes. */
function unitsAbove(
  of: readonly (string | null)[],
  units: Directory['units'],
): { readonly [unit: string]: readonly string[] } {
  const above: { [unit: string]: readonly string[] } = {};
  for (const unit of new Set(of)) {
    if (unit === null) continue;
    const found = new Set<string>();
    let parent = units.get(unit)?.parent ?? null;
    while (parent !== null && parent !== unit && !found.has(parent)) {
      found.add(parent);
      parent = units.get(parent)?.parent ?? null;
    }
    if (found.size > 0) above[unit] = [...found];
  }
  return above;
}

function bodiesOf(person: string, bodies: Directory['bodies'], time: string): readonly string[] {
  const sitsIn: string[] = [];
  for (const { id, members } of bodies.values()) {
    if (members.some((member) => member.person === person && holdsAt(member, time))) sitsIn.push(id);
  }
  return sitsIn.sort();
}
