/** What a change does to the data of an instance, and to the fields that only an approved proposal may write. */
import type { Json, JsonObject } from '../../schemas/json.ts';
import type { Position } from '../definition/compiled-process.ts';
import { tellSchemaChange } from './compare-inputs.ts';
import { compareSchemas } from './compare-schemas.ts';
import type { Comparison } from './comparison.ts';
import { type DefinitionSide, placeOf } from './definition-side.ts';

const codes = {
  added: 'field-added',
  removed: 'field-removed',
  required: 'field-required',
  optional: 'field-optional',
  wider: 'field-widened',
  narrower: 'field-narrowed',
  changed: 'field-changed',
  words: 'description-changed',
} as const;

const breaks = {
  required: true,
  narrower: true,
  changed: true,
  removed: true,
  added: false,
  optional: false,
  wider: false,
  words: false,
};

export function compareContext(comparison: Comparison): void {
  const { a, b, list } = comparison;
  for (const change of compareSchemas(a.definition.context as Json, b.definition.context as Json)) {
    const warning = breaks[change.kind] ? ' What running instances hold may not fit.' : '';
    const message = `The context ${tellSchemaChange(change)}.${warning}`;
    list.add(codes[change.kind], message, fieldPlace(a, change.path), fieldPlace(b, change.path));
  }
  compareProtection(comparison);
  compareConfidence(comparison);
}

function compareProtection({ a, b, list }: Comparison): void {
  const [before, after] = [marks(a, 'decision'), marks(b, 'decision')];
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(field), after.get(field)];
    if (from === to) continue;
    const path = field.split('.');
    const places = [fieldPlace(a, path), fieldPlace(b, path)] as const;
    if (to === undefined) {
      const message = `Field "${field}" is no longer protected: before, only an approved proposal of "${from}" wrote it.`;
      list.add('field-unprotected', message, ...places);
    } else if (from === undefined) {
      list.add(
        'field-protected',
        `Field "${field}" is now written only by an approved proposal of "${to}".`,
        ...places,
      );
    } else {
      const message = `Field "${field}" was written only by an approved proposal of "${from}", and now of "${to}".`;
      list.add('field-protection-changed', message, ...places);
    }
  }
}

function compareConfidence({ a, b, list }: Comparison): void {
  const [before, after] = [marks(a, 'confidential'), marks(b, 'confidential')];
  for (const field of new Set([...before.keys(), ...after.keys()])) {
    const [from, to] = [before.get(field) === 'true', after.get(field) === 'true'];
    if (from === to) continue;
    const path = field.split('.');
    const message = to
      ? `Field "${field}" is now confidential.`
      : `Field "${field}" is no longer confidential.`;
    list.add(
      to ? 'field-confidential' : 'field-disclosed',
      message,
      fieldPlace(a, path),
      fieldPlace(b, path),
    );
  }
}

/** Every field that carries the mark, by its path of names. */
function marks({ definition }: DefinitionSide, mark: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const walk = (schema: unknown, path: readonly string[]): void => {
    if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
    const object = schema as JsonObject;
    if (object[mark] !== undefined && path.length > 0) found.set(path.join('.'), String(object[mark]));
    const properties = object.properties;
    if (typeof properties === 'object' && properties !== null && !Array.isArray(properties)) {
      for (const [name, inner] of Object.entries(properties)) walk(inner, [...path, name]);
    }
    walk(object.items, [...path, 'items']);
  };
  walk(definition.context, []);
  return found;
}

/** Fields lie under `properties`; what has no place of its own has that of what holds it. */
function fieldPlace({ source }: DefinitionSide, path: readonly string[]): Position {
  const steps = path.flatMap((name) => (name === 'items' || name === '*' ? [name] : ['properties', name]));
  return placeOf(source, source.position, 'context', ...steps);
}
