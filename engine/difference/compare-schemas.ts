/**
 * Decides what one JSON Schema takes that another does not, keyword by keyword: each keyword only ever
 * takes values away, so a keyword that takes fewer away makes the schema wider. What cannot be decided is
 * changed. Words for people and the marks of the context (`decision`, `confidential`) are not its matter.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { canonicalJson } from '../evidence/canonical-json.ts';

export interface SchemaChange {
  readonly kind: 'added' | 'removed' | 'required' | 'optional' | 'wider' | 'narrower' | 'changed' | 'words';
  /** Names of properties, and `items`, down to the place; empty for the whole. */
  readonly path: readonly string[];
  /** The keyword that differs, for the sentence. */
  readonly keyword: string;
}

const wordsAlone = new Set([
  ...['title', 'description', 'default', 'examples', 'deprecated', '$comment'],
  ...['decision', 'confidential'],
]);
/** Told by whoever compares contexts. */
const marks = new Set(['decision', 'confidential']);
const lowerBounds = new Set(['minLength', 'minimum', 'exclusiveMinimum', 'minItems', 'minProperties']);
const upperBounds = new Set(['maxLength', 'maximum', 'exclusiveMaximum', 'maxItems', 'maxProperties']);
const handled = new Set(['properties', 'required', 'additionalProperties', 'items', 'type', 'enum', 'const']);

export function compareSchemas(a: Json, b: Json, path: readonly string[] = []): readonly SchemaChange[] {
  if (canonicalJson(a) === canonicalJson(b)) return [];
  if (!isObject(a) || !isObject(b)) return [{ kind: 'changed', path, keyword: 'schema' }];
  const words: SchemaChange[] = [...wordsAlone]
    .filter((keyword) => !marks.has(keyword))
    .filter((keyword) => canonicalJson(a[keyword] ?? null) !== canonicalJson(b[keyword] ?? null))
    .map((keyword) => ({ kind: 'words', path, keyword }));
  const keywords = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return [
    ...compareProperties(a, b, path),
    ...compareRequired(a, b, path),
    ...compareInner(a, b, 'additionalProperties', path),
    ...compareInner(a, b, 'items', path),
    ...compareValues(a, b, path),
    ...words,
    ...keywords
      .filter((keyword) => !wordsAlone.has(keyword) && !handled.has(keyword))
      .flatMap((keyword) => compareKeyword(a, b, keyword, path)),
  ];
}

function compareProperties(a: JsonObject, b: JsonObject, path: readonly string[]): SchemaChange[] {
  const [before, after] = [objectAt(a, 'properties'), objectAt(b, 'properties')];
  const patterns = a.patternProperties !== undefined || b.patternProperties !== undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name): SchemaChange[] => {
    const here = [...path, name];
    const [old, now] = [memberOf(before, name), memberOf(after, name)];
    const changed: SchemaChange = { kind: 'changed', path: here, keyword: 'properties' };
    if (old !== undefined && now !== undefined) return [...compareSchemas(old, now, here)];
    const without = old === undefined ? a : b;
    if (patterns || isObject(without.additionalProperties ?? true)) return [changed];
    const closed = without.additionalProperties === false;
    // Where anything else is taken as well, naming a property only takes values away from it.
    if (old === undefined) return [{ ...changed, kind: closed ? 'added' : 'narrower' }];
    return [{ ...changed, kind: closed ? 'removed' : 'wider' }];
  });
}

function compareRequired(a: JsonObject, b: JsonObject, path: readonly string[]): SchemaChange[] {
  const [before, after] = [namesAt(a), namesAt(b)];
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => required('required', name, path)),
    ...before.filter((name) => !after.includes(name)).map((name) => required('optional', name, path)),
  ];
}

function required(kind: 'required' | 'optional', name: string, path: readonly string[]): SchemaChange {
  return { kind, path: [...path, name], keyword: 'required' };
}

/** A schema inside: absent and true take everything, false takes nothing. */
function compareInner(
  a: JsonObject,
  b: JsonObject,
  keyword: 'additionalProperties' | 'items',
  path: readonly string[],
): SchemaChange[] {
  const [before, after] = [a[keyword] ?? true, b[keyword] ?? true];
  if (canonicalJson(before) === canonicalJson(after)) return [];
  if (before === true || after === false) return [{ kind: 'narrower', path, keyword }];
  if (before === false || after === true) return [{ kind: 'wider', path, keyword }];
  return [...compareSchemas(before, after, [...path, keyword === 'items' ? 'items' : '*'])];
}

/** Types, enumerations and constants are sets of what is taken. */
function compareValues(a: JsonObject, b: JsonObject, path: readonly string[]): SchemaChange[] {
  return ['type', 'enum', 'const'].flatMap((keyword): SchemaChange[] => {
    const [before, after] = [valuesOf(a, keyword), valuesOf(b, keyword)];
    const kind = compareSets(before, after, keyword);
    return kind === null ? [] : [{ kind, path, keyword }];
  });
}

function compareSets(
  a: readonly string[] | null,
  b: readonly string[] | null,
  keyword: string,
): SchemaChange['kind'] | null {
  if (a === null || b === null) return a === b ? null : a === null ? 'narrower' : 'wider';
  // Every integer is a number.
  const holds = (set: readonly string[], one: string) =>
    set.includes(one) || (keyword === 'type' && one === '"integer"' && set.includes('"number"'));
  const wider = b.some((one) => !holds(a, one));
  const narrower = a.some((one) => !holds(b, one));
  if (wider && narrower) return 'changed';
  return wider ? 'wider' : narrower ? 'narrower' : null;
}

function compareKeyword(
  a: JsonObject,
  b: JsonObject,
  keyword: string,
  path: readonly string[],
): SchemaChange[] {
  const [before, after] = [a[keyword], b[keyword]];
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after))
    return [];
  const change = (kind: SchemaChange['kind']): SchemaChange[] => [{ kind, path, keyword }];
  const bounded = lowerBounds.has(keyword) || upperBounds.has(keyword);
  if (bounded && typeof before === 'number' && typeof after === 'number') {
    return change(after < before === lowerBounds.has(keyword) ? 'wider' : 'narrower');
  }
  if (keyword === 'uniqueItems') {
    return (before === true) === (after === true) ? [] : change(after === true ? 'narrower' : 'wider');
  }
  if (bounded || keyword === 'pattern' || keyword === 'format') {
    if (before === undefined) return change('narrower');
    if (after === undefined) return change('wider');
  }
  return change('changed');
}

function valuesOf(schema: JsonObject, keyword: string): readonly string[] | null {
  const value = schema[keyword];
  if (value === undefined) return null;
  return (Array.isArray(value) && keyword !== 'const' ? value : [value]).map((one) => canonicalJson(one));
}

function namesAt(schema: JsonObject): readonly string[] {
  const names = schema.required;
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
}

function objectAt(schema: JsonObject, keyword: string): JsonObject {
  const value = schema[keyword];
  return value !== undefined && isObject(value) ? value : {};
}

function memberOf(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
