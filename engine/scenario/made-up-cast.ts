/**
 * People made up for a process that has no directory yet: for each way to say who may do something,
 * somebody of whom it is true, and as many of them as a gate may need.
 */
import type { Allow, Selector } from '../../schemas/process-definition.ts';
import type { CompiledProcess } from '../definition/compiled-process.ts';
import { type Directory, nothingElse, type Principal } from '../oversight/directory.ts';
import { approvalsNeeded } from '../oversight/quorum.ts';

/** They all belong to one unit, unless a selector names another. */
const unit = 'unit:example';

export function madeUpDirectory(process: CompiledProcess): Directory {
  const { definition } = process;
  const cast = new Map<string, Principal>();
  const seats = new Map<string, readonly string[]>();
  const add = (kind: Principal['kind'], allow: Allow | undefined, times = 1) => {
    for (const selector of allow === undefined ? [] : [allow].flat())
      for (let number = 1; number <= times; number += 1) {
        const principal = personFor(kind, selector, number);
        if (principal === null) continue;
        if (!cast.has(principal.id)) cast.set(principal.id, principal);
        const body = firstOf(selector.body);
        if (body !== undefined) seats.set(body, [...(seats.get(body) ?? []), principal.id]);
      }
  };
  add('person', { role: definition.responsible.role });
  add('person', definition.start.allow);
  for (const { propose } of process.proposes.values()) add('agent', propose.agent, propose.several?.atMost);
  // One more than are needed: the initiator may be among them, and excluded.
  for (const { gate } of process.gates.values()) add('person', gate.reviewers, approvalsNeeded(gate, 3) + 1);
  for (const { allow } of process.transitions.values()) add('person', allow);
  const units = [...new Set([...cast.values()].map((one) => one.unit ?? unit))];
  return {
    ...nothingElse,
    version: 1,
    principals: cast,
    units: new Map(units.map((id) => [id, { id, parent: null, title: { vi: id, en: id } }])),
    bodies: bodiesOf(seats),
  };
}

function bodiesOf(seats: ReadonlyMap<string, readonly string[]>): Directory['bodies'] {
  return new Map(
    [...seats].map(([id, people]) => {
      const members = [...new Set(people)].map((person) => ({ person, from: null, until: null }));
      return [id, { id, title: { vi: id, en: id }, members }];
    }),
  );
}

/** Null where the selector says nothing about who it is, such as the initiator alone. */
function personFor(kind: Principal['kind'], selector: Selector, number: number): Principal | null {
  const role = firstOf(selector.role);
  const position = firstOf(selector.position);
  const body = firstOf(selector.body);
  const named = firstOf(selector.principal);
  const [namedKind, ...rest] = named?.split(':') ?? [];
  const name =
    named === undefined
      ? `${role ?? position ?? body?.slice('body:'.length) ?? ''}${number === 1 ? '' : `-${number}`}`
      : rest.join(':');
  if (name === '' || /^-\d+$/.test(name)) return null;
  const isKind = namedKind === 'person' || namedKind === 'service' || namedKind === 'agent';
  const id = `${isKind ? namedKind : kind}:${name.toLowerCase().replaceAll('_', '-')}`;
  return {
    id,
    kind: isKind ? namedKind : kind,
    name,
    person: id,
    unit: selector.unit?.startsWith('unit:') === true ? selector.unit : unit,
    roles: role === undefined ? [] : [role],
    positions: position === undefined ? [] : [position],
    active: true,
  };
}

function firstOf(values: string | readonly string[] | undefined): string | undefined {
  return typeof values === 'string' ? values : values?.[0];
}
