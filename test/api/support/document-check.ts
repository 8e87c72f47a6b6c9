/** Holds every answer to what the OpenAPI document says of it. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../../api/openapi.ts';
import type { Json, JsonObject } from '../../../schemas/json.ts';

export const document = openApiDocument('1.0.0');

/** Throws when the status, the media type or the body is not what the document promises. */
export async function checkDocumented(method: string, address: string, response: Response): Promise<void> {
  const path = address.split('?')[0] ?? '';
  const found = operationAt(method, path);
  if (found === null) return;
  const { operation, where } = found;
  const documented = member(operation, 'responses', String(response.status));
  if (documented === null) throw new Error(`${where} answered ${response.status}, which is not documented`);
  const content = member(documented, 'content');
  const text = await response.clone().text();
  if (content === null) {
    if (text !== '') throw new Error(`${where} answered a body where none is documented`);
    return;
  }
  const [media = '', described] = Object.entries(content)[0] ?? [];
  if (!response.headers.get('content-type')?.startsWith(media)) {
    throw new Error(`${where} answered ${response.headers.get('content-type')}, documented is ${media}`);
  }
  if (!media.endsWith('json')) return;
  const schema = member(described as JsonObject, 'schema') ?? {};
  // Compiling takes far longer than validating, and the same operation answers again and again.
  const name = `${where} ${response.status}`;
  const validate =
    validators.get(name) ??
    ajv.compile(closed({ ...schema, components: document.components as JsonObject }) as object);
  validators.set(name, validate);
  if (validate(JSON.parse(text))) return;
  throw new Error(
    `${where} answered what its schema does not: ${ajv.errorsText(validate.errors)} in ${text}`,
  );
}

export function operationAt(method: string, path: string): { operation: JsonObject; where: string } | null {
  for (const [template, operations] of Object.entries(document.paths as JsonObject)) {
    const pattern = new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    const operation = pattern.test(path) ? member(operations as JsonObject, method.toLowerCase()) : null;
    if (operation !== null) return { operation, where: `${method} ${template}` };
  }
  return null;
}

function member(from: JsonObject, ...names: readonly string[]): JsonObject | null {
  let found: Json | undefined = from;
  for (const name of names) {
    if (found === undefined || found === null || typeof found !== 'object' || Array.isArray(found))
      return null;
    found = (found as JsonObject)[name];
  }
  return found === undefined ? null : (found as JsonObject);
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const ajv = new Ajv2020({ strict: false, formats: { 'date-time': dateTime, 'uri-reference': true } });

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** Clients must bear new fields; the tests must not, or a field could leave that no schema tells of. */
function closed(value: Json): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: Json) => closed(item));
  const object = value as JsonObject;
  const members = Object.fromEntries(Object.entries(object).map(([name, item]) => [name, closed(item)]));
  return 'properties' in object && !('additionalProperties' in object)
    ? { ...members, additionalProperties: false }
    : members;
}
