/**
 * A JSON Schema with every part that occurs more than once moved to `$defs` and referred to. Ajv writes
 * code for each occurrence of a part, so a schema put together from shared pieces compiles several times
 * faster this way, and means the same.
 */
import type { Json, JsonObject } from '../../schemas/json.ts';
import { isList } from './data-limits.ts';

/** Moving smaller parts saves nothing. */
const leastCharacters = 120;

export function shareSubschemas(schema: JsonObject): JsonObject {
  const texts = new Map<string, number>();
  mapSchemas(schema, (part) => {
    const text = JSON.stringify(part);
    texts.set(text, (texts.get(text) ?? 0) + 1);
    return part;
  });
  const shared: Record<string, Json> = {};
  const names = new Map<string, string>();
  const share = (part: JsonObject, original: string): JsonObject => {
    if (original.length < leastCharacters || (texts.get(original) ?? 0) < 2) return part;
    const name = names.get(original) ?? `shared${names.size}`;
    names.set(original, name);
    shared[name] = part;
    return { $ref: `#/$defs/${name}` };
  };
  const whole = mapSchemas(schema, share);
  return { ...whole, $defs: { ...(whole.$defs as JsonObject | undefined), ...shared } };
}

/** Each schema inside this one replaced, innermost first; `original` is its text before that. */
function mapSchemas(
  schema: JsonObject,
  replace: (part: JsonObject, original: string) => JsonObject,
): JsonObject {
  const inside = (value: Json): Json => {
    if (typeof value !== 'object' || value === null || isList(value)) return value;
    return replace(mapSchemas(value, replace), JSON.stringify(value));
  };
  const each = (object: Json): Json =>
    Object.fromEntries(Object.entries(object as JsonObject).map(([name, value]) => [name, inside(value)]));
  const mapped: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === 'properties' || keyword === 'patternProperties' || keyword === '$defs')
      mapped[keyword] = each(value);
    else if (keyword === 'anyOf' && isList(value)) mapped[keyword] = value.map(inside);
    else if (keyword === 'items' || keyword === 'additionalProperties') mapped[keyword] = inside(value);
    else mapped[keyword] = value;
  }
  return mapped;
}
