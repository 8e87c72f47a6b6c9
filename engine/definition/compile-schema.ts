/**
 * Embedded JSON Schemas -> functions that check values. One `SchemaCompiler` serves one definition: Ajv
 * keeps what it compiled, so it is given up together with the definition.
 */
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { Json, JsonObject } from '../../schemas/json.ts';
import { checkSchema } from './check-schema.ts';
import type { CheckJson, SchemaIssue } from './compiled-process.ts';
import { checkDataLimits } from './data-limits.ts';
import type { FindingList } from './finding-list.ts';
import { compilePattern, type LinearPattern } from './linear-pattern.ts';
import { findNode, type SourceNode } from './read-source.ts';
import { schemaFormats } from './schema-formats.ts';

/** Reporting more helps nobody. */
const mostIssues = 20;

export class SchemaCompiler {
  readonly #ajv: Ajv2020;
  readonly #findings: FindingList;
  readonly #compiled = new Map<string, CheckJson | null>();

  constructor(findings: FindingList) {
    this.#findings = findings;
    this.#ajv = new Ajv2020({
      strict: true,
      strictRequired: false,
      allowUnionTypes: true,
      allErrors: true,
      addUsedSchema: false,
      meta: false,
      validateSchema: false,
      logger: false,
      // Optimizing the generated code costs more than it saves on schemas of this size.
      code: { regExp: linearRegExp, optimize: false },
      formats: Object.fromEntries(schemaFormats),
    });
    for (const keyword of ['decision', 'confidential']) this.#ajv.addKeyword({ keyword });
  }

  /**
   * Compiles the schema of an object. Null after findings. An object schema that does not say
   * otherwise takes no members it does not name: what nobody declared, nobody has looked at.
   */
  compile(schema: SourceNode, inContext = false): CheckJson | null {
    const before = this.#findings.errors;
    const members = schema.members;
    if (members === null || members.get('type')?.node.value !== 'object') {
      const message = 'This schema describes a map: begin it with "type: object" and list its "properties".';
      this.#findings.error('bad-schema', members?.get('type')?.node.position ?? schema.position, message);
      return null;
    }
    checkSchema(schema, this.#findings, inContext);
    if (this.#findings.errors > before) return null;
    return this.#compileValue(closed(schema.value as JsonObject), schema);
  }

  /** The same for a schema made from the definition's own, which `source` stands for in findings. */
  compileDerived(schema: JsonObject, source: SourceNode): CheckJson | null {
    return this.#compileValue(closed(schema), source);
  }

  #compileValue(schema: JsonObject, source: SourceNode): CheckJson | null {
    const key = JSON.stringify(schema);
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const check = this.#tryCompile(schema, source);
    this.#compiled.set(key, check);
    return check;
  }

  #tryCompile(schema: JsonObject, source: SourceNode): CheckJson | null {
    if (!isSchema(schema)) {
      // The first error is what is wrong; those after it are other forms it does not have either.
      const error = metaschema().errors?.[0];
      const path = (error?.instancePath ?? '').split('/').slice(1);
      const { node } = findNode(source, path);
      const message = `This is no JSON Schema: ${path.at(-1) ?? 'it'} ${error?.message ?? 'does not fit'}.`;
      this.#findings.error('bad-schema', node.position, message);
      return null;
    }
    try {
      const validate = this.#ajv.compile(schema);
      return (value: Json) => {
        const limit = checkDataLimits(value);
        if (limit !== null) return [limit];
        return validate(value) ? noIssues : issuesOf(validate.errors ?? []);
      };
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/^strict mode: /, '') : String(error);
      this.#findings.error('bad-schema', source.position, `This JSON Schema cannot be used: ${reason}.`);
      return null;
    }
  }
}

let meta: Ajv2020 | null = null;

/** The rules of JSON Schema itself: compiled once, because that takes longer than most definitions. It keeps no schema. */
function metaschema(): Ajv2020 {
  meta ??= new Ajv2020({
    strict: false,
    allErrors: false,
    logger: false,
    code: { regExp: linearRegExp, optimize: false },
  });
  return meta;
}

function isSchema(schema: JsonObject): boolean {
  return metaschema().validateSchema(schema) === true;
}

const noIssues: readonly SchemaIssue[] = [];

function closed(schema: JsonObject): JsonObject {
  return 'additionalProperties' in schema ? schema : { ...schema, additionalProperties: false };
}

function issuesOf(errors: readonly ErrorObject[]): readonly SchemaIssue[] {
  const telling = errors.filter(({ keyword }) => keyword !== 'if' && keyword !== 'propertyNames');
  return (telling.length > 0 ? telling : errors).slice(0, mostIssues).map((error) => {
    const extra = (error.params as Record<string, unknown>).additionalProperty;
    const allowed = (error.params as Record<string, unknown>).allowedValues;
    const message =
      extra !== undefined
        ? `must not have the member "${extra}"`
        : `${error.message ?? 'does not fit'}${allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`}`;
    return { at: error.instancePath, message };
  });
}

// Ajv asks for the name of the code that makes a pattern, for use in generated modules; none are generated here.
const linearRegExp = Object.assign((pattern: string): LinearPattern => compilePattern(pattern), {
  code: 'compilePattern',
});
