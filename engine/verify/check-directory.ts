/**
 * Holds a definition against a directory: whether somebody there is everybody it names, and whether at each
 * gate some set of people can ever come to an approval.
 *
 * What depends on the case's data is not known here. Such a condition may hold for anybody, so a gate is
 * called unsatisfiable only where no data could change it.
 */
import type { Finding } from '../../schemas/finding.ts';
import type { Position } from '../definition/compiled-process.ts';
import { FindingList } from '../definition/finding-list.ts';
import { type DefinitionModel, memberOf } from '../definition/model-definition.ts';
import { readModel } from '../definition/read-model.ts';
import type { SourceNode } from '../definition/read-source.ts';
import { suggestName } from '../definition/suggest-name.ts';
import type { Appointment, Directory, Principal } from '../oversight/directory.ts';
import { checkGateElectorates } from './check-gate-electorate.ts';

/** Who is who, as far as this asks. */
export type Members = Pick<Directory, 'principals' | 'units' | 'bodies'>;

/**
 * Findings of a text that lint accepts; none where it does not. `file` is only named in them. What is held for a time
 * counts as it does at `time` (ISO 8601); where that is left out, as if it were held at all times.
 */
export function checkDirectory(
  source: string,
  file: string,
  directory: Members,
  time: string | null = null,
): readonly Finding[] {
  const model = readModel(source);
  if (model === null) return [];
  const findings = new FindingList(file);
  checkNames(model, directory, findings);
  checkGateElectorates(model, time === null ? atAllTimes(directory) : directory, time, findings);
  return findings.sorted();
}

function atAllTimes({ principals, units, bodies }: Members): Members {
  const always = { from: null, until: null };
  const people = [...principals].map(([id, { appointments = [], ...principal }]) => {
    const held = appointments.map((one) => ({ ...one, ...always }));
    return [id, { ...principal, ...(held.length === 0 ? {} : { appointments: held }) }] as const;
  });
  const committees = [...bodies].map(([id, body]) => {
    const members = body.members.map(({ person }) => ({ person, ...always }));
    return [id, { ...body, members }] as const;
  });
  return { principals: new Map(people), units, bodies: new Map(committees) };
}

/** What selectors stand under, wherever they do. */
const selectorMembers = new Set(['agent', 'allow', 'escalate', 'responsible', 'reviewers']);
/** What is data, or describes data, names nobody. */
const dataMembers = new Set(['assign', 'context', 'input', 'output']);

function checkNames(model: DefinitionModel, directory: Members, findings: FindingList): void {
  const held = heldNames(directory);
  const look = (node: SourceNode) => {
    for (const item of node.items ?? []) look(item);
    for (const [name, { node: member }] of node.members ?? []) {
      if (selectorMembers.has(name))
        for (const selector of member.items ?? [member]) checkSelector(selector, held, findings);
      else if (!dataMembers.has(name)) look(member);
    }
  };
  look(model.source);
}

type Held = ReturnType<typeof heldNames>;

function heldNames({ principals, units, bodies }: Members) {
  const active = [...principals.values()].filter((principal) => principal.active);
  const all = (of: (principal: Principal) => readonly string[]) => new Set(active.flatMap(of));
  return {
    role: all((one) => [...one.roles, ...appointed('role', one)]),
    position: all((one) => [...one.positions, ...appointed('position', one)]),
    principal: all(({ id }) => [id]),
    body: new Set(bodies.keys()),
    unit: new Set(units.keys()),
  };
}

function appointed(kind: Appointment['kind'], { appointments = [] }: Principal): readonly string[] {
  return appointments.filter((one) => one.kind === kind).map(({ name }) => name);
}

function checkSelector(selector: SourceNode, held: Held, findings: FindingList): void {
  const missing = (member: keyof Held, tell: (name: string, position: Position, known: string) => void) => {
    const node = memberOf(selector, member);
    for (const one of node?.items ?? (node === undefined ? [] : [node])) {
      const name = String(one.value);
      const isName = member !== 'unit' || name.startsWith('unit:');
      if (isName && !held[member].has(name)) tell(name, one.position, suggestName(name, held[member]));
    }
  };
  missing('role', (name, position, known) =>
    findings.warning('unknown-role', position, `Nobody in the directory holds the role "${name}".${known}`),
  );
  missing('position', (name, position, known) =>
    findings.warning('unknown-position', position, `Nobody in the directory is "${name}".${known}`),
  );
  missing('principal', (name, position, known) =>
    findings.warning('unknown-principal', position, `The directory has no active "${name}".${known}`),
  );
  missing('body', (name, position, known) =>
    findings.warning('unknown-body', position, `The directory has no body "${name}".${known}`),
  );
  missing('unit', (name, position, known) =>
    findings.warning('unknown-unit', position, `The directory has no unit "${name}".${known}`),
  );
}
