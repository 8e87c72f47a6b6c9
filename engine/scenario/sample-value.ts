/**
 * Sample data for a JSON Schema, as a start for whoever writes a scenario. It tries; whether the sample
 * fits, the schema's own check says.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { memberOf } from '../evidence/member-of.ts';
import { samplePattern } from './sample-pattern.ts';

/** `least`: what is required, with the smallest values. `large`: the same with the largest. `most`: everything, with the largest. */
export type Extent = 'least' | 'large' | 'most';

const deepest = 12;

/** Undefined where nothing came to mind. `ids` are texts that patterns may ask for: people of the directory. */
export function sampleValue(schema: JsonObject, extent: Extent, ids: readonly string[]): Json | undefined {
  return sample(schema, { root: schema, extent, ids }, 0);
}

interface Wanted {
  readonly root: JsonObject;
  readonly extent: Extent;
  readonly ids: readonly string[];
}

function sample(given: Json | undefined, wanted: Wanted, depth: number): Json | undefined {
  if (given === true) return 'x';
  if (!isObject(given) || depth > deepest) return undefined;
  const schema = merged(followed(given, wanted.root), wanted.root);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return wanted.extent === 'least' ? schema.enum[0] : schema.enum.at(-1);
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  for (const choice of ['anyOf', 'oneOf'])
    if (Array.isArray(schema[choice])) return sample(schema[choice][0], wanted, depth + 1);
  switch (typeOf(schema)) {
    case 'object':
      return sampleObject(schema, wanted, depth);
    case 'array':
      return sampleList(schema, wanted, depth);
    case 'string':
      return sampleText(schema, wanted);
    case 'integer':
    case 'number':
      return sampleNumber(schema, wanted.extent);
    case 'boolean':
      return wanted.extent !== 'least';
    case 'null':
      return null;
    default:
      return undefined;
  }
}

function sampleObject(schema: JsonObject, wanted: Wanted, depth: number): Json | undefined {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const names = wanted.extent !== 'most' ? required : [...new Set([...required, ...Object.keys(properties)])];
  const members: { [name: string]: Json } = {};
  for (const name of names) {
    const value = sample(memberOf(properties, name) ?? true, wanted, depth + 1);
    if (value !== undefined) members[name] = value;
    else if (required.includes(name)) return undefined;
  }
  return members;
}

function sampleList(schema: JsonObject, wanted: Wanted, depth: number): Json | undefined {
  const atLeast = numberIn(schema, 'minItems') ?? 0;
  const atMost = numberIn(schema, 'maxItems') ?? Number.POSITIVE_INFINITY;
  const length = Math.min(wanted.extent === 'least' ? atLeast : Math.max(atLeast, 1), atMost, 100);
  if (length === 0) return [];
  const item = sample(schema.items ?? true, wanted, depth + 1);
  return item === undefined ? undefined : Array.from({ length }, () => item);
}

function sampleText(schema: JsonObject, { ids }: Wanted): string | undefined {
  const atLeast = numberIn(schema, 'minLength') ?? 0;
  const atMost = numberIn(schema, 'maxLength') ?? Number.POSITIVE_INFINITY;
  if (typeof schema.pattern === 'string') {
    const pattern = schema.pattern;
    const id = ids.find((one) => fits(pattern, one) && one.length <= atMost);
    const text = id ?? samplePattern(pattern);
    return text === null ? undefined : text.padEnd(atLeast, text.at(-1) ?? 'x');
  }
  const format = formats[String(schema.format ?? '')];
  if (format !== undefined) return format;
  const text = 'Example';
  return (text.length < atLeast ? text.padEnd(atLeast, '.') : text).slice(0, Math.min(atMost, 10_000));
}

/** Only the patterns that ask for an id: others may cost more than a sample is worth. */
function fits(pattern: string, id: string): boolean {
  const kind = id.slice(0, id.indexOf(':') + 1);
  return pattern.startsWith(`^${kind}`);
}

const formats: { readonly [format: string]: string } = {
  date: '2026-01-31',
  'date-time': '2026-01-31T08:00:00Z',
  time: '08:00:00Z',
  duration: 'P1D',
  email: 'someone@example.org',
  uri: 'https://example.org/',
  uuid: '00000000-0000-4000-8000-000000000000',
};

function sampleNumber(schema: JsonObject, extent: Extent): number {
  const above = numberIn(schema, 'exclusiveMinimum');
  const below = numberIn(schema, 'exclusiveMaximum');
  const least = numberIn(schema, 'minimum') ?? (above === undefined ? undefined : above + 1);
  const most = numberIn(schema, 'maximum') ?? (below === undefined ? undefined : below - 1);
  const step = numberIn(schema, 'multipleOf') ?? 1;
  if (extent !== 'least') return Math.floor((most ?? Math.max(least ?? 0, 1000)) / step) * step;
  return Math.ceil((least ?? Math.min(most ?? 1, 1)) / step) * step;
}

function typeOf({ type, properties, items }: JsonObject): string {
  if (Array.isArray(type)) return String(type.find((one) => one !== 'null') ?? 'null');
  if (typeof type === 'string') return type;
  if (properties !== undefined) return 'object';
  return items === undefined ? 'string' : 'array';
}

/** What `allOf` adds, beside what is there. */
function merged(schema: JsonObject, root: JsonObject): JsonObject {
  if (!Array.isArray(schema.allOf)) return schema;
  const parts = schema.allOf.filter(isObject).map((part) => followed(part, root));
  return Object.assign({}, schema, ...parts) as JsonObject;
}

/** The schema that `$ref` names inside the same root. */
function followed(schema: JsonObject, root: JsonObject): JsonObject {
  if (typeof schema.$ref !== 'string' || !schema.$ref.startsWith('#/')) return schema;
  let found: Json | undefined = root;
  for (const step of schema.$ref.slice(2).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) ? memberOf(found, name) : undefined;
  }
  return isObject(found) ? found : schema;
}

function numberIn(schema: JsonObject, member: string): number | undefined {
  const value = schema[member];
  return typeof value === 'number' ? value : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
