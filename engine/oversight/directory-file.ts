/**
 * From a directory as people write it to one as it is in force, and back: short forms become whole ones, days become
 * instants. It checks nothing; `readDirectory` does.
 */
import type { DirectoryFile } from '../../schemas/directory.ts';
import type {
  Appointment,
  Body,
  Delegation,
  DirectoryContent,
  Principal,
  PrincipalKind,
  Provisioned,
  Span,
  Unit,
} from './directory.ts';

/** The file MUST be one that `readDirectory` accepts. */
export function fromDirectoryFile(file: DirectoryFile): Required<DirectoryContent> {
  return {
    principals: file.principals.map(toPrincipal),
    units: file.units.map(({ id, title, parent }): Unit => ({ id, title, parent: parent ?? null })),
    roles: new Map(Object.entries(file.roles).map(([role, { title }]) => [role, title])),
    bodies: new Map((file.bodies ?? []).map((body) => [body.id, toBody(body)])),
    delegations: [...(file.delegations ?? []).map(toDelegation), ...(file.absences ?? []).map(toStandIn)],
  };
}

/** As a file would say it: what is not said is left out. */
export function toDirectoryFile({
  principals,
  units,
  roles = new Map(),
  bodies = new Map(),
  delegations = [],
}: DirectoryContent): DirectoryFile {
  const absences = delegations.filter(({ kind }) => kind === 'absence');
  const others = delegations.filter(({ kind }) => kind === 'delegation');
  return {
    roles: Object.fromEntries([...roles].map(([role, title]) => [role, { title }])),
    units: units.map(({ id, title, parent }) => ({ id, title, ...(parent === null ? {} : { parent }) })),
    principals: principals.map(fromPrincipal),
    ...(bodies.size === 0 ? {} : { bodies: [...bodies.values()].map(fromBody) }),
    ...(others.length === 0 ? {} : { delegations: others.map(fromDelegation) }),
    ...(absences.length === 0
      ? {}
      : { absences: absences.map(({ of, to, from, until }) => ({ person: of, standIn: to, from, until })) }),
  };
}

export function kindOf(id: string): PrincipalKind {
  if (id.startsWith('person:')) return 'person';
  return id.startsWith('service:') ? 'service' : 'agent';
}

const dayMs = 86_400_000;

/** A day begins and ends as it does in Viet Nam, and is within to its end. Null where there is no such time. */
export function instantOf(text: string, end: keyof Span): string | null {
  const day = text.slice(0, 'yyyy-mm-dd'.length);
  const ms = Date.parse(day === text ? `${day}T00:00:00+07:00` : text);
  const inCalendar = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(ms) || Number.isNaN(inCalendar.getTime())) return null;
  // A day that the calendar does not have would silently become another.
  if (inCalendar.toISOString().slice(0, day.length) !== day) return null;
  return new Date(day === text && end === 'until' ? ms + dayMs : ms).toISOString();
}

interface Written {
  readonly from?: string;
  readonly until?: string;
}

function toSpan({ from, until }: Written): Span {
  return {
    from: from === undefined ? null : instantOf(from, 'from'),
    until: until === undefined ? null : instantOf(until, 'until'),
  };
}

const fromSpan = ({ from, until }: Span): Written => ({
  ...(from === null ? {} : { from }),
  ...(until === null ? {} : { until }),
});

type FilePrincipal = DirectoryFile['principals'][number];

function toPrincipal(entry: FilePrincipal): Principal {
  const { roles = [], positions = [], clearance, competences = [] } = entry;
  const appointments = [
    ...roles.flatMap((one) => (typeof one === 'string' ? [] : [appointmentOf('role', one.role, one)])),
    ...positions.flatMap((one) =>
      typeof one === 'string' ? [] : [appointmentOf('position', one.position, one)],
    ),
  ];
  return {
    id: entry.id,
    kind: kindOf(entry.id),
    name: entry.name,
    person: entry.person ?? entry.id,
    unit: entry.unit ?? null,
    roles: roles.filter((one) => typeof one === 'string'),
    positions: positions.filter((one) => typeof one === 'string'),
    active: entry.active ?? true,
    ...(appointments.length === 0 ? {} : { appointments }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(competences.length === 0 ? {} : { competences }),
    ...(entry.operator === undefined ? {} : { operator: entry.operator }),
    ...(entry.callback === undefined ? {} : { callback: entry.callback }),
    ...(entry.accounts === undefined ? {} : { accounts: entry.accounts }),
    ...(entry.provisioned === undefined
      ? {}
      : { provisioned: labelsOf(entry.provisioned, entry.active ?? true) }),
  };
}

/** That the provider made them inactive is over when they are active: whoever makes them so again says for how long. */
function labelsOf(provisioned: Provisioned, active: boolean): Provisioned {
  if (!active) return provisioned;
  const { status: _status, ...labels } = provisioned;
  return labels;
}

function appointmentOf(
  kind: Appointment['kind'],
  name: string,
  written: Written & { readonly unit?: string },
): Appointment {
  return { kind, name, unit: written.unit ?? null, ...toSpan(written) };
}

function fromPrincipal(principal: Principal): FilePrincipal {
  const { id, name, person, unit, roles, positions, active, appointments = [], clearance } = principal;
  const held = (kind: Appointment['kind']) => appointments.filter((one) => one.kind === kind);
  const where = (one: Appointment) => ({
    ...(one.unit === null ? {} : { unit: one.unit }),
    ...fromSpan(one),
  });
  const allRoles = [...roles, ...held('role').map((one) => ({ role: one.name, ...where(one) }))];
  const allPositions = [
    ...positions,
    ...held('position').map((one) => ({ position: one.name, ...where(one) })),
  ];
  return {
    id,
    name,
    ...(unit === null ? {} : { unit }),
    ...(allRoles.length === 0 ? {} : { roles: allRoles }),
    ...(allPositions.length === 0 ? {} : { positions: allPositions }),
    ...(person === id ? {} : { person }),
    ...(active ? {} : { active }),
    ...(clearance === undefined ? {} : { clearance }),
    ...(principal.competences === undefined ? {} : { competences: [...principal.competences] }),
    ...(principal.operator === undefined ? {} : { operator: principal.operator }),
    ...(principal.callback === undefined ? {} : { callback: principal.callback }),
    ...(principal.accounts === undefined ? {} : { accounts: [...principal.accounts] }),
    ...(principal.provisioned === undefined ? {} : { provisioned: principal.provisioned }),
  };
}

type FileBody = NonNullable<DirectoryFile['bodies']>[number];

function toBody({ id, title, members }: FileBody): Body {
  return {
    id,
    title,
    members: members.map((one) =>
      typeof one === 'string'
        ? { person: one, from: null, until: null }
        : { person: one.person, ...toSpan(one) },
    ),
  };
}

function fromBody({ id, title, members }: Body): FileBody {
  return {
    id,
    title,
    members: members.map((one) =>
      one.from === null && one.until === null ? one.person : { person: one.person, ...fromSpan(one) },
    ),
  };
}

type FileDelegation = NonNullable<DirectoryFile['delegations']>[number];

function toDelegation(one: FileDelegation): Delegation {
  return {
    kind: 'delegation',
    of: one.of,
    to: one.to,
    roles: one.roles ?? [],
    positions: one.positions ?? [],
    bodies: one.bodies ?? [],
    processes: one.processes ?? null,
    from: instantOf(one.from, 'from') ?? '',
    until: instantOf(one.until, 'until') ?? '',
    mayDelegate: one.mayDelegate ?? false,
  };
}

function fromDelegation(one: Delegation): FileDelegation {
  const { of, to, roles, positions, bodies, processes, from, until, mayDelegate } = one;
  return {
    of,
    to,
    roles: [...(roles ?? [])],
    positions: [...(positions ?? [])],
    bodies: [...bodies],
    ...(processes === null ? {} : { processes: [...processes] }),
    from,
    until,
    ...(mayDelegate ? { mayDelegate } : {}),
  };
}

function toStandIn(one: NonNullable<DirectoryFile['absences']>[number]): Delegation {
  return {
    kind: 'absence',
    of: one.person,
    to: one.standIn,
    roles: null,
    positions: null,
    bodies: [],
    processes: null,
    from: instantOf(one.from, 'from') ?? '',
    until: instantOf(one.until, 'until') ?? '',
    mayDelegate: false,
  };
}
