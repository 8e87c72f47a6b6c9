/**
 * What SCIM 2.0 (RFC 7644) does with users and groups: it reads what is asked, has the engine do it, and shows what
 * came of it. Who may, and what no provider may change, the engine decides.
 */
import {
  type Caller,
  type Engine,
  type ProvisionedGroup,
  type ProvisionedUser,
  type ProvisioningRefusal,
  type ProvisioningView,
  refuseProvisioning,
  roleNameOf,
  type WantedUser,
} from '../../engine/index.ts';
import type { JsonObject } from '../../schemas/json.ts';
import { mostResults } from './discovery.ts';
import { type Comparison, holds, readFilter } from './read-filter.ts';
import { type GroupRead, membersAfter, readGroup, readGroupPatch } from './read-group.ts';
import { readUser, readUserPatch, saysInactive, type UserRead } from './read-user.ts';
import { groupResource, matches, project, type Resource, userResource } from './resources.ts';
import { type ScimProblem, scimProblem, toScimProblem } from './scim-problem.ts';

export interface ScimCall {
  readonly engine: Engine;
  readonly caller: Caller;
  /** The address that all others here begin with. */
  readonly base: string;
  readonly kind: 'Users' | 'Groups';
  readonly query: URLSearchParams;
  readonly ifMatch: string | null;
  /** Whose accounts `externalId` names; null: nobody signs in. */
  readonly issuer: string | null;
}

export type ScimAnswer =
  | { readonly kind: 'answer'; readonly status: 200 | 201; readonly body: JsonObject }
  | { readonly kind: 'nothing' }
  | ScimProblem;

export async function listResources(call: ScimCall): Promise<ScimAnswer> {
  const { engine, caller, query, kind } = call;
  const text = query.get('filter');
  const filter = text === null ? [] : readFilter(text);
  if ('kind' in filter) return filter;
  const startIndex = Math.max(1, wholeNumber(query.get('startIndex') ?? '1'));
  const count = Math.min(mostResults, Math.max(0, wholeNumber(query.get('count') ?? '100')));
  if (Number.isNaN(startIndex + count))
    return scimProblem(400, 'invalidValue', 'startIndex and count must be whole numbers.');
  const answer = await engine.readProvisioned(caller);
  if (answer.kind === 'refusal') return toScimProblem(answer);
  const all = kind === 'Users' ? [...answer.value.users.values()] : [...answer.value.groups.values()];
  const found: string[] = [];
  for (const one of all) {
    const attributes = attributesOf(one);
    const unknown = filter.find(({ attribute }) => !Object.hasOwn(attributes, attribute));
    if (unknown !== undefined)
      return scimProblem(400, 'invalidFilter', `${kind} are not found by ${unknown.attribute.slice(0, 60)}.`);
    if (filter.every((comparison) => isMet(comparison, attributes))) found.push(one.id);
  }
  const page = found.slice(startIndex - 1, startIndex - 1 + count);
  const resources = page.flatMap((id) => shown(call, answer.value, id) ?? []);
  return {
    kind: 'answer',
    status: 200,
    body: {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      ...{ totalResults: found.length, startIndex, itemsPerPage: resources.length },
      Resources: resources.map((one) => projected(call, one)),
    },
  };
}

export async function readResource(call: ScimCall, id: string): Promise<ScimAnswer> {
  const answer = await call.engine.readProvisioned(call.caller);
  if (answer.kind === 'refusal') return toScimProblem(answer);
  const resource = shown(call, answer.value, id);
  if (resource === null) return toScimProblem(refuseUnknown(id));
  return { kind: 'answer', status: 200, body: projected(call, resource) };
}

export async function createResource(call: ScimCall, body: JsonObject): Promise<ScimAnswer> {
  const read = call.kind === 'Users' ? readUser(body) : readGroup(body);
  if (read.kind === 'scim-problem') return read;
  const outcome = await call.engine.provision(call.caller, () => {
    if (read.kind === 'user') {
      const { userName = '' } = read.fields;
      const user = { ...unsaid, name: userName, userName, ...read.fields };
      return { kind: 'create-user', user, issuer: call.issuer };
    }
    return { kind: 'create-group', name: read.name ?? '', members: membersAfter([], read.edits) };
  });
  return told(call, outcome, 201);
}

export async function replaceResource(call: ScimCall, id: string, body: JsonObject): Promise<ScimAnswer> {
  return change(call, id, body, call.kind === 'Users' ? readUser(body) : withAllMembers(readGroup(body)));
}

export async function patchResource(call: ScimCall, id: string, body: JsonObject): Promise<ScimAnswer> {
  return change(call, id, body, call.kind === 'Users' ? readUserPatch(body) : readGroupPatch(body));
}

export async function removeResource(call: ScimCall, id: string): Promise<ScimAnswer> {
  const outcome = await call.engine.provision(call.caller, (view) => {
    const refusal = refuseStale(call, view, id);
    if (refusal !== null) return refusal;
    return { kind: call.kind === 'Users' ? 'remove-user' : 'remove-group', id };
  });
  return outcome.kind === 'done' ? { kind: 'nothing' } : toScimProblem(outcome);
}

/** On the directory as it is when the change is made: a patch adds to what others have done meanwhile. */
async function change(
  call: ScimCall,
  id: string,
  body: JsonObject,
  understood: UserRead | GroupRead | ScimProblem,
): Promise<ScimAnswer> {
  const problem = understood.kind === 'scim-problem' ? understood : null;
  // Whoever has left loses access at once, whatever else is wrong with what the provider says of them.
  if (problem !== null && !(call.kind === 'Users' && saysInactive(body))) return problem;
  const read: UserRead | GroupRead =
    understood.kind === 'scim-problem' ? { kind: 'user', fields: { active: false } } : understood;
  const outcome = await call.engine.provision(call.caller, (view) => {
    const refusal = refuseStale(call, view, id);
    if (refusal !== null) return refusal;
    if (read.kind === 'user') {
      const now = view.users.get(id);
      if (now === undefined) return refuseUnknown(id);
      if (problem !== null && !now.active) return refuseProvisioning('bad-value', problem.detail);
      const { userName, name, active, externalId, employeeNumber, unit: department } = now;
      const user = { userName, name, active, externalId, employeeNumber, department, ...read.fields };
      return { kind: 'replace-user', id, user };
    }
    if (read.name !== null && read.name !== id)
      return refuseProvisioning('immutable', 'Process definitions name the role, so a group keeps its name.');
    const members = view.groups.get(id)?.members.map((one) => one.id) ?? [];
    return { kind: 'replace-group', id, members: membersAfter(members, read.edits) };
  });
  return told(call, outcome, 200);
}

/** What a new user is where nothing is said of it. */
const unsaid: Omit<WantedUser, 'userName' | 'name'> = {
  active: true,
  externalId: null,
  employeeNumber: null,
  department: null,
};

/** A group that is replaced has the members that are said, and none where none are. */
function withAllMembers(read: GroupRead | ScimProblem): GroupRead | ScimProblem {
  if (read.kind !== 'group') return read;
  return { ...read, edits: [{ kind: 'set', members: [] }, ...read.edits] };
}

function told(
  call: ScimCall,
  outcome: Awaited<ReturnType<Engine['provision']>>,
  status: 200 | 201,
): ScimAnswer {
  if (outcome.kind !== 'done') return toScimProblem(outcome);
  const { view, id } = outcome.value;
  const resource = shown(call, view, id);
  // Somebody removed it in this very moment.
  if (resource === null) return toScimProblem(refuseUnknown(id));
  return { kind: 'answer', status, body: projected(call, resource) };
}

function refuseStale(call: ScimCall, view: ProvisioningView, id: string): ProvisioningRefusal | null {
  const resource = shown(call, view, id);
  if (resource === null) return refuseUnknown(id);
  if (matches(call.ifMatch, resource)) return null;
  return refuseProvisioning('stale', 'It has changed since you read it. Read it again, and send its ETag.');
}

const refuseUnknown = (id: string) =>
  refuseProvisioning('unknown', `There is nothing here of the id ${JSON.stringify(id.slice(0, 100))}.`);

function shown({ kind, base }: ScimCall, view: ProvisioningView, id: string): Resource | null {
  const [user, group] = kind === 'Users' ? [view.users.get(id)] : [undefined, view.groups.get(id)];
  if (user !== undefined) return userResource(user, base);
  return group === undefined ? null : groupResource(group, base);
}

function projected({ query }: ScimCall, resource: Resource): JsonObject {
  return project(resource, namesIn(query.get('attributes')), namesIn(query.get('excludedAttributes')));
}

const namesIn = (text: string | null) =>
  text === null ? null : text.split(',', 100).map((name) => name.trim().slice(0, 200));

type Attributes = { readonly [attribute: string]: string | boolean | null };

function attributesOf(one: ProvisionedUser | ProvisionedGroup): Attributes {
  if (!('userName' in one)) return { id: one.id, displayname: one.id };
  const { id, userName, name, active, externalId } = one;
  return {
    id,
    username: userName,
    displayname: name,
    'name.formatted': name,
    active,
    externalid: externalId,
  };
}

function isMet(comparison: Comparison, attributes: Attributes): boolean {
  const { attribute, operator, value } = comparison;
  // A group is found by any displayName that yields the name of its role.
  if (attributes.username === undefined && attribute === 'displayname' && operator === 'eq')
    return typeof value === 'string' && roleNameOf(value) === attributes.id;
  return holds(comparison, attributes[attribute] ?? null, attribute === 'id' || attribute === 'externalid');
}

const wholeNumber = (text: string) => (/^-?\d{1,9}$/.test(text) ? Number(text) : Number.NaN);
