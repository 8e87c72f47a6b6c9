/** What a SCIM body or patch says of a group: its name, which is a role's, and its members. */
import { roleNameOf } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { attributeOf } from './read-filter.ts';
import { type PatchOperation, readOperations } from './read-operations.ts';
import { type ScimProblem, scimProblem } from './scim-problem.ts';

export const groupSchema = 'urn:ietf:params:scim:schemas:core:2.0:Group';

export interface GroupRead {
  readonly kind: 'group';
  /** Null where none is said. */
  readonly name: string | null;
  readonly edits: readonly MemberEdit[];
}

export interface MemberEdit {
  readonly kind: 'set' | 'add' | 'remove';
  /** Ids of users. */
  readonly members: readonly string[];
}

export function readGroup(body: JsonObject): GroupRead | ScimProblem {
  const { schemas } = body;
  if (!Array.isArray(schemas) || !schemas.includes(groupSchema))
    return scimProblem(400, 'invalidSyntax', `The body must name ${groupSchema} among its schemas.`);
  const read = readMembers(body, 'set');
  if (read.kind !== 'group') return read;
  if (read.name === null) return scimProblem(400, 'invalidValue', 'A group needs a displayName.');
  return read;
}

export function readGroupPatch(body: JsonObject): GroupRead | ScimProblem {
  const operations = readOperations(body);
  if ('kind' in operations) return operations;
  let group: GroupRead = { kind: 'group', name: null, edits: [] };
  for (const operation of operations) {
    const read = readGroupOperation(operation);
    if (read.kind !== 'group') return read;
    group = { kind: 'group', name: read.name ?? group.name, edits: [...group.edits, ...read.edits] };
  }
  return group;
}

export function membersAfter(members: readonly string[], edits: readonly MemberEdit[]): readonly string[] {
  let now = new Set(members);
  for (const { kind, members: named } of edits) {
    if (kind === 'set') now = new Set(named);
    else for (const id of named) kind === 'add' ? now.add(id) : now.delete(id);
  }
  return [...now];
}

function readGroupOperation({ op, path, value }: PatchOperation): GroupRead | ScimProblem {
  const how = op === 'replace' ? 'set' : op;
  if (path === null) {
    if (value === null || typeof value !== 'object' || Array.isArray(value))
      return scimProblem(400, 'invalidValue', 'Without a path, the value must be an object.');
    return readMembers(value as JsonObject, how);
  }
  if (path.attribute !== 'members' && path.filter !== null)
    return scimProblem(400, 'invalidPath', `${path.attribute} has one value: leave the filter out.`);
  if (path.attribute !== 'members') return readMembers({ [path.attribute]: value }, how);
  if (path.filter === null) {
    // Without a value, all are meant.
    return readMembers(
      { members: op === 'remove' && value === null ? [] : value },
      op === 'remove' && value === null ? 'set' : how,
    );
  }
  const [only, ...more] = path.filter;
  if (op !== 'remove' || more.length > 0 || only?.attribute !== 'value' || only.operator !== 'eq')
    return scimProblem(400, 'invalidPath', 'Of members, only one with a value may be picked, to be removed.');
  return { kind: 'group', name: null, edits: [{ kind: 'remove', members: [String(only.value)] }] };
}

function readMembers(body: JsonObject, how: MemberEdit['kind']): GroupRead | ScimProblem {
  let name: string | null = null;
  const edits: MemberEdit[] = [];
  for (const [said, value] of Object.entries(body)) {
    const attribute = attributeOf(said);
    if (attribute === 'displayname') {
      name = typeof value === 'string' ? roleNameOf(value) : null;
      if (name === null)
        return scimProblem(
          400,
          'invalidValue',
          'A group is a role: its displayName must yield a name such as `drafting-officer`, which begins with a letter.',
        );
    } else if (attribute === 'members') {
      const members = (Array.isArray(value) ? value : [value]).map(idOf);
      if (members.some((one) => one === null)) {
        return scimProblem(
          400,
          'invalidValue',
          'Each member must be {"value": id of a user}; groups hold no groups.',
        );
      }
      edits.push({ kind: how, members: members.filter((one) => one !== null) });
    } else if (!['schemas', 'id', 'meta', 'externalid'].includes(attribute)) {
      const problem = `Groups have no attribute ${JSON.stringify(said.slice(0, 100))}.`;
      return scimProblem(400, 'invalidPath', problem);
    }
  }
  return { kind: 'group', name, edits };
}

function idOf(member: Json): string | null {
  if (member === null || typeof member !== 'object' || Array.isArray(member)) return null;
  const { value, type } = member as JsonObject;
  if (type !== undefined && type !== null && type !== 'User') return null;
  return typeof value === 'string' && value.length <= 100 ? value : null;
}
