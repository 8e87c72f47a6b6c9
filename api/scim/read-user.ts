/**
 * What a SCIM body or patch says of a user, in our words. Attributes of the standard that Countersign keeps nothing
 * of are passed over, as providers send them anyway; what would give power is refused with a sentence, and so is what
 * nobody knows.
 */
import type { WantedUser } from '../../engine/index.ts';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { attributeOf } from './read-filter.ts';
import { readOperations } from './read-operations.ts';
import { type ScimProblem, scimProblem } from './scim-problem.ts';

export const userSchema = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const enterpriseSchema = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

/** What is said; what is not stays as it is. */
export type UserFields = Partial<WantedUser>;

export interface UserRead {
  readonly kind: 'user';
  readonly fields: UserFields;
}

export function readUser(body: JsonObject): UserRead | ScimProblem {
  const { schemas } = body;
  if (!Array.isArray(schemas) || !schemas.includes(userSchema))
    return scimProblem(400, 'invalidSyntax', `The body must name ${userSchema} among its schemas.`);
  const fields = readFields(membersOf(body));
  if ('kind' in fields) return fields;
  if (fields.userName === undefined) return scimProblem(400, 'invalidValue', 'A user needs a userName.');
  return { kind: 'user', fields };
}

export function readUserPatch(body: JsonObject): UserRead | ScimProblem {
  const operations = readOperations(body);
  if ('kind' in operations) return operations;
  let fields: UserFields = {};
  for (const { op, path, value } of operations) {
    if (path === null && (value === null || typeof value !== 'object' || Array.isArray(value)))
      return scimProblem(400, 'invalidValue', 'Without a path, the value must be an object.');
    const said: JsonObject =
      path === null ? (value as JsonObject) : { [path.attribute]: op === 'remove' ? null : value };
    const read = readFields(membersOf(said));
    if ('kind' in read) return read;
    // A filter that is passed over would change what was not meant.
    if (path !== null && path.filter !== null && Object.keys(read).length > 0)
      return scimProblem(400, 'invalidPath', `${path.attribute} has one value: leave the filter out.`);
    fields = { ...fields, ...read };
  }
  return { kind: 'user', fields };
}

/** Whether a body or patch that is refused says, all the same, that the user is to act no more. */
export function saysInactive(body: JsonObject): boolean {
  const operations: readonly Json[] = Array.isArray(body.Operations) ? body.Operations : [{ value: body }];
  const said = operations.filter(isObject).flatMap(({ path, value = null }) => {
    if (typeof path === 'string') return membersOf({ [path]: value });
    return isObject(value) ? membersOf(value) : [];
  });
  const last = said.findLast(([attribute]) => attribute === 'active');
  return last !== undefined && booleanOf(last[1]) === false;
}

type Said = readonly (readonly [string, Json])[];

/** Every attribute by its whole name in lower case: those within `name` and the extension as well. */
function membersOf(body: JsonObject): Said {
  return Object.entries(body).flatMap(([name, value]): Said => {
    const attribute = attributeOf(name);
    if (!isObject(value)) return [[attribute, value]];
    if (attribute === 'name')
      return Object.entries(value).map(([part, one]) => [`name.${part.toLowerCase()}`, one]);
    if (attribute === enterprise)
      return Object.entries(value).map(([part, one]) => [`${enterprise}:${part.toLowerCase()}`, one]);
    return [[attribute, value]];
  });
}

const isObject = (value: Json | undefined): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

const enterprise = enterpriseSchema.toLowerCase();

/** Of the standard, and kept by nobody here; read-only ones among them are passed over as it demands. */
const passedOver =
  /^(?:schemas|id|groups|nickname|profileurl|title|usertype|preferredlanguage|locale|timezone|password|name|name\.middlename|name\.honorific(?:prefix|suffix)|(?:meta|emails|phonenumbers|ims|photos|addresses|x509certificates)(?:\.[a-z$]+)?)$/;
const passedOverExtension = /^:(?:costcenter|organization|division|manager(?:\.[a-z$]+)?)$/;
/** Words in which somebody might try to get power. */
const powers =
  /^(?:roles|entitlements|kind|clearance|competences|positions|appointments|accounts|bodies|delegations|absences|operator|person|unit)(?:\.|$)/;

function readFields(said: Said): UserFields | ScimProblem {
  const fields: { -readonly [name in keyof UserFields]: UserFields[name] } = {};
  const names: { [part: string]: string } = {};
  for (const [attribute, value] of said) {
    const part = attribute.startsWith(enterprise) ? attribute.slice(enterprise.length) : null;
    if (attribute === 'active') {
      const active = booleanOf(value);
      if (active === null) return scimProblem(400, 'invalidValue', 'active must be true or false.');
      fields.active = active;
    } else if (attribute === 'username') {
      const text = textOf(value, 200);
      if (text === null) return refuseText('userName', 200);
      fields.userName = text;
    } else if (['displayname', 'name.formatted', 'name.givenname', 'name.familyname'].includes(attribute)) {
      if ((value === null || value === '') && attribute !== 'displayname') continue;
      const text = textOf(value, 200);
      if (text === null) return refuseText(attribute, 200);
      names[attribute] = text;
    } else if (attribute === 'externalid' || part === ':employeenumber' || part === ':department') {
      const [name, most] =
        attribute === 'externalid'
          ? (['externalId', 255] as const)
          : part === ':department'
            ? (['department', 200] as const)
            : (['employeeNumber', 100] as const);
      const text = value === null ? null : textOf(value, most);
      const isPlain = text === null || name === 'department' || /^[!-~]+$/.test(text);
      if ((value !== null && text === null) || !isPlain) return refuseText(name, most);
      fields[name] = text;
    } else if (powers.test(attribute)) {
      // Entra ID says with every user that it gives none.
      if (Array.isArray(value) && value.length === 0) continue;
      return scimProblem(
        403,
        null,
        `${attribute.split('.')[0]} cannot be given over SCIM: roles are groups, and what gives power beyond them an administrator of the directory gives.`,
      );
    } else if (!(part === null ? passedOver.test(attribute) : passedOverExtension.test(part))) {
      return scimProblem(
        400,
        'invalidPath',
        `Users have no attribute ${JSON.stringify(attribute.slice(0, 100))}.`,
      );
    }
  }
  // One name is kept, the family name first as it is said here where only its parts are given.
  const parts = [names['name.familyname'], names['name.givenname']].filter((one) => one !== undefined);
  const both = parts.length === 2 ? parts.join(' ').slice(0, 200) : undefined;
  const name = names.displayname ?? names['name.formatted'] ?? both;
  return name === undefined ? fields : { ...fields, name };
}

/** Entra ID sends booleans as text, with a capital letter. */
function booleanOf(value: Json): boolean | null {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'string' || !/^(?:true|false)$/i.test(value)) return null;
  return value.toLowerCase() === 'true';
}

function textOf(value: Json, most: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text === '' || text.length > most || /[\u0000-\u001f\u007f]/.test(text) ? null : text;
}

const refuseText = (name: string, most: number) =>
  scimProblem(400, 'invalidValue', `${name} must be a text of 1 to ${most} characters.`);
