/**
 * JSON Schema -> the types CEL checks expressions with, and JSON values -> what CEL computes with.
 *
 * An object with declared properties becomes a CEL message type, wrapped by a class with a getter a
 * field: only what an expression reads is converted, and a field that is unset stays unset. Integers
 * become bigint, because CEL's int is one. What a schema leaves open is `dyn`.
 */
import type { Environment } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { resolveReference } from './check-schema.ts';
import { isList } from './data-limits.ts';
import { spendCharacters, spendItems } from './evaluation-budget.ts';
import type { SourceNode } from './read-source.ts';

/** A type as CEL names it, and how a JSON value of it becomes a CEL value. */
export interface CelType {
  readonly name: string;
  readonly convert: (value: Json) => unknown;
}

/** A message type: the fields it has, and which of them may be unset. */
export interface StructType extends CelType {
  readonly fields: ReadonlyMap<string, { readonly type: CelType; readonly optional: boolean }>;
}

/** Reading these costs nothing worth counting. */
const shortText = 256;

const same = (value: Json): unknown => value;
const simple = (name: string, convert: (value: Json) => unknown = same): CelType => ({ name, convert });

export const celTypes = {
  string: simple('string', textValue),
  int: simple('int', (value) => BigInt(value as number)),
  double: simple('double'),
  bool: simple('bool'),
  dyn: simple('dyn', openValue),
} as const;

/** The JSON behind a wrapped object. */
const rawValue = Symbol('raw');

/** The JSON a CEL value wraps; undefined when it wraps none. */
export function unwrapStruct(value: object): JsonObject | undefined {
  return (value as { readonly [rawValue]?: JsonObject })[rawValue];
}

/**
 * Message types of one definition. Their names are numbers, not the file's own: the CEL library keeps
 * every type name it ever met, and a server that lints many files must not grow with their names.
 */
export class TypeRegistry {
  readonly #environment: Environment;
  readonly #structs = new Map<string, StructType>();
  readonly #bySchema = new Map<SourceNode, CelType>();
  /** Every scope copies every type, and many schemas differ only in their bounds: these share one. */
  readonly #byFields = new Map<string, StructType>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The struct a checked type's name stands for. */
  struct(name: string): StructType | undefined {
    return this.#structs.get(name);
  }

  /** The type of values that fit the schema. `checkSchema` has accepted it, so references end. */
  fromSchema(schema: SourceNode, root: SourceNode): CelType {
    const known = this.#bySchema.get(schema);
    if (known !== undefined) return known;
    const type = this.#typeOf(schema, root);
    this.#bySchema.set(schema, type);
    return type;
  }

  define(fields: ReadonlyMap<string, { readonly type: CelType; readonly optional: boolean }>): StructType {
    const name = `Struct${this.#structs.size}`;
    const wrapper = structClass(fields);
    const struct: StructType = { name, fields, convert: (value) => new wrapper(value as JsonObject) };
    this.#structs.set(name, struct);
    const types = Object.fromEntries([...fields].map(([field, { type }]) => [field, type.name]));
    this.#environment.registerType(name, { ctor: wrapper, fields: types });
    return struct;
  }

  #typeOf(schema: SourceNode, root: SourceNode): CelType {
    const keyword = (name: string) => schema.members?.get(name)?.node;
    const reference = keyword('$ref');
    if (reference !== undefined) {
      const target = resolveReference(root, reference.value);
      return target === null ? celTypes.dyn : this.fromSchema(target, root);
    }
    const type = keyword('type')?.value;
    switch (type) {
      case 'string':
        return celTypes.string;
      case 'integer':
        return celTypes.int;
      case 'number':
        return celTypes.double;
      case 'boolean':
        return celTypes.bool;
      case 'array':
        return this.#listType(schema, root);
      case 'object':
        return this.#objectType(schema, root);
      case undefined: {
        const texts = keyword('const')?.value ?? keyword('enum')?.value;
        const all = (Array.isArray(texts) ? texts : [texts]) as readonly unknown[];
        return all.every((text) => typeof text === 'string') ? celTypes.string : celTypes.dyn;
      }
      default:
        return celTypes.dyn;
    }
  }

  #listType(schema: SourceNode, root: SourceNode): CelType {
    const items = schema.members?.get('items')?.node;
    const item =
      items?.members == null || schema.members?.has('prefixItems')
        ? celTypes.dyn
        : this.fromSchema(items, root);
    return {
      name: `list<${item.name}>`,
      convert: (value) => convertList(value as readonly Json[], item.convert),
    };
  }

  #objectType(schema: SourceNode, root: SourceNode): CelType {
    const properties = schema.members?.get('properties')?.node.members;
    if (properties == null) {
      const values = schema.members?.get('additionalProperties')?.node;
      const value = values?.members == null ? celTypes.dyn : this.fromSchema(values, root);
      return {
        name: `map<string, ${value.name}>`,
        convert: (json) => mapValues(json as JsonObject, value.convert),
      };
    }
    const required = schema.members?.get('required')?.node.value;
    const always = new Set<Json>(Array.isArray(required) ? required : []);
    const fields = new Map(
      [...properties].map(([name, { node }]) => [
        name,
        { type: this.fromSchema(node, root), optional: !always.has(name) },
      ]),
    );
    const shape = JSON.stringify(
      [...fields].map(([name, { type, optional }]) => [name, type.name, optional]),
    );
    const alike = this.#byFields.get(shape) ?? this.define(fields);
    this.#byFields.set(shape, alike);
    return alike;
  }
}

function textValue(value: Json): unknown {
  const text = value as string;
  if (text.length > shortText) spendCharacters(text.length);
  return text;
}

/** A value no schema describes: whole numbers are int, others double. */
function openValue(value: Json): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (typeof value === 'string') return textValue(value);
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? convertList(value, openValue) : mapValues(value, openValue);
}

function convertList(list: readonly Json[], convert: (value: Json) => unknown): readonly unknown[] {
  spendItems(list.length);
  return convert === same ? list : list.map((item) => convert(item));
}

function mapValues(object: JsonObject, convert: (value: Json) => unknown): object {
  spendItems(Object.keys(object).length);
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, convert(value)]));
}

function structClass(
  fields: ReadonlyMap<string, { readonly type: CelType }>,
): new (
  raw: JsonObject,
) => object {
  class Struct {
    readonly [rawValue]: JsonObject;

    constructor(raw: JsonObject) {
      this[rawValue] = raw;
    }
  }
  for (const [name, { type }] of fields) {
    Object.defineProperty(Struct.prototype, name, {
      get(this: Struct): unknown {
        const value = this[rawValue][name];
        return value === undefined ? undefined : type.convert(value);
      },
    });
  }
  return Struct;
}
