/** The operations of a SCIM patch (RFC 7644, 3.5.2), bounded, with their paths taken apart. It applies none. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { attributeOf, type Comparison, readFilter } from './read-filter.ts';
import { type ScimProblem, scimProblem } from './scim-problem.ts';

export interface PatchOperation {
  readonly op: 'add' | 'remove' | 'replace';
  /** Null: the value is an object whose members are meant. */
  readonly path: {
    /** In lower case; `name.familyname` for a part. */
    readonly attribute: string;
    readonly filter: readonly Comparison[] | null;
  } | null;
  readonly value: Json;
}

const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const mostOperations = 1000;

export function readOperations(body: JsonObject): readonly PatchOperation[] | ScimProblem {
  const { schemas, Operations: operations } = body;
  if (!Array.isArray(schemas) || schemas.length !== 1 || schemas[0] !== patchSchema)
    return refuseSyntax(`A patch must name ${patchSchema} as its schema.`);
  if (!Array.isArray(operations) || operations.length === 0 || operations.length > mostOperations)
    return refuseSyntax(`A patch must have 1 to ${mostOperations} Operations.`);
  const read: PatchOperation[] = [];
  for (const one of operations) {
    const operation = readOperation(one);
    if ('kind' in operation) return operation;
    read.push(operation);
  }
  return read;
}

function readOperation(one: Json): PatchOperation | ScimProblem {
  if (one === null || typeof one !== 'object' || Array.isArray(one))
    return refuseSyntax('Each operation must be an object.');
  const { op, path, value } = one as JsonObject;
  const unknown = Object.keys(one).find((name) => !['op', 'path', 'value'].includes(name));
  if (unknown !== undefined)
    return refuseSyntax(`Operations have no ${JSON.stringify(unknown.slice(0, 60))}.`);
  // Entra ID writes them with a capital letter.
  const word = typeof op === 'string' ? op.toLowerCase() : '';
  if (word !== 'add' && word !== 'remove' && word !== 'replace')
    return refuseSyntax('The op must be add, remove or replace.');
  if (word !== 'remove' && value === undefined)
    return scimProblem(400, 'invalidValue', `The op ${word} needs a value.`);
  if (path === undefined || path === null) {
    if (word === 'remove') return scimProblem(400, 'noTarget', 'The op remove needs a path.');
    return { op: word, path: null, value: value ?? null };
  }
  const target = readPath(path);
  return 'kind' in target ? target : { op: word, path: target, value: value ?? null };
}

function readPath(path: Json): NonNullable<PatchOperation['path']> | ScimProblem {
  const parts = typeof path === 'string' && path.length <= 2000 ? pathParts.exec(path) : null;
  if (parts === null) return scimProblem(400, 'invalidPath', 'The path is not one of RFC 7644.');
  const [, name = '', filter] = parts;
  const comparisons = filter === undefined ? null : readFilter(filter);
  if (comparisons !== null && 'kind' in comparisons)
    return scimProblem(400, 'invalidPath', `In the path: ${comparisons.detail}`);
  // A part of one value among several, such as emails[type eq "work"].value, is named by the values.
  return { attribute: attributeOf(name), filter: comparisons };
}

const pathParts = /^([a-z][\w$:.-]*)(?:\[([^\]]*)\])?(?:\.([a-z][\w$-]*))?$/i;

const refuseSyntax = (detail: string) => scimProblem(400, 'invalidSyntax', detail);
