/** What a start takes: its own input, or the context less what only a proposal may write. */
import type { JsonObject } from '../../schemas/json.ts';
import type { SchemaCompiler } from './compile-schema.ts';
import type { CheckJson } from './compiled-process.ts';
import type { FindingList } from './finding-list.ts';
import { memberOf, type SourceNode } from './read-source.ts';
import { suggestName } from './suggest-name.ts';

export interface StartModel {
  /** Null where it cannot be told, for reasons that are findings. */
  readonly check: CheckJson | null;
  /** The fields a start may carry, and those it must. */
  readonly fields: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

/** `decided`: by field, the decision that alone may write it. */
export function modelStart(
  source: SourceNode,
  contextFits: boolean,
  decided: ReadonlyMap<string, string>,
  schemas: SchemaCompiler,
  findings: FindingList,
): StartModel {
  const context = memberOf(source, 'context');
  const fields = namesIn(memberOf(context, 'properties'));
  const input = memberOf(memberOf(source, 'start'), 'input');
  if (input !== undefined) {
    checkInput(input, fields, decided, findings);
    const taken = namesIn(memberOf(input, 'properties'));
    return { check: schemas.compile(input), fields: taken, required: requiredIn(input) };
  }
  // What is wrong with the context was told already.
  const check = context === undefined || !contextFits ? null : checkContext(context, decided, schemas);
  const free = [...fields].filter((name) => !decided.has(name));
  return { check, fields: new Set(free), required: requiredIn(context) };
}

function checkInput(
  input: SourceNode,
  fields: ReadonlySet<string>,
  decided: ReadonlyMap<string, string>,
  findings: FindingList,
): void {
  for (const [name, { keyPosition }] of memberOf(input, 'properties')?.members ?? []) {
    const kind = decided.get(name);
    if (kind !== undefined) {
      findings.error(
        'decision-field-at-start',
        keyPosition,
        `"${name}" is written only by an approved proposal of "${kind}". Remove it from the start.`,
      );
    } else if (!fields.has(name)) {
      findings.error(
        'unknown-field',
        keyPosition,
        `The context has no field "${name}" to keep this in.${suggestName(name, fields)}`,
      );
    }
  }
}

function checkContext(
  node: SourceNode,
  decided: ReadonlyMap<string, string>,
  schemas: SchemaCompiler,
): CheckJson | null {
  const context = node.value as JsonObject;
  const properties = Object.entries((context.properties ?? {}) as JsonObject);
  const required = Array.isArray(context.required) ? context.required : [];
  const schema: JsonObject = {
    ...context,
    properties: Object.fromEntries(properties.filter(([name]) => !decided.has(name))),
    required: required.filter((name) => !decided.has(name)),
  };
  return schemas.compileDerived(schema, node);
}

export function namesIn(node: SourceNode | undefined): ReadonlySet<string> {
  return new Set(node?.members?.keys() ?? []);
}

export function requiredIn(schema: SourceNode | undefined): ReadonlySet<string> {
  return new Set((memberOf(schema, 'required')?.items ?? []).map(({ value }) => String(value)));
}
